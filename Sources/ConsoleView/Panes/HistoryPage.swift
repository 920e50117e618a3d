import ClusterModel

/// Charts of the whole cluster over the time that this console has looked at it, one above the other.
enum HistoryPage {
    private struct Chart {
        var name: String
        var samples: [Int]
        /// The top of the chart; nil = the largest sample.
        var maximum: Int?
        var now: String
        var most: String
        var isGraded = false
        var style = Style.chartLow
    }

    static func draw(_ model: ConsoleModel, _ context: FrameContext, _ grid: inout Grid) {
        let area = grid.bounds
        let isBoxed = area.height >= 4 && area.width >= 12
        let trend = model.trend
        if isBoxed {
            let span = trend.since.isNever ? "" : "  the last \(Show.runTime(trend.at - trend.since))"
            grid.box(
                area, title: [Span("History", .titleFocused), Span("\(span), as far as this console saw it", .dim)],
                style: .borderFocused)
        }
        let inside = isBoxed ? area.inset(dx: 2, dy: 1) : area
        let charts = charts(trend, context)
        // At least two rows each: a heading and a row of chart. What does not fit gives way from below.
        let shown = charts.prefix(max(1, inside.height / 2))
        let rows = max(2, min(9, inside.height / max(1, shown.count)))
        for (index, chart) in shown.enumerated() {
            let y = inside.y + index * rows
            guard y + 1 < inside.maxY else { break }
            draw(chart, Rect(x: inside.x, y: y, width: inside.width, height: min(rows, inside.maxY - y)), model, &grid)
        }
        grid.setCursor(x: inside.x, y: inside.y)
    }

    private static func draw(_ chart: Chart, _ area: Rect, _ model: ConsoleModel, _ grid: inout Grid) {
        grid.spans(
            [
                Span(DisplayText.fitted(chart.name, to: 9), .label), Span(chart.now, .value),
                Span("  most \(chart.most)", .dim),
            ], x: area.x, y: area.y, width: area.width)
        guard model.showsClock else { return }
        let height = max(1, area.height - (area.height > 3 ? 2 : 1))
        grid.chart(
            chart.samples, in: Rect(x: area.x, y: area.y + 1, width: area.width, height: height),
            maximum: chart.maximum, style: chart.style, graded: chart.isGraded)
    }

    private static func charts(_ trend: Trend, _ context: FrameContext) -> [Chart] {
        let currency = context.state.configuration.currency
        func share(_ name: String, _ samples: [Int]) -> Chart {
            func text(_ value: Int?) -> String { value.map { "\($0 / 10)%" } ?? "-" }
            return Chart(
                name: name, samples: samples, maximum: 1_000, now: text(samples.last), most: text(samples.max()),
                isGraded: true)
        }
        func count(_ name: String, _ samples: [Int], _ style: Style) -> Chart {
            func text(_ value: Int?) -> String { value.map { "\($0)" } ?? "-" }
            return Chart(
                name: name, samples: samples, now: text(samples.last), most: text(samples.max()), style: style)
        }
        func rate(_ value: Int?) -> String { value.map { "\(currency)\(Show.money(Int64($0)))/h" } ?? "-" }
        let budget = context.state.configuration.budgetPerHour.micros
        var burn = Chart(
            name: "burn", samples: trend.burn, now: rate(trend.burn.last), most: rate(trend.burn.max()),
            style: .cost)
        if budget > 0 {
            burn.maximum = max(Int(clamping: budget), trend.burn.max() ?? 0)
            burn.now += " of \(Show.money(budget))"
        }
        var charts = [
            share("cpu", trend.cpu), share("mem", trend.mem), count("queue", trend.queue, .taskQueued), burn,
            count("running", trend.running, .taskRunning), count("nodes", trend.nodes, .nodeReady),
        ]
        if context.summary.total.gpus > 0 { charts.insert(share("gpu", trend.gpu), at: 2) }
        return charts
    }
}
