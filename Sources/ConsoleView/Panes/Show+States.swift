import ClusterModel

/// States as words with their meaning: states differ by word, never by colour alone.
extension NodeRow.State {
    /// The word for tables.
    public var word: String {
        switch self {
        case .absent: "absent"
        case .joining: "joining"
        case .ready: "ready"
        case .draining: "draining"
        case .drained: "drained"
        case .held: "held"
        case .unreachable: "unreachable"
        case .lost: "lost"
        case .removed: "removed"
        }
    }
    /// What the word means to the theme.
    public var style: Style {
        switch self {
        case .absent: .node
        case .joining: .nodeJoining
        case .ready: .nodeReady
        case .draining: .nodeDraining
        case .drained: .nodeDrained
        case .held: .nodeHeld
        case .unreachable: .nodeUnreachable
        case .lost: .nodeLost
        case .removed: .nodeRemoved
        }
    }
}

extension TaskRow.State {
    /// The word for tables.
    public var word: String {
        switch self {
        case .forgotten: "forgotten"
        case .queued: "queued"
        case .held: "held"
        case .staging: "staging"
        case .running: "running"
        case .killing: "killing"
        case .finished: "finished"
        case .failed: "failed"
        case .killed: "killed"
        case .lost: "lost"
        }
    }
    /// What the word means to the theme.
    public var style: Style {
        switch self {
        case .forgotten: .task
        case .queued: .taskQueued
        case .held: .taskHeld
        case .staging: .taskStaging
        case .running: .taskRunning
        case .killing: .taskKilling
        case .finished: .taskFinished
        case .failed: .taskFailed
        case .killed: .taskKilled
        case .lost: .taskLost
        }
    }
    /// What an operator looks for first: what runs, then what waits, then what ended.
    var rank: Int64 {
        switch self {
        case .killing: 0
        case .staging: 1
        case .running: 2
        case .queued: 3
        case .held: 4
        case .lost: 5
        case .failed: 6
        case .killed: 7
        case .finished: 8
        case .forgotten: 9
        }
    }
}

extension OfferRow.Outcome {
    /// The word for tables.
    public var word: String {
        switch self {
        case .open: "open"
        case .accepted: "accepted"
        case .declined: "declined"
        case .timedOut: "timed out"
        case .rescinded: "rescinded"
        }
    }
    /// What the word means to the theme.
    public var style: Style {
        switch self {
        case .open: .offer
        case .accepted: .offerAccepted
        case .declined: .offerDeclined
        case .timedOut: .offerTimedOut
        case .rescinded: .offerRescinded
        }
    }
}

extension InstanceRow.State {
    /// The word for tables.
    public var word: String {
        switch self {
        case .queued: "wished"
        case .requested: "requested"
        case .allocated: "allocated"
        case .booting: "booting"
        case .registering: "registering"
        case .running: "running"
        case .draining: "draining"
        case .stopping: "stopping"
        case .gone: "gone"
        }
    }
}

extension AutoscalerMode {
    /// The word for the header.
    public var word: String {
        switch self {
        case .off: "off"
        case .on: "on"
        case .dryRun: "dry run"
        }
    }
    /// What the word means to the theme.
    public var style: Style {
        switch self {
        case .off: .autoscalerOff
        case .on: .autoscaler
        case .dryRun: .autoscalerDryRun
        }
    }
}
