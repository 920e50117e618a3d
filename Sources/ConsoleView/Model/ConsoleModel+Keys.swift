import ClusterModel
import ClusterSource

/// Keys on their way: first to what stands in front, then to the key table.
extension ConsoleModel {
    /// Most effects that one batch of keys may have; further keys of the batch are not taken.
    public static let effectLimit = 64

    /// Takes a key and answers what must be done. `frame` is what was drawn last.
    public mutating func handle(_ key: Key, frame: SourceFrame) -> [ConsoleEffect] {
        // Letting a button go is no act of its own.
        if case .mouse(let event) = key, case .release = event.action { return [] }
        notice = nil
        if case .mouse(let event) = key { return handle(event, frame: frame) }
        // Nothing here is bound to alt: Esc with a key close behind it looks the same, and is what was typed.
        if case .press(let code, let held) = key, held.contains(.alt) {
            return handle(.escape, frame: frame) + handle(.press(code, held.subtracting(.alt)), frame: frame)
        }
        if dialog != nil { return handleDialog(key, frame: frame) }
        if prompt != nil { return handlePrompt(key, frame: frame) }
        if help != nil { return handleHelp(key) }
        // Pasted text never runs keys.
        if case .paste = key {
            say("pasted text is taken only where something is typed: press : or / first", isError: true)
            return []
        }
        guard let binding = KeyTable.binding(for: key, in: scope(frame)) else {
            say("\(key) does nothing here; ? shows the keys")
            return []
        }
        return run(binding, arguments: nil, frame: frame)
    }

    /// Where keys mean something now.
    func scope(_ frame: SourceFrame) -> KeyScope {
        switch views.last {
        case .output: return .output
        case .log: return .log
        case .detail, .page, .history: return frame.isPast ? .pastDetail : .liveDetail
        case nil: break
        }
        switch focus {
        case .nodes: return frame.isPast ? .pastNodes : .liveNodes
        case .offers: return frame.isPast ? .pastOffers : .liveOffers
        case .tasks: return frame.isPast ? .pastTasks : .liveTasks
        case .cost: return frame.isPast ? .pastCost : .liveCost
        }
    }

    /// Why a line of the table can do nothing now; nil when it can.
    func disabledReason(_ binding: Binding, frame: SourceFrame) -> String? {
        if !binding.missing.isEmpty { return binding.missing }
        if binding.changesCluster {
            if settings.readOnly { return "this console is read-only" }
            if frame.isPast { return "the past cannot be changed; L returns to the present" }
            if case .stale(let why) = frame.mode { return "the core cannot be reached: \(why)" }
            if let why = settings.abilities.actionsDisabled { return why }
        }
        switch binding.command {
        case .note, .mark:
            if frame.isPast { return "notes are written in the present; L returns there" }
            return settings.abilities.actionsDisabled
        case .output: return settings.abilities.outputDisabled
        case .goTo, .marks, .when: return canSeek ? nil : "there is no recording to look back into"
        case .eventBack, .eventForward, .sampleBack, .sampleForward, .goEnd:
            if !canSeek { return "there is no recording to look back into" }
            return frame.isPast ? nil : "only in the past; p pauses and enters it"
        case .playStop, .slower, .faster, .normalSpeed:
            return frame.isPast ? nil : "only in the past; p pauses and enters it"
        case .goLive:
            if !frame.isPast { return "this is the present" }
            return settings.abilities.kind == .recording ? "this is a recording: there is no present" : nil
        default: return nil
        }
    }

    /// Whether there is a past to be entered.
    var canSeek: Bool { settings.abilities.seeks || settings.hasPast }

    /// Does what a line of the table says. `arguments` is nil for a key, and what followed the word in the palette.
    mutating func run(_ binding: Binding, arguments: String?, frame: SourceFrame) -> [ConsoleEffect] {
        if let reason = disabledReason(binding, frame: frame) {
            say("\(binding.word): \(reason)", isError: true)
            return []
        }
        let given = (arguments ?? "").trimmedSpaces
        switch binding.group {
        case .looking: return look(binding.command, given, frame: frame)
        case .acting: return act(binding.command, given, frame: frame)
        case .asking: return ask(binding.command, given, frame: frame)
        case .time: return travel(binding.command, given, frame: frame)
        case .console: return manage(binding.command, given, frame: frame)
        }
    }

