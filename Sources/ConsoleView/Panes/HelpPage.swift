import ClusterModel
import ClusterSource

/// The keys of the place in front, made from the key table.
enum HelpPage {
    /// What help says: keys and what they do, by group. `frame` is nil where only the number of lines matters.
    static func lines(_ model: ConsoleModel, _ frame: SourceFrame? = nil) -> [[Span]] {
        var lines: [[Span]] = []
        let scope = frame.map { model.scope($0) } ?? .everywhere
        for group in Binding.Group.allCases {
            let found = KeyTable.bindings.filter {
                $0.group == group && !$0.scope.isDisjoint(with: scope)
                    && !(model.settings.readOnly && $0.changesCluster)
            }
            guard !found.isEmpty else { continue }
            if !lines.isEmpty { lines.append([]) }
            lines.append([Span(group.rawValue, .title)])
            for binding in found {
                let reason = frame.flatMap { model.disabledReason(binding, frame: $0) }
                let keys = DisplayText.fitted(binding.keyText, to: 12)
                let word = DisplayText.fitted(":\(binding.word)", to: 15)
                lines.append([
                    Span("  \(keys)", reason == nil ? .key : .keyDisabled), Span(word, .label),
                    Span(" \(binding.text)", reason == nil ? .text : .dim),
                    Span(reason.map { "  (\($0))" } ?? "", .warning),
                ])
            }
        }
        if frame.map({ model.scope($0) != .output }) ?? true {
            lines += [[], [Span("Filters", .title)]] + filterHelp(model).map { [Span("  \($0)", .text)] }
        }
        lines += [
            [], [Span("Mouse", .title)],
            [Span("  click: pane and row; heading: sort; wheel: scroll; shift selects text", .text)],
        ]
        return lines
    }

    private static func filterHelp(_ model: ConsoleModel) -> [String] {
        [
            "words   !not   /regex/   field = != < <= > >= ~ value   and or not ( )",
            "cpu > 80 and pool=burst and not state=draining   mem >= 4GiB   age < 10m",
            "fields here: \(model.focus.table.fields.joined(separator: " "))",
        ]
    }

    static func draw(_ model: ConsoleModel, _ frame: SourceFrame, top: Int, _ grid: inout Grid) {
        let lines = lines(model, frame)
        let area = grid.bounds
        grid.fill(area, style: .text)
        let isBoxed = area.height >= 4 && area.width >= 20
        let place = views(model, frame)
        if isBoxed {
            grid.box(
                area, title: [Span("Keys \(place)  j/k scroll, any other key closes", .titleFocused)],
                style: .borderFocused)
        }
        let inside = isBoxed ? area.inset(dx: 2, dy: 1) : area
        let first = min(top, max(0, lines.count - inside.height))
        for (y, line) in lines.dropFirst(first).prefix(inside.height).enumerated() {
            grid.spans(line, x: inside.x, y: inside.y + y, width: inside.width)
        }
        grid.setCursor(x: inside.x, y: inside.y)
    }

    private static func views(_ model: ConsoleModel, _ frame: SourceFrame) -> String {
        switch model.views.last {
        case .output: "of task output"
        case .detail, .page, .history: "of the detail view"
        case .log: "of the event log"
        case nil: "of the \(model.focus.title.lowercased()) pane\(frame.isPast ? " in the past" : "")"
        }
    }
}
