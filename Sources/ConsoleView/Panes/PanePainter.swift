import ClusterModel
import ClusterSource

/// One pane: border and title, headings, the rows that can be seen, cursor and selection.
enum PanePainter {
    static func draw(
        _ kind: PaneKind, _ model: ConsoleModel, _ place: ConsoleLayout.PanePlace, _ context: FrameContext,
        _ grid: inout Grid, _ work: inout ConsoleRenderer.Work
    ) {
        let pane = model.panes[kind.rawValue]
        let isFocused = kind == model.focus && model.views.isEmpty
        if place.isBoxed {
            grid.box(
                place.outer, title: title(kind, model, pane, context, isFocused, grid.glyphs),
                style: isFocused ? .borderFocused : .border)
        }
        if let top = place.top { grid.within(top) { CostHeadline.draw(model, context, &$0) } }
        let columns = kind.table.columns
        // The first column of the pane is for the cursor's and the selection's sign.
        let layout = ColumnLayout(columns, width: max(0, place.rows.width - 1), zoomed: model.zoomed)
        if let head = place.head {
            grid.within(head) { drawHead(columns, layout, pane, &$0) }
        }
        let table = kind.table
        for line in 0..<place.rows.height {
            let row = pane.top + line
            guard row < pane.index.keys.count else { break }
            let key = pane.index.keys[row]
            let area = Rect(x: place.rows.x, y: place.rows.y + line, width: place.rows.width, height: 1)
            work.rows += 1
            grid.within(area) {
                drawRow(table, columns, layout, key, pane, row == pane.cursor, isFocused, context, &$0)
            }
            if row == pane.cursor, isFocused { grid.setCursor(x: area.x, y: area.y) }
        }
        if pane.index.keys.isEmpty, place.rows.height > 0 {
            let text = pane.index.total > 0 ? "no row passes the filter; Esc clears it" : emptyText(kind)
            grid.text(text, x: place.rows.x + 1, y: place.rows.y, width: max(0, place.rows.width - 1), style: .dim)
        }
    }

    private static func emptyText(_ kind: PaneKind) -> String {
        switch kind {
        case .nodes: "no nodes yet; + adds machines"
        case .offers: "no offers: nothing waits"
        case .tasks: "no tasks; :submit -- COMMAND starts one"
        case .cost: "no pools"
        }
    }

    private static func drawHead(_ columns: [ColumnSpec], _ layout: ColumnLayout, _ pane: PaneState, _ grid: inout Grid)
    {
        for place in layout.places {
            let column = columns[place.column]
            let isSorted = place.column == pane.sort
            let sign = isSorted ? String(pane.reversed ? grid.glyphs.sortDescending : grid.glyphs.sortAscending) : ""
            // The sign takes the place of the last letter where there is no other.
            let room = max(0, place.width - sign.count)
            let text =
                (DisplayText.width(of: column.title) > room ? String(column.title.prefix(room)) : column.title) + sign
            grid.text(
                text, x: 1 + place.x, y: 0, width: place.width, align: column.align,
                style: isSorted ? .columnSorted : .column)
        }
    }

    private static func drawRow(
        _ table: any PaneTable.Type, _ columns: [ColumnSpec], _ layout: ColumnLayout, _ key: RowKey, _ pane: PaneState,
        _ isCursor: Bool, _ isFocused: Bool, _ context: FrameContext, _ grid: inout Grid
    ) {
        let isSelected = pane.selection.contains(key)
        if context.state.holds(key) {
            for place in layout.places {
                let x = 1 + place.x
                switch table.cell(place.column, key, context) {
                case .text(let text, let style):
                    grid.text(text, x: x, y: 0, width: place.width, align: columns[place.column].align, style: style)
                case .meter(let permille, let text):
                    let number = min(place.width, 5)
                    let bar = place.width - number
                    if bar >= 3 { grid.meter(value: permille, total: 1_000, x: x, y: 0, width: bar) }
                    grid.text(
                        text, x: x + max(0, bar), y: 0, width: number, align: .trailing,
                        style: .level(thousandths: permille))
                }
            }
        } else {
            grid.text("gone", x: 1, y: 0, style: .dim)
        }
        let line = grid.bounds
        if isSelected {
            grid.put(grid.glyphs.check, x: 0, y: 0, style: .value)
            grid.mark(line, .selected)
        } else if isCursor {
            grid.put(">", x: 0, y: 0, style: .value)
        }
        if isCursor { grid.mark(line, isFocused ? .cursor : .restingCursor) }
    }

