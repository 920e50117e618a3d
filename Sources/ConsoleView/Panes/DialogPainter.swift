import ClusterModel
import ClusterSource

/// Questions in front of everything: the rest fades, the frame stands in the middle, Cancel is where one sees it.
enum DialogPainter {
    static func draw(_ dialog: Dialog, _ model: ConsoleModel, _ frame: SourceFrame, _ grid: inout Grid) {
        grid.mark(grid.bounds, .faded)
        switch dialog {
        case .plan(let plan): draw(plan, frame, &grid)
        case .scaleOut(let form): draw(form, frame, &grid)
        case .choice(let choice): draw(choice, &grid)
        }
    }

    /// Clears a place in the middle and draws its border; answers the inside.
    private static func open(_ title: String, width: Int, rows: Int, _ grid: inout Grid) -> Rect {
        let size = grid.size
        let outer = Rect(
            x: max(0, (size.width - width - 4) / 2), y: max(0, (size.height - rows - 2) / 2),
            width: min(width + 4, size.width), height: min(rows + 2, size.height))
        grid.fill(outer, style: .dialog)
        // Cells behind are replaced, so that nothing shines through and the marks are gone.
        guard outer.height >= 3, outer.width >= 8 else { return outer }
        grid.box(outer, title: [Span(title, .title)], style: .dialogBorder)
        return outer.inset(dx: 2, dy: 1)
    }

    private static func button(_ text: String, focused: Bool, x: Int, y: Int, _ grid: inout Grid) -> Int {
        let used = grid.text(focused ? "[\(text)]" : " \(text) ", x: x, y: y, style: focused ? .buttonFocused : .button)
        if focused { grid.setCursor(x: x + 1, y: y) }
        return used + 2
    }

    private static func rate(_ plan: ActionPlan, _ frame: SourceFrame) -> String? {
        guard plan.ratePerHourDelta != 0 else { return nil }
        let sign = plan.ratePerHourDelta > 0 ? "+" : "-"
        let amount = Show.money(Int64(clamping: plan.ratePerHourDelta.magnitude))
        return "\(sign)\(frame.state.configuration.currency)\(amount)/h"
    }

    private static func facts(_ plan: ActionPlan, _ frame: SourceFrame) -> [Span] {
        var spans: [Span] = []
        if let rate = rate(plan, frame) {
            spans.append(Span("cost \(rate)  ", plan.ratePerHourDelta > 0 ? .costNear : .success))
        }
        if plan.tasksTouched > 0 {
            spans.append(Span("\(Show.plural(Int(plan.tasksTouched), "running task")) touched", .warning))
        }
        return spans
    }

    private static func draw(_ dialog: PlanDialog, _ frame: SourceFrame, _ grid: inout Grid) {
        let lines = dialog.plan?.lines ?? ["asking what this would do ..."]
        let facts = dialog.plan.map { self.facts($0, frame) } ?? []
        let extra = (dialog.notice.isEmpty ? 0 : 1) + (facts.isEmpty ? 0 : 1) + (dialog.mustType ? 1 : 0) + 2
        let width = min(grid.size.width - 4, max(44, lines.reduce(0) { max($0, DisplayText.width(of: $1)) }))
        let shown = min(lines.count, max(1, grid.size.height - extra - 4))
        let area = open(dialog.title, width: width, rows: shown + extra, &grid)
        grid.within(area) { grid in
            var y = 0
            if !dialog.notice.isEmpty {
                grid.text(dialog.notice, x: 0, y: y, width: grid.size.width, style: .warning)
                y += 1
            }
            let top = min(dialog.top, max(0, lines.count - shown))
            for line in lines[top..<min(lines.count, top + shown)] {
                grid.text(
                    line, x: 0, y: y, width: grid.size.width, style: dialog.plan?.possible == false ? .error : .dialog)
                y += 1
            }
            if !facts.isEmpty {
                grid.spans(facts, x: 0, y: y)
                y += 1
            }
            if dialog.mustType, let plan = dialog.plan {
                let used = grid.text("type \(plan.size) to go on: ", x: 0, y: y, style: .label)
                grid.text(dialog.typed.text, x: used, y: y, width: 8, style: dialog.isTyped ? .input : .inputError)
                y += 1
            }
            y = grid.size.height - 1
            let x = button("Cancel", focused: !dialog.focusOnAct, x: 0, y: y, &grid)
            guard dialog.plan?.possible == true else { return }
            let word = dialog.performing == nil ? capitalised(dialog.action.word) : "working ..."
            _ = button(word, focused: dialog.focusOnAct, x: x, y: y, &grid)
        }
    }

