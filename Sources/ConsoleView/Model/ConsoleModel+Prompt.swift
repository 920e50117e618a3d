import ClusterModel
import ClusterSource

/// Typing: the filter, applied while it is typed, and the palette with completion and history.
extension ConsoleModel {
    mutating func handlePrompt(_ key: Key, frame: SourceFrame) -> [ConsoleEffect] {
        guard var typed = prompt else { return [] }
        switch key {
        case .escape, .ctrl("c"):
            prompt = nil
            if case .filter = typed.purpose { setFilter(typed.before) }
            if case .events = typed.purpose { _ = setEventFilter(typed.before) }
            return []
        case .enter: return accept(typed, frame: frame)
        default: break
        }
        if case .palette = typed.purpose, complete(key, &typed, frame) {
            prompt = typed
            return []
        }
        if key == .backspace, typed.field.characters.isEmpty {
            prompt = nil
            return []
        }
        guard typed.field.handle(key) else { return [] }
        typed.choice = nil
        typed.historyPlace = 0
        prompt = typed
        if case .filter = typed.purpose { setFilter(typed.field.text) }
        if case .events = typed.purpose { _ = setEventFilter(typed.field.text) }
        return []
    }

    private mutating func accept(_ typed: Prompt, frame: SourceFrame) -> [ConsoleEffect] {
        switch typed.purpose {
        case .filter:
            // A bad expression is pointed at, not thrown away.
            if let problem = pane.filter?.problem {
                say(problem.message, isError: true)
            } else {
                prompt = nil
            }
            return []
        case .events:
            if setEventFilter(typed.field.text) { prompt = nil }
            return []
        case .palette:
            prompt = nil
            var line = typed.field.text.trimmedSpaces
            if let choice = typed.choice {
                let offered = Palette.completions(line, self, frame)
                if choice < offered.count { line = offered[choice].line.trimmedSpaces }
            }
            guard !line.isEmpty else { return [] }
            remember(line)
            return runLine(line, frame: frame)
        }
    }

    /// Does what a palette line says.
    mutating func runLine(_ line: String, frame: SourceFrame) -> [ConsoleEffect] {
        guard let (binding, rest) = Palette.find(line) else {
            let near = Spelling.nearest(to: line, in: Palette.words).map { "; did you mean :\($0)?" } ?? ""
            say("there is no command \"\(line)\"\(near)", isError: true)
            return []
        }
        return run(binding, arguments: rest, frame: frame)
    }

    private mutating func remember(_ line: String) {
        history.removeAll { $0 == line }
        history.append(line)
        if history.count > Self.historyLimit { history.removeFirst() }
    }

    /// Tab and arrows in the palette: choosing among what is offered, and going through the history on an empty line.
    private func complete(_ key: Key, _ typed: inout Prompt, _ frame: SourceFrame) -> Bool {
        let offered = Palette.completions(typed.field.text, self, frame)
        switch key {
        case .tab:
            if let first = typed.choice ?? (offered.isEmpty ? nil : 0), first < offered.count {
                typed.field = TextField(offered[first].line)
                typed.choice = nil
            }
        case .down where !offered.isEmpty && typed.historyPlace == 0:
            typed.choice = typed.choice.map { min($0 + 1, offered.count - 1) } ?? 0
        case .up where typed.choice != nil: typed.choice = typed.choice == 0 ? nil : typed.choice.map { $0 - 1 }
        case .up, .ctrl("p"): recall(1, &typed)
        case .down, .ctrl("n"): recall(-1, &typed)
        default: return false
        }
        return true
    }

    private func recall(_ step: Int, _ typed: inout Prompt) {
        if typed.historyPlace == 0 { typed.draft = typed.field.text }
        typed.historyPlace = min(max(0, typed.historyPlace + step), history.count)
        let place = typed.historyPlace
        typed.field = TextField(place == 0 ? typed.draft : history[history.count - place])
        typed.choice = nil
    }
}
