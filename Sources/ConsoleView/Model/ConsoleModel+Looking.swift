import ClusterModel
import ClusterSource

/// Looking around: focus, cursor, order, filter, selection, views.
extension ConsoleModel {
    mutating func look(_ command: Command, _ given: String, frame: SourceFrame) -> [ConsoleEffect] {
        switch command {
        case .focus(let kind): focus = kind
        case .nextPane: focus = PaneKind(rawValue: (focus.rawValue + 1) % 4) ?? .nodes
        case .previousPane: focus = PaneKind(rawValue: (focus.rawValue + 3) % 4) ?? .nodes
        case .paneLeft: focus = PaneKind(rawValue: focus.rawValue & ~1) ?? .nodes
        case .paneRight: focus = PaneKind(rawValue: focus.rawValue | 1) ?? .nodes
        case .open: return open(frame)
        case .back: return back()
        case .zoom: zoomed.toggle()
        case .filter:
            if given.isEmpty { prompt = Prompt(.filter, text: pane.filter?.text ?? "") } else { setFilter(given) }
        case .sortNext: sort(by: nextColumn(after: pane.sort))
        case .sortReverse:
            pane.reversed.toggle()
            pane.isDirty = true
        case .sortBy: sort(named: given)
        case .select:
            pane.toggleSelection()
            pane.move(by: 1, at: frame.now)
        case .selectRange: pane.selectRange()
        case .clearSelection:
            pane.selection = []
            pane.anchor = nil
        default: move(command, frame: frame)
        }
        return []
    }

    /// Moves the cursor, or scrolls the view in front.
    private mutating func move(_ command: Command, frame: SourceFrame) {
        if !views.isEmpty { return scroll(command) }
        let page = max(1, pane.visibleRows - 1)
        switch command {
        case .up: pane.move(by: -1, at: frame.now)
        case .down: pane.move(by: 1, at: frame.now)
        case .pageUp: pane.move(by: -page, at: frame.now)
        case .pageDown: pane.move(by: page, at: frame.now)
        case .first: pane.move(to: 0, at: frame.now)
        case .last: pane.move(to: .max, at: frame.now)
        default: break
        }
    }

    private mutating func scroll(_ command: Command) {
        guard let view = views.last else { return }
        let page = max(1, size.height - 5)
        let step =
            switch command {
            case .up: -1
            case .down: 1
            case .pageUp: -page
            case .pageDown: page
            case .first: -1_000_000
            default: 1_000_000
            }
        switch view {
        case .detail(var detail):
            detail.top += step
            views[views.count - 1] = .detail(detail)
        case .output(var output):
            let last = max(0, output.lines.count - OutputPage.rows(in: size))
            if output.follows { output.top = last }
            output.top = min(max(0, output.top + step), last)
            output.follows = output.top >= last && step > 0
            views[views.count - 1] = .output(output)
        }
    }

    /// Keeps the views in front inside what they show.
    mutating func clampViews(_ frame: SourceFrame) {
        guard case .detail(var detail) = views.last else { return }
        let lines = DetailPage.lines(detail, context(frame), width: size.width).count
        detail.top = min(max(0, detail.top), max(0, lines - DetailPage.rows(in: size)))
        views[views.count - 1] = .detail(detail)
    }

    private mutating func open(_ frame: SourceFrame) -> [ConsoleEffect] {
        guard let key = pane.cursorKey else { return [] }
        return open(key, frame: frame)
    }

    /// Opens the detail view of a thing and asks for its explanation.
    mutating func open(_ key: RowKey, frame: SourceFrame) -> [ConsoleEffect] {
        let ticket = ticket(for: .explanation)
        if views.count >= 8 { views.removeFirst() }
        views.append(.detail(DetailView(key: key, label: frame.state.label(of: key), explanation: nil, ticket: ticket)))
        return [.explain(frame.state.question(about: key), ticket: ticket)]
    }

    private mutating func back() -> [ConsoleEffect] {
        if case .output = views.last {
            views.removeLast()
            return [.unfollow]
        }
        if !views.isEmpty {
            views.removeLast()
        } else if zoomed {
            zoomed = false
        } else if !pane.selection.isEmpty {
            pane.selection = []
        } else if pane.filter != nil {
            setFilter("")
        }
        return []
    }

    /// Makes the pane show the rows that pass.
    mutating func setFilter(_ text: String) {
        let new = RowFilter(text, pane: focus)
        pane.filter = new.map { filter in
            guard filter.problem != nil else { return filter }
            return RowFilter(showing: filter, passing: filter.beforeProblem(pane: focus) ?? pane.filter)
        }
        pane.isDirty = true
    }

    /// The next column that is on the screen.
    private func nextColumn(after column: Int) -> Int {
        let columns = focus.table.columns
        for step in 1...columns.count {
            let next = (column + step) % columns.count
            if zoomed || !columns[next].zoomOnly { return next }
        }
        return column
    }

    /// Sorts by a column; by the one that sorts already the other way around.
    mutating func sort(by column: Int) {
        pane.reversed = column == pane.sort ? !pane.reversed : focus.table.columns[column].largestFirst
        pane.sort = column
        pane.isDirty = true
    }

    private mutating func sort(named name: String) {
        let columns = focus.table.columns
        guard let column = columns.firstIndex(where: { $0.name == name.lowercased() }) else {
            let names = columns.map(\.name).joined(separator: ", ")
            return say("sort: \"\(name)\" is no column of \(focus.title); there are \(names)", isError: true)
        }
        sort(by: column)
    }
}
