import ClusterModel
import ClusterSource

/// Everything about one thing: facts from the state that is shown, then why it is so.
enum DetailPage {
    /// Rows of text at a screen size.
    static func rows(in size: Size) -> Int { max(1, size.height - 5) }

    /// All lines of the page; there are a few hundred at most.
    static func lines(_ view: DetailView, _ context: FrameContext, width: Int) -> [[Span]] {
        var lines =
            context.state.holds(view.key)
            ? DetailFacts.lines(view.key, context) : [[Span("\(view.label) is not in the cluster any more", .warning)]]
        lines.append([])
        guard let explanation = view.explanation else {
            return lines + [[Span("asking why ...", .dim)]]
        }
        lines.append([Span("Why  ", .title), Span(explanation.headline, .value)])
        lines += explanation.facts.map { DetailFacts.fact($0.name, $0.value) }
        for verdict in explanation.verdicts {
            lines.append([
                Span(verdict.passes ? "  yes  " : "  no   ", verdict.passes ? .success : .dim),
                Span(DisplayText.fitted(verdict.name, to: 16), .text),
                Span(" \(verdict.detail)", verdict.passes ? .text : .dim),
            ])
        }
        if explanation.otherVerdicts > 0 { lines.append([Span("  and \(explanation.otherVerdicts) more", .dim)]) }
        return lines
    }

    static func draw(_ view: DetailView, _ context: FrameContext, _ grid: inout Grid) {
        let area = grid.bounds
        let isBoxed = area.height >= 4 && area.width >= 12
        if isBoxed {
            grid.box(area, title: [Span("\(word(view.key.kind)) \(view.label)", .titleFocused)], style: .borderFocused)
        }
        let inside = isBoxed ? area.inset(dx: 2, dy: 1) : area
        let lines = lines(view, context, width: inside.width)
        for (y, line) in lines.dropFirst(max(0, view.top)).prefix(inside.height).enumerated() {
            grid.spans(line, x: inside.x, y: inside.y + y, width: inside.width)
        }
        grid.setCursor(x: inside.x, y: inside.y)
    }

    private static func word(_ kind: RowKey.Kind) -> String {
        switch kind {
        case .node: "Node"
        case .instance: "Machine"
        case .offer: "Offer"
        case .task: "Task"
        case .pool: "Pool"
        case .role: "Role"
        }
    }
}