    private static func title(
        _ kind: PaneKind, _ model: ConsoleModel, _ pane: PaneState, _ context: FrameContext, _ isFocused: Bool,
        _ glyphs: GlyphSet
    ) -> [Span] {
        var spans = [Span("\(kind.rawValue + 1) \(kind.title)", isFocused ? .titleFocused : .title)]
        func add(_ text: String, _ style: Style = .dim) { spans.append(Span("  \(text)", style)) }
        let state = context.state
        switch kind {
        case .nodes: add("\(pane.index.keys.count)/\(pane.index.total)")
        case .offers: add("\(state.openOffers.count) open")
        case .tasks:
            let placed = state.roles.reduce(0) { $0 + Int($1.placed) }
            let queued = state.roles.reduce(0) { $0 + Int($1.queued) }
            add("\(placed) running \(glyphs.middleDot) \(queued) queued")
        case .cost: add("today \(state.configuration.currency)\(Show.money(state.spentToday(at: context.now).micros))")
        }
        if kind != .nodes, pane.filter != nil { add("\(pane.index.keys.count)/\(pane.index.total)") }
        if !pane.selection.isEmpty { add("\(pane.selection.count) selected", .value) }
        if let filter = pane.filter { add("/\(filter.text)", filter.problem == nil ? .input : .inputError) }
        let sign = pane.reversed ? glyphs.sortDescending : glyphs.sortAscending
        add("sort \(kind.table.columns[pane.sort].name)\(sign)")
        return spans
    }
}

/// The line above the cost pane's table: how the burn went, what the day comes to if it goes on so, and what a month at
/// this rate would be beside its budget.
enum CostHeadline {
    /// A twelfth of a year of 365 days, rounded up.
    static let hoursPerMonth: Int64 = 730

    static func draw(_ model: ConsoleModel, _ context: FrameContext, _ grid: inout Grid) {
        let state = context.state
        let rate = state.burnPerHour
        let currency = state.configuration.currency
        let passed = context.now.microseconds - context.now.day * 86_400_000_000
        let left = Interval(microseconds: 86_400_000_000 - passed)
        let day = state.spentToday(at: context.now).micros &+ rate / 3_600 &* left.seconds
        var text = [
            Span("\(currency)\(Show.money(rate))/h", .cost), Span("  day", .label),
            Span(" \(currency)\(Show.money(day))", .cost),
        ]
        let budget = state.configuration.budgetPerMonth.micros
        if budget > 0 {
            let month = rate.multipliedReportingOverflow(by: hoursPerMonth)
            let style: Style = month.overflow || month.partialValue > budget ? .costOver : .cost
            text += [
                Span("  month", .label),
                Span(" \(currency)\(Show.money(month.partialValue)) of \(Show.money(budget))", style),
            ]
        }
        let chart = max(0, min(24, grid.size.width - 7 - text.reduce(0) { $0 + $1.width } - 2))
        grid.text("burn ", x: 1, y: 0, style: .label)
        if chart >= 4, model.showsClock {
            grid.chart(model.trend.burn, in: Rect(x: 6, y: 0, width: chart, height: 1), style: .chartLow)
        }
        grid.spans(text, x: chart >= 4 && model.showsClock ? 7 + chart : 6, y: 0)
    }
}
