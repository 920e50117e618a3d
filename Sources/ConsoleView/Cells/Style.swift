// The console's meanings. Panes say what a cell means, a theme says how that looks, the terminal says what it can do.

/// What a cell means. The raw value is its number in grids and snapshots: new meanings go to the end.
///
/// Each has a dotted name, under which a theme finds it; `node.draining` falls back to `node`, and that to `text`.
public enum Style: UInt8, CaseIterable, Hashable, Sendable {
    /// Ordinary text; also the screen's background.
    case text = 0
    /// Less important text.
    case dim = 1
    /// A pane's title.
    case title = 2
    /// The title of the pane that has the focus.
    case titleFocused = 3
    /// A line between panes.
    case border = 4
    /// The border of the pane that has the focus.
    case borderFocused = 5
    /// The header line.
    case header = 6
    /// The header's word while the screen shows the present.
    case headerLive = 7
    /// The header's word while the picture stands still.
    case headerPaused = 8
    /// The header's word while the screen shows the past.
    case headerReplay = 9
    /// The header's word when nothing may be changed.
    case headerReadOnly = 10
    /// A recording is being written.
    case recording = 11
    /// The recording cannot be written.
    case recordingStopped = 12
    /// The name of a value.
    case label = 13
    /// A value that deserves notice.
    case value = 14
    /// A column's heading.
    case column = 15
    /// The heading of the column that sorts.
    case columnSorted = 16
    /// A key to press.
    case key = 17
    /// A key that does nothing now.
    case keyDisabled = 18
    /// Something failed.
    case error = 19
    /// Something may fail.
    case warning = 20
    /// Something went as wanted.
    case success = 21
    /// Something worth knowing.
    case info = 22
    /// Laid over the row under the cursor.
    case cursor = 23
    /// Laid over the cursor's row in a pane without the focus.
    case cursorResting = 24
    /// Laid over chosen rows.
    case selection = 25
    /// Laid over what a search hit.
    case match = 26
    /// Laid over what lies behind a dialog.
    case faded = 27
    /// Text being typed.
    case input = 28
    /// The part of typed text that is wrong.
    case inputError = 29
    /// Text of a dialog.
    case dialog = 30
    /// The border of a dialog.
    case dialogBorder = 31
    /// A choice in a dialog.
    case button = 32
    /// The choice that Enter takes.
    case buttonFocused = 33
    /// Something that Enter opens.
    case link = 34
    /// A node whose state has no style of its own.
    case node = 35
    /// A node that is joining.
    case nodeJoining = 36
    /// A machine that was bought and has not registered.
    case nodeBooting = 37
    /// A node that takes work.
    case nodeReady = 38
    /// A node that finishes its work and takes no more.
    case nodeDraining = 39
    /// A node that has finished its work.
    case nodeDrained = 40
    /// A node that takes no work for a stated reason.
    case nodeHeld = 41
    /// A node that has gone quiet.
    case nodeUnreachable = 42
    /// A node that is taken to be gone.
    case nodeLost = 43
    /// A node that was given back.
    case nodeRemoved = 44
    /// An offer that is open.
    case offer = 45
    /// An offer that was taken.
    case offerAccepted = 46
    /// An offer that was refused.
    case offerDeclined = 47
    /// An offer that nobody answered.
    case offerTimedOut = 48
    /// An offer that was taken back.
    case offerRescinded = 49
    /// A task whose state has no style of its own.
    case task = 50
    /// A task that waits.
    case taskQueued = 51
    /// A task that waits because somebody said so.
    case taskHeld = 52
    /// A task for which resources are being offered.
    case taskOffered = 53
    /// A task that is being started.
    case taskStaging = 54
    /// A task that runs.
    case taskRunning = 55
    /// A task that is being ended.
    case taskKilling = 56
    /// A task that ended well.
    case taskFinished = 57
    /// A task that ended badly.
    case taskFailed = 58
    /// A task that was ended.
    case taskKilled = 59
    /// A task nobody knows about any more.
    case taskLost = 60
    /// An amount of money.
    case cost = 61
    /// An amount near its limit.
    case costNear = 62
    /// An amount over its limit.
    case costOver = 63
    /// Money spent on idle machines.
    case costIdle = 64
    /// A bar or chart with room left; any chart that is not graded.
    case chartLow = 65
    /// A bar or chart that fills up.
    case chartMid = 66
    /// A bar or chart that is nearly full.
    case chartHigh = 67
    /// The unfilled part of a bar.
    case chartTrack = 68
    /// Numbers beside a chart.
    case chartAxis = 69
    /// The time bar.
    case timeline = 70
    /// Where one is in time.
    case timelinePosition = 71
    /// A named instant.
    case timelineMark = 72
    /// An event without a style of its own.
    case event = 73
    /// Machines were bought or given back.
    case eventScale = 74
    /// A node changed.
    case eventNode = 75
    /// A task changed.
    case eventTask = 76
    /// Money crossed a line.
    case eventCost = 77
    /// Somebody acted.
    case eventOperator = 78
    /// The autoscaler's state: on.
    case autoscaler = 79
    /// The autoscaler is off.
    case autoscalerOff = 80
    /// The autoscaler decides and does not act.
    case autoscalerDryRun = 81
    /// A role's name.
    case role = 82
    /// A pool's name.
    case pool = 83
}
