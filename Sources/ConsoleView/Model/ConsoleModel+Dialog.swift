import ClusterModel
import ClusterSource

/// Keys for the question in front.
extension ConsoleModel {
    mutating func handleDialog(_ key: Key, frame: SourceFrame) -> [ConsoleEffect] {
        switch dialog {
        case .plan(let plan): return handle(key, plan)
        case .scaleOut(let form): return handle(key, form)
        case .choice(let choice): return handle(key, choice)
        case nil: return []
        }
    }

    private func isCancel(_ key: Key) -> Bool { key == .escape || key == .ctrl("c") }

    private mutating func handle(_ key: Key, _ shown: PlanDialog) -> [ConsoleEffect] {
        var plan = shown
        if isCancel(key) {
            dialog = nil
            return []
        }
        switch key {
        case .tab, .backTab, .left, .right: plan.focusOnAct.toggle()
        case .up: plan.top = max(0, plan.top - 1)
        case .down: plan.top = min(plan.top + 1, max(0, (plan.plan?.lines.count ?? 0) - 1))
        case .enter:
            guard plan.focusOnAct else {
                dialog = nil
                return []
            }
            guard plan.canAct, let confirmed = plan.plan?.fingerprint else {
                if plan.plan?.possible == true, !plan.isTyped {
                    plan.notice = "type the count, \(plan.plan?.size ?? 0), first"
                }
                dialog = .plan(plan)
                return []
            }
            let ticket = ticket(for: .action(plan.action.word))
            plan.performing = ticket
            dialog = .plan(plan)
            return [.perform(plan.action, confirmed: confirmed, ticket: ticket)]
        default:
            // The typed count; typing it right moves the focus to the button that acts.
            if plan.mustType, plan.typed.handle(key) { plan.focusOnAct = plan.isTyped }
        }
        dialog = .plan(plan)
        return []
    }

    private mutating func handle(_ key: Key, _ shown: ScaleOutForm) -> [ConsoleEffect] {
        var form = shown
        let fields = ScaleOutForm.Field.allCases
        switch key {
        case .escape, .ctrl("c"):
            dialog = nil
            return []
        case .enter:
            guard let plan = form.plan, plan.possible, form.performing == nil else { return [] }
            let ticket = ticket(for: .action(form.action.word))
            form.performing = ticket
            dialog = .scaleOut(form)
            return [.perform(form.action, confirmed: plan.fingerprint, ticket: ticket)]
        case .up, .backTab: form.field = fields[(form.field.rawValue + fields.count - 1) % fields.count]
        case .down, .tab: form.field = fields[(form.field.rawValue + 1) % fields.count]
        case .left, .character("-"), .character("h"): change(&form, by: -1)
        case .right, .character("+"), .character("l"): change(&form, by: 1)
        case .backspace where form.field == .count: form.count = max(1, form.count / 10)
        case .press(.character(let digit), _) where form.field == .count:
            guard let digit = digit.wholeNumberValue else { return [] }
            let number = (form.startsNumber ? 0 : form.count) * 10 + UInt32(digit)
            form.count = min(max(1, number), ScaleOutForm.countLimit)
            form.startsNumber = false
        default: return []
        }
        if key == .up || key == .down || key == .tab || key == .backTab { form.startsNumber = true }
        guard form.action != shown.action else {
            dialog = .scaleOut(form)
            return []
        }
        form.plan = nil
        form.notice = ""
        form.ticket = ticket(for: .scaleOutPlan)
        dialog = .scaleOut(form)
        return [.plan(form.action, ticket: form.ticket)]
    }

    private func change(_ form: inout ScaleOutForm, by step: Int) {
        switch form.field {
        case .pool:
            form.pool = (form.pool + step + form.pools.count) % form.pools.count
            form.type = 0
        case .type:
            let count = max(1, form.pools[form.pool].types.count)
            form.type = (form.type + step + count) % count
        case .count:
            form.count = UInt32(min(max(1, Int(form.count) + step), Int(ScaleOutForm.countLimit)))
            form.startsNumber = true
        }
    }

    private mutating func handle(_ key: Key, _ shown: ChoiceDialog) -> [ConsoleEffect] {
        var choice = shown
        let last = choice.choices.count - 1
        switch key {
        case .escape, .ctrl("c"), .character("q"):
            dialog = nil
            return choose(choice.onCancel)
        case .up, .character("k"), .backTab: choice.selected = max(0, choice.selected - 1)
        case .down, .character("j"), .tab: choice.selected = min(last, choice.selected + 1)
        case .press(.home, _), .character("g"): choice.selected = 0
        case .press(.end, _), .character("G"): choice.selected = max(0, last)
        case .enter:
            dialog = nil
            return last < 0 ? [] : choose(choice.choices[choice.selected].command)
        default: return []
        }
        dialog = .choice(choice)
        // A theme is tried on while it is looked at.
        if case .theme(let name) = choice.choices[choice.selected].command { return [.setTheme(name)] }
        return []
    }

    private mutating func choose(_ command: ChoiceCommand) -> [ConsoleEffect] {
        switch command {
        case .cancel: return []
        case .quit(.drainAndStop):
            if let reason = settings.readOnly ? "this console is read-only" : settings.abilities.actionsDisabled {
                say("drain and stop: \(reason)", isError: true)
                return []
            }
            return [.quit(.drainAndStop)]
        case .quit(let choice): return [.quit(choice)]
        case .autoscaler(let mode): return perform(.autoscaler(mode))
        case .theme(let name):
            guard !name.isEmpty else { return [] }
            settings.theme = name
            return [.setTheme(name)]
        case .mark(let sequence): return [.seek(.event(sequence))]
        case .instant(let instant): return [.seek(.to(instant))]
        }
    }
}
