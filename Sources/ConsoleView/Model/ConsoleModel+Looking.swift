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
        case .events: return events(given)
        case .filter:
            if case .log = views.last { return events(given.isEmpty ? nil : given) }
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
        if !views.isEmpty { return scroll(command, frame) }
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

    private mutating func scroll(_ command: Command, _ frame: SourceFrame) {
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
            DetailPage.move(&detail, by: step, DetailPage.lines(detail, context(frame), width: size.width), size)
            views[views.count - 1] = .detail(detail)
        case .output(var output):
            let last = max(0, output.lines.count - OutputPage.rows(in: size))
            if output.follows { output.top = last }
            output.top = min(max(0, output.top + step), last)
            output.follows = output.top >= last && step > 0
            views[views.count - 1] = .output(output)
        case .page(var page):
            page.top += step
            views[views.count - 1] = .page(page)
        case .log(var log):
            log.top += step
            views[views.count - 1] = .log(log)
        case .history: break
        }
    }

    /// Keeps the views in front inside what they show.
    mutating func clampViews(_ frame: SourceFrame) {
        let rows = DetailPage.rows(in: size)
        func clamped(_ top: Int, _ lines: Int) -> Int { min(max(0, top), max(0, lines - rows)) }
        switch views.last {
        case .detail(var detail):
            let lines = DetailPage.lines(detail, context(frame), width: size.width)
            detail.top = clamped(detail.top, lines.count)
            detail.line = DetailPage.landing(detail.line, lines)
            views[views.count - 1] = .detail(detail)
        case .page(var page):
            page.top = clamped(page.top, page.lines.count)
            views[views.count - 1] = .page(page)
        case .log(var log):
            log.top = clamped(log.top, LogPage.events(self, frame.state, limit: .max).count)
            views[views.count - 1] = .log(log)
        case .output, .history, nil: break
        }
    }

    /// Opens a view over the panes; of too many the oldest goes.
    mutating func push(_ view: ConsoleScreen) {
        if views.count >= Self.viewLimit { views.removeFirst() }
        views.append(view)
    }

    /// Most views over each other.
    static let viewLimit = 8

    /// The event log; with a text its filter, with nil the line in which it is typed.
    private mutating func events(_ given: String?) -> [ConsoleEffect] {
        guard let given else {
            prompt = Prompt(.events, text: eventFilter?.text ?? "")
            return []
        }
        if !given.isEmpty, !setEventFilter(given) { return [] }
        if case .log = views.last { return [] }
        push(.log(LogView()))
        return []
    }

    /// Makes the event log show what passes; false, with a word why, when the text is no filter.
    mutating func setEventFilter(_ text: String) -> Bool {
        guard !text.trimmedSpaces.isEmpty else {
            eventFilter = nil
            return true
        }
        do throws(TextFault) {
            eventFilter = try EventFilter(text)
            return true
        } catch {
            say("events: \(error.message)", isError: true)
            return false
        }
    }

    private mutating func open(_ frame: SourceFrame) -> [ConsoleEffect] {
        if case .detail(let detail) = views.last {
            let lines = DetailPage.lines(detail, context(frame), width: size.width)
            guard lines.indices.contains(detail.line), let link = lines[detail.line].link else { return [] }
            return open(link, frame: frame)
        }
        guard views.isEmpty, let key = pane.cursorKey else { return [] }
        return open(key, frame: frame)
    }

    /// Opens the detail view of a thing and asks for its explanation.
    mutating func open(_ key: RowKey, frame: SourceFrame) -> [ConsoleEffect] {
        var detail = DetailView(key: key, label: frame.state.label(of: key))
        let effects = ask(&detail, frame)
        push(.detail(detail))
        return effects
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
