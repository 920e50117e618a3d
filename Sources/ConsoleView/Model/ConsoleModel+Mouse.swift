import ClusterModel
import ClusterSource

/// The mouse: a click focuses and puts the cursor, a heading sorts, the wheel scrolls.
extension ConsoleModel {
    mutating func handle(_ event: MouseEvent, frame: SourceFrame) -> [ConsoleEffect] {
        switch event.action {
        case .wheelUp: wheel(-3, event, frame)
        case .wheelDown: wheel(3, event, frame)
        case .press(1): click(event, frame)
        default: break
        }
        return []
    }

    private func pane(at event: MouseEvent, _ frame: SourceFrame) -> (PaneKind, ConsoleLayout.PanePlace)? {
        guard views.isEmpty, dialog == nil, help == nil else { return nil }
        let layout = ConsoleLayout(self, frame: frame)
        for kind in PaneKind.allCases {
            if let place = layout.pane(kind), place.outer.contains(x: event.x, y: event.y) { return (kind, place) }
        }
        return nil
    }

    private mutating func wheel(_ rows: Int, _ event: MouseEvent, _ frame: SourceFrame) {
        if let top = help {
            help = max(0, min(top + rows, HelpPage.lines(self, frame).count - max(1, size.height - 2)))
        } else if dialog == nil, !views.isEmpty {
            for _ in 0..<3 { _ = look(rows < 0 ? .up : .down, "", frame: frame) }
        } else if let (kind, _) = pane(at: event, frame) {
            panes[kind.rawValue].scroll(by: rows, at: frame.now)
        }
    }

    private mutating func click(_ event: MouseEvent, _ frame: SourceFrame) {
        guard prompt == nil, let (kind, place) = pane(at: event, frame) else { return }
        let wasFocused = focus == kind
        focus = kind
        if place.rows.contains(x: event.x, y: event.y) {
            let row = pane.top + event.y - place.rows.y
            if row < pane.index.keys.count { pane.move(to: row, at: frame.now) }
        } else if let head = place.head, head.contains(x: event.x, y: event.y), wasFocused {
            let columns = ColumnLayout(kind.table.columns, width: max(0, place.rows.width - 1), zoomed: zoomed)
            let x = event.x - head.x - 1
            if let hit = columns.places.first(where: { x >= $0.x && x < $0.x + $0.width }) { sort(by: hit.column) }
        }
    }
}
