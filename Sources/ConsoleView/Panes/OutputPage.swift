import ClusterModel
import ClusterSource

/// What a task writes, as much as fits, with where one is in it.
enum OutputPage {
    /// Rows of text at a screen size.
    static func rows(in size: Size) -> Int { max(1, size.height - 5) }

    static func draw(_ view: OutputView, _ grid: inout Grid) {
        let area = grid.bounds
        let isBoxed = area.height >= 4 && area.width >= 12
        let stream = view.stream == .stdout ? "stdout" : "stderr"
        let place = view.follows ? "following" : "line \(view.top + 1) of \(view.lines.count)"
        if isBoxed {
            var title = [
                Span(view.label, .titleFocused), Span("  \(stream)", .value),
                Span("  \(view.isEnded ? "ended" : place)", .dim),
            ]
            if view.isCut { title.append(Span("  begins later", .warning)) }
            if !view.fault.isEmpty { title.append(Span("  \(view.fault)", .error)) }
            grid.box(area, title: title, style: .borderFocused)
        }
        let inside = isBoxed ? area.inset() : area
        guard inside.height > 0 else { return }
        let first =
            view.follows ? max(0, view.lines.count - inside.height) : min(view.top, max(0, view.lines.count - 1))
        for (y, line) in view.lines.dropFirst(first).prefix(inside.height).enumerated() {
            grid.text(String(decoding: line, as: UTF8.self), x: inside.x, y: inside.y + y, width: inside.width)
        }
        if view.lines.isEmpty {
            let text =
                view.fault.isEmpty
                ? (view.isEnded ? "nothing was written to \(stream)" : "waiting for \(stream) ...") : view.fault
            grid.text(text, x: inside.x, y: inside.y, width: inside.width, style: view.fault.isEmpty ? .dim : .error)
        }
        grid.setCursor(x: inside.x, y: inside.y + min(inside.height, max(1, view.lines.count - first)) - 1)
    }
}
