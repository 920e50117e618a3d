import ClusterModel
import ClusterSource

/// The whole picture from view state and frame. Only rows that can be seen are formatted.
public enum ConsoleRenderer {
    /// What making a picture took.
    public struct Work: Sendable, Hashable {
        /// Table rows that were written.
        public var rows = 0
    }

    /// Draws everything into a grid of the size that `prepare` was given.
    public static func render(_ model: ConsoleModel, _ frame: SourceFrame, glyphs: GlyphSet) -> Grid {
        var work = Work()
        return render(model, frame, glyphs: glyphs, work: &work)
    }

    /// The same, and counts what it took.
    public static func render(
        _ model: ConsoleModel, _ frame: SourceFrame, glyphs: GlyphSet, work: inout Work
    ) -> Grid {
        let alphabet = model.charts.map { glyphs.with(spark: $0) } ?? glyphs
        var grid = Grid(columns: model.size.width, rows: model.size.height, glyphs: alphabet)
        let layout = ConsoleLayout(model, frame: frame)
        let context = model.context(frame)
        if let place = layout.header { grid.within(place) { HeaderPainter.draw(model, frame, &$0) } }
        if let place = layout.gauges { grid.within(place) { GaugesPainter.draw(model, context, &$0) } }
        if let view = model.views.last {
            grid.within(layout.body) { draw(view, model, context, &$0) }
        } else {
            drawPanes(model, layout, context, &grid, &work)
        }
        if let place = layout.timeBar { grid.within(place) { TimeBarPainter.draw(frame, context, &$0) } }
        if let place = layout.foot { grid.within(place) { FootPainter.draw(model, frame, &$0) } }
        overlay(model, frame, layout, &grid)
        return grid
    }

    private static func draw(
        _ view: ConsoleScreen, _ model: ConsoleModel, _ context: FrameContext, _ grid: inout Grid
    ) {
        switch view {
        case .detail(let detail): DetailPage.draw(detail, context, &grid)
        case .output(let output): OutputPage.draw(output, &grid)
        case .page(let page): LinesPage.draw(page.title, page.lines, top: page.top, &grid)
        case .log(let log): LogPage.draw(log, model, context, &grid)
        case .history: HistoryPage.draw(model, context, &grid)
        }
    }

    private static func drawPanes(
        _ model: ConsoleModel, _ layout: ConsoleLayout, _ context: FrameContext, _ grid: inout Grid, _ work: inout Work
    ) {
        if let place = layout.events {
            grid.within(place) { EventsPainter.draw(model, context, boxed: layout.eventsAreBoxed, &$0) }
        }
        // The pane with the focus comes last, so that its border lies on top.
        for kind in PaneKind.allCases.filter({ $0 != model.focus }) + [model.focus] {
            guard let place = layout.pane(kind) else { continue }
            PanePainter.draw(kind, model, place, context, &grid, &work)
        }
    }

    /// What stands in front: help, a question, a line being typed.
    private static func overlay(
        _ model: ConsoleModel, _ frame: SourceFrame, _ layout: ConsoleLayout, _ grid: inout Grid
    ) {
        if let top = model.help { HelpPage.draw(model, frame, top: top, &grid) }
        if let prompt = model.prompt { PromptPainter.draw(prompt, model, frame, layout, &grid) }
        if let dialog = model.dialog { DialogPainter.draw(dialog, model, frame, &grid) }
        if layout.foot == nil, let notice = model.notice, model.size.height > 1 {
            grid.text(
                notice.text, x: 0, y: model.size.height - 1, width: model.size.width,
                style: notice.isError ? .error : .info)
        }
    }
}