    private static func capitalised(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

    private static func draw(_ form: ScaleOutForm, _ frame: SourceFrame, _ grid: inout Grid) {
        let lines = form.plan?.lines ?? ["asking what this would do ..."]
        let facts = form.plan.map { self.facts($0, frame) } ?? []
        let width = min(grid.size.width - 4, max(52, lines.reduce(0) { max($0, DisplayText.width(of: $1)) }))
        let shown = min(lines.count, max(1, grid.size.height - 10))
        let rows = 4 + shown + (facts.isEmpty ? 0 : 1) + (form.notice.isEmpty ? 0 : 1) + 1
        let area = open("Scale out", width: width, rows: rows, &grid)
        grid.within(area) { grid in
            let pool = form.pools[form.pool]
            let values: [(ScaleOutForm.Field, String, String)] = [
                (.pool, "pool", pool.name), (.count, "count", "\(form.count)"),
                (.type, "type", form.type < pool.types.count ? pool.types[form.type] : "-"),
            ]
            for (field, name, value) in values {
                let isFocused = field == form.field
                let y = field.rawValue
                grid.text(name, x: 0, y: y, width: 7, style: .label)
                grid.text(
                    isFocused ? "< \(value) >" : "  \(value)", x: 7, y: y, style: isFocused ? .buttonFocused : .button)
                if isFocused { grid.setCursor(x: 9, y: y) }
            }
            var y = 4
            if !form.notice.isEmpty {
                grid.text(form.notice, x: 0, y: y, width: grid.size.width, style: .warning)
                y += 1
            }
            for line in lines.prefix(shown) {
                grid.text(
                    line, x: 0, y: y, width: grid.size.width, style: form.plan?.possible == false ? .error : .dialog)
                y += 1
            }
            if !facts.isEmpty { grid.spans(facts, x: 0, y: y) }
            let hint =
                form.performing != nil
                ? "working ..."
                : form.plan?.possible == true
                    ? "Enter confirms this plan   arrows change   Esc cancels" : "arrows change   Esc cancels"
            grid.text(hint, x: 0, y: grid.size.height - 1, width: grid.size.width, style: .key)
        }
    }

    private static func draw(_ choice: ChoiceDialog, _ grid: inout Grid) {
        let texts = choice.choices.map { $0.detail.isEmpty ? $0.text : "\($0.text)  \($0.detail)" }
        let widest = (texts + choice.lines + [choice.title]).reduce(20) { max($0, DisplayText.width(of: $1) + 2) }
        let head = choice.lines.count
        let shown = min(texts.count, max(1, grid.size.height - head - 4))
        let area = open(choice.title, width: min(grid.size.width - 4, widest), rows: head + shown, &grid)
        grid.within(area) { grid in
            for (y, line) in choice.lines.enumerated() {
                grid.text(line, x: 0, y: y, width: grid.size.width, style: .dialog)
            }
            let top = min(max(0, choice.selected - shown + 1), max(0, texts.count - shown))
            for line in 0..<min(shown, texts.count) {
                let entry = choice.choices[top + line]
                let isFocused = top + line == choice.selected
                let y = head + line
                grid.text(isFocused ? ">" : " ", x: 0, y: y, style: .key)
                let used = grid.text(entry.text, x: 2, y: y, style: isFocused ? .buttonFocused : .button)
                grid.text(entry.detail, x: 4 + used, y: y, width: max(0, grid.size.width - used - 4), style: .dim)
                if isFocused { grid.setCursor(x: 2, y: y) }
            }
        }
    }
}