    private mutating func handleHelp(_ key: Key) -> [ConsoleEffect] {
        guard let top = help else { return [] }
        let page = max(1, size.height - 4)
        switch key {
        case .up, .character("k"): help = max(0, top - 1)
        case .down, .character("j"): help = top + 1
        case .pageUp: help = max(0, top - page)
        case .pageDown, .character(" "): help = top + page
        case .character("g"), .press(.home, _): help = 0
        default: help = nil
        }
        help = help.map { min($0, max(0, HelpPage.lines(self).count - page)) }
        return []
    }

    private mutating func manage(_ command: Command, _ given: String, frame: SourceFrame) -> [ConsoleEffect] {
        switch command {
        case .palette: prompt = Prompt(.palette)
        case .help: help = 0
        case .charts: chooseCharts(given)
        case .history:
            if case .history = views.last { views.removeLast() } else { push(.history) }
        case .theme: return chooseTheme(given)
        case .quit: return quit(frame)
        default: break
        }
        return []
    }

    private mutating func chooseCharts(_ given: String) {
        let kinds: [(String, GlyphSet.Spark)] = [("braille", .braille), ("blocks", .blocks), ("ascii", .ascii)]
        if let known = kinds.first(where: { $0.0 == given }) {
            charts = known.1
        } else if given.isEmpty {
            let now = kinds.firstIndex { $0.1 == charts ?? .braille } ?? 0
            charts = kinds[(now + 1) % kinds.count].1
        } else {
            say("charts: \"\(given)\" is none of braille, blocks, ascii", isError: true)
        }
    }

    private mutating func chooseTheme(_ given: String) -> [ConsoleEffect] {
        if !given.isEmpty {
            guard settings.themes.isEmpty || settings.themes.contains(given) else {
                let near = Spelling.nearest(to: given, in: settings.themes).map { "; did you mean \($0)?" } ?? ""
                say("theme: there is no \"\(given)\"\(near)", isError: true)
                return []
            }
            settings.theme = given
            return [.setTheme(given)]
        }
        let choices = settings.themes.map { ChoiceDialog.Choice(text: $0, detail: "", command: .theme($0)) }
        let now = settings.themes.firstIndex(of: settings.theme) ?? 0
        dialog = .choice(
            ChoiceDialog(title: "Theme", choices: choices, selected: now, onCancel: .theme(settings.theme)))
        return []
    }

    /// Leaves at once, or asks what becomes of a core that has something alive.
    private mutating func quit(_ frame: SourceFrame) -> [ConsoleEffect] {
        let state = frame.state
        let placed = state.roles.reduce(0) { $0 + Int($1.placed) }
        let queued = state.roles.reduce(0) { $0 + Int($1.queued) }
        let machines = state.index.liveInstances.count
        guard settings.abilities.kind == .embedded, placed + queued + machines > 0 else { return [.quit(.leave)] }
        dialog = .choice(
            ChoiceDialog(
                title: "Leave Bellows",
                lines: [
                    "This console holds the core: \(Show.plural(placed, "task")) running, \(queued) queued, "
                        + "\(Show.plural(machines, "machine")) at "
                        + "\(state.configuration.currency)\(Show.money(state.burnPerHour))/h."
                ],
                choices: [
                    .init(
                        text: "Leave the core running", detail: "in the background; bellows attaches again",
                        command: .quit(.background)),
                    .init(
                        text: "Drain and stop", detail: "tasks run to their end, machines end, then the core",
                        command: .quit(.drainAndStop)),
                    .init(text: "Stay", detail: "", command: .cancel),
                ]))
        return []
    }
}

extension String {
    /// Without spaces at its ends.
    var trimmedSpaces: String {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
