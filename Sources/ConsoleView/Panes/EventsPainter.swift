import ClusterModel

/// The newest events: a box with the newest at the top, or one line.
enum EventsPainter {
    static func draw(_ model: ConsoleModel, _ context: FrameContext, boxed: Bool, _ grid: inout Grid) {
        let state = context.state
        if boxed {
            var title = [Span("Events", .title)]
            if let filter = model.eventFilter { title.append(Span("  /\(filter.text)", .input)) }
            grid.box(grid.bounds, title: title)
        }
        let area = boxed ? grid.bounds.inset() : grid.bounds
        for (line, stamped) in LogPage.events(model, state, limit: area.height).enumerated() {
            LogPage.draw(
                stamped, context, x: area.x + (boxed ? 1 : 0), y: area.y + line, width: area.width - (boxed ? 1 : 0),
                &grid)
        }
    }
}

/// The event log on the whole screen: what the state remembers, the newest first.
enum LogPage {
    /// The newest events that pass the filter, the newest first.
    static func events(_ model: ConsoleModel, _ state: ClusterState, limit: Int) -> [StampedEvent] {
        guard let filter = model.eventFilter else { return state.newestLines(limit) }
        return Array(state.newestLines(.max).lazy.filter { filter.matches($0, state) }.prefix(limit))
    }

    /// One event with its time.
    static func draw(
        _ stamped: StampedEvent, _ context: FrameContext, x: Int, y: Int, width: Int, _ grid: inout Grid
    ) {
        let clock = Show.clock(stamped.time, offset: context.offset)
        grid.spans(
            [Span("\(clock) ", .dim), EventLine.text(stamped, context.state)], x: x, y: y, width: max(0, width))
    }

    static func draw(_ view: LogView, _ model: ConsoleModel, _ context: FrameContext, _ grid: inout Grid) {
        let area = grid.bounds
        let isBoxed = area.height >= 4 && area.width >= 12
        let events = events(model, context.state, limit: .max)
        if isBoxed {
            var title = [Span("Events", .titleFocused), Span("  \(events.count), the newest first", .dim)]
            if let filter = model.eventFilter { title.append(Span("  /\(filter.text)", .input)) }
            grid.box(area, title: title, style: .borderFocused)
        }
        let inside = isBoxed ? area.inset(dx: 2, dy: 1) : area
        for (y, stamped) in events.dropFirst(max(0, view.top)).prefix(inside.height).enumerated() {
            draw(stamped, context, x: inside.x, y: inside.y + y, width: inside.width, &grid)
        }
        if events.isEmpty {
            let text = model.eventFilter == nil ? "nothing has happened yet" : "no event passes the filter"
            grid.text(text, x: inside.x, y: inside.y, width: inside.width, style: .dim)
        }
        grid.setCursor(x: inside.x, y: inside.y)
    }
}

/// Lines in a box, for views that do not change.
enum LinesPage {
    static func draw(_ title: String, _ lines: [[Span]], top: Int, _ grid: inout Grid) {
        let area = grid.bounds
        let isBoxed = area.height >= 4 && area.width >= 12
        if isBoxed { grid.box(area, title: [Span(title, .titleFocused)], style: .borderFocused) }
        let inside = isBoxed ? area.inset(dx: 2, dy: 1) : area
        for (y, line) in lines.dropFirst(max(0, top)).prefix(inside.height).enumerated() {
            grid.spans(line, x: inside.x, y: inside.y + y, width: inside.width)
        }
        grid.setCursor(x: inside.x, y: inside.y)
    }
}
