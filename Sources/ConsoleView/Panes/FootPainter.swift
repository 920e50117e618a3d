import ClusterModel
import ClusterSource

/// The last line: what was said to the operator, else the likeliest keys of the place.
enum FootPainter {
    static func draw(_ model: ConsoleModel, _ frame: SourceFrame, _ grid: inout Grid) {
        if let notice = model.notice {
            grid.text(notice.text, x: 1, y: 0, width: grid.size.width - 1, style: notice.isError ? .error : .info)
            return
        }
        let scope = model.scope(frame)
        var x = 1
        var shown: [Command] = []
        for binding in order(model, frame) where !binding.footer.isEmpty && !binding.scope.isDisjoint(with: scope) {
            guard model.disabledReason(binding, frame: frame) == nil, let key = binding.keys.first else { continue }
            if shown.contains(binding.command) { continue }
            let name = key.description
            // A word that starts with its key needs it only once.
            let word = binding.footer
            let needed = name.count + 1 + word.count + 2
            guard x + needed <= grid.size.width + 2 else { break }
            x += grid.text(name, x: x, y: 0, style: .key) + 1
            x += grid.text(word, x: x, y: 0, style: .dim) + 2
            shown.append(binding.command)
        }
    }

    /// Help first; in the past the keys of time next; then as the table has them.
    private static func order(_ model: ConsoleModel, _ frame: SourceFrame) -> [Binding] {
        let all = KeyTable.bindings
        let first = all.filter { $0.command == .help }
        let time = frame.isPast ? all.filter { $0.group == .time } : []
        let ways = all.filter { $0.command == .filter || $0.command == .palette }
        return first + time + ways + all.filter { $0.command != .help && $0.command != .quit }
            + all.filter { $0.command == .quit }
    }
}

/// The line being typed, and above it how it may go on.
enum PromptPainter {
    /// Most ways to go on that are shown.
    static let rows = 8

    static func draw(
        _ prompt: Prompt, _ model: ConsoleModel, _ frame: SourceFrame, _ layout: ConsoleLayout, _ grid: inout Grid
    ) {
        let line = layout.foot ?? Rect(x: 0, y: max(0, model.size.height - 1), width: model.size.width, height: 1)
        if case .palette = prompt.purpose { drawCompletions(prompt, model, frame, above: line.y, &grid) }
        grid.within(line) { grid in
            grid.fill(grid.bounds, style: .input)
            switch prompt.purpose {
            case .palette: field(prompt.field, sign: ":", note: "", badFrom: nil, &grid)
            case .events: field(prompt.field, sign: "/", note: "of events", badFrom: nil, &grid)
            case .filter:
                let pane = model.pane
                let count = "\(pane.index.keys.count) of \(pane.index.total)"
                let problem = pane.filter?.problem
                field(
                    prompt.field, sign: "/", note: problem.map { "\($0.cause)" } ?? count,
                    badFrom: problem.map { max(0, $0.column - 1) }, &grid)
            }
        }
    }

    /// Sign, text and note; the text scrolls so that the cursor is seen, and is marked from where it is wrong.
    private static func field(_ field: TextField, sign: String, note: String, badFrom: Int?, _ grid: inout Grid) {
        let noteWidth = note.isEmpty ? 0 : min(DisplayText.width(of: note) + 2, grid.size.width * 6 / 10)
        let room = max(1, grid.size.width - 2 - noteWidth)
        let skipped = max(0, field.cursor - room + 1)
        grid.text(sign, x: 0, y: 0, style: .key)
        var x = 1
        var cursor = 1
        for (index, character) in field.characters.enumerated().dropFirst(skipped) where x <= room {
            if index == field.cursor { cursor = x }
            let isBad = badFrom.map { index >= $0 } ?? false
            x += grid.text(String(character), x: x, y: 0, style: isBad ? .inputError : .input)
        }
        if field.cursor >= field.characters.count { cursor = x }
        if noteWidth > 0 {
            grid.text(
                note, x: grid.size.width - noteWidth + 1, y: 0, width: noteWidth - 1,
                style: badFrom == nil ? .dim : .error)
        }
        grid.setCursor(x: cursor, y: 0, visible: true)
    }

    private static func drawCompletions(
        _ prompt: Prompt, _ model: ConsoleModel, _ frame: SourceFrame, above y: Int, _ grid: inout Grid
    ) {
        let offered = Palette.completions(prompt.field.text, model, frame)
        let count = min(offered.count, rows, max(0, y - 1))
        guard count > 0, model.size.width >= 20 else { return }
        let chosen = prompt.choice ?? -1
        let top = min(max(0, chosen - count + 1), offered.count - count)
        let area = Rect(x: 0, y: y - count, width: model.size.width, height: count)
        grid.within(area) { grid in
            grid.fill(grid.bounds, style: .dialog)
            for line in 0..<count {
                let completion = offered[top + line]
                let isOff = completion.disabled != nil
                let word = grid.text(
                    completion.line, x: 2, y: line, width: min(34, grid.size.width - 2),
                    style: isOff ? .keyDisabled : .dialog)
                grid.text(completion.key, x: 3 + word, y: line, width: 10, style: isOff ? .keyDisabled : .key)
                let note = completion.disabled ?? completion.text
                grid.text(note, x: 14 + word, y: line, width: max(0, grid.size.width - word - 15), style: .dim)
                if top + line == chosen { grid.mark(Rect(x: 0, y: line, width: grid.size.width, height: 1), .cursor) }
            }
        }
    }
}
