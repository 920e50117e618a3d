import ClusterModel
import ClusterSource

/// Everything about one thing: facts from the state that is shown, then why it is so. Lines that speak of other things
/// lead to them.
enum DetailPage {
    /// Rows of text at a screen size.
    static func rows(in size: Size) -> Int { max(1, size.height - 5) }

    /// All lines of the page; there are a few hundred at most.
    static func lines(_ view: DetailView, _ context: FrameContext, width: Int) -> [DetailLine] {
        var lines =
            context.state.holds(view.key)
            ? DetailFacts.lines(view.key, context)
            : [DetailLine([Span("\(view.label) is not in the cluster any more", .warning)])]
        for answer in view.answers {
            lines.append(DetailLine())
            guard let explanation = answer.explanation else {
                lines.append(DetailLine([Span("asking why ...", .dim)]))
                continue
            }
            lines += why(explanation)
        }
        return lines
    }

    private static func why(_ explanation: Explanation) -> [DetailLine] {
        var lines = [DetailLine([Span("Why  ", .title), Span(explanation.headline, .value)])]
        lines += explanation.facts.map { DetailFacts.fact($0.name, $0.value) }
        for verdict in explanation.verdicts {
            lines.append(
                DetailLine([
                    Span(verdict.passes ? "  yes  " : "  no   ", verdict.passes ? .success : .dim),
                    Span(DisplayText.fitted(verdict.name, to: 16), .text),
                    Span(" \(verdict.detail)", verdict.passes ? .text : .dim),
                ]))
        }
        if explanation.otherVerdicts > 0 {
            lines.append(DetailLine([Span("  and \(explanation.otherVerdicts) more", .dim)]))
        }
        return lines
    }

    // MARK: - The cursor

    /// Where the cursor stands when it is wanted at `line`: on the nearest line that leads somewhere.
    static func landing(_ line: Int, _ lines: [DetailLine]) -> Int {
        let wanted = min(max(0, line), max(0, lines.count - 1))
        if lines.indices.contains(wanted), lines[wanted].link != nil { return wanted }
        let links = lines.indices.filter { lines[$0].link != nil }
        return links.min { abs($0 - wanted) < abs($1 - wanted) } ?? wanted
    }

    /// Moves to the next line that leads somewhere; where there is none in sight, the page scrolls.
    static func move(_ view: inout DetailView, by step: Int, _ lines: [DetailLine], _ size: Size) {
        let rows = rows(in: size)
        let last = max(0, lines.count - rows)
        let links = lines.indices.filter { lines[$0].link != nil }
        let seen = view.top..<view.top + rows
        let from = seen.contains(view.line) ? view.line : step > 0 ? view.top - 1 : view.top + rows
        let next = step > 0 ? links.first { $0 > from } : links.last { $0 < from }
        if abs(step) == 1, let next, seen.contains(next) || seen.contains(next - step) {
            view.line = next
            view.top = min(max(view.top, next - rows + 1), next)
            return
        }
        view.top = min(max(0, view.top + step), last)
        // The cursor comes along, where a line in sight leads somewhere.
        let now = view.top..<view.top + rows
        if !now.contains(view.line),
            let near = step > 0 ? links.first(where: now.contains) : links.last(where: now.contains)
        {
            view.line = near
        }
    }

    static func draw(_ view: DetailView, _ context: FrameContext, _ grid: inout Grid) {
        let area = grid.bounds
        let isBoxed = area.height >= 4 && area.width >= 12
        if isBoxed {
            grid.box(area, title: [Span("\(word(view.key.kind)) \(view.label)", .titleFocused)], style: .borderFocused)
        }
        let inside = isBoxed ? area.inset(dx: 2, dy: 1) : area
        let lines = lines(view, context, width: inside.width)
        let cursor = landing(view.line, lines)
        grid.setCursor(x: inside.x, y: inside.y)
        for (y, line) in lines.dropFirst(max(0, view.top)).prefix(inside.height).enumerated() {
            grid.spans(line.spans, x: inside.x, y: inside.y + y, width: inside.width)
            guard view.top + y == cursor, line.link != nil else { continue }
            grid.mark(Rect(x: inside.x, y: inside.y + y, width: inside.width, height: 1), .cursor)
            grid.setCursor(x: inside.x, y: inside.y + y)
        }
    }

    private static func word(_ kind: RowKey.Kind) -> String {
        switch kind {
        case .node: "Node"
        case .instance: "Machine"
        case .offer: "Offer"
        case .task: "Task"
        case .pool: "Pool"
        case .role: "Role"
        case .job: "Job"
        case .framework: "Framework"
        }
    }
}
