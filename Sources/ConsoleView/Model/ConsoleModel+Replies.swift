import ClusterModel
import ClusterSource

/// What comes back from outside, some time after it was asked for.
extension ConsoleModel {
    /// Takes an answer and says what must be done because of it. Answers nobody waits for any more are dropped.
    public mutating func receive(_ reply: ConsoleReply) -> [ConsoleEffect] {
        switch reply {
        case .plan(let plan, let ticket): take(plan, ticket)
        case .answer(let answer, let ticket): return take(answer, ticket)
        case .explanation(let explanation, let ticket): take(explanation, ticket)
        case .output(let piece, let ticket):
            if case .output(var output) = views.last, output.ticket == ticket {
                output.take(piece)
                views[views.count - 1] = .output(output)
            }
        case .notice(let text, let isError):
            // An empty one takes away what was said while something was under way.
            if text.isEmpty { notice = nil } else { say(text, isError: isError) }
        }
        return []
    }

    private mutating func take(_ plan: ActionPlan, _ ticket: UInt64) {
        pending[ticket] = nil
        switch dialog {
        case .plan(var shown) where shown.ticket == ticket:
            shown.plan = plan
            shown.typed = TextField()
            shown.focusOnAct = false
            dialog = .plan(shown)
        case .scaleOut(var form) where form.ticket == ticket:
            form.plan = plan
            dialog = .scaleOut(form)
        default: break
        }
    }

    private mutating func take(_ answer: ActionAnswer, _ ticket: UInt64) -> [ConsoleEffect] {
        guard let purpose = pending.removeValue(forKey: ticket) else { return [] }
        switch dialog {
        case .plan(var shown) where shown.performing == ticket:
            if answer.accepted { return finish(answer) }
            // Refused, perhaps because the plan is no longer true: shown again as it is now.
            shown.notice = answer.message
            shown.performing = nil
            shown.plan = nil
            shown.ticket = self.ticket(for: .plan)
            dialog = .plan(shown)
            return [.plan(shown.action, ticket: shown.ticket)]
        case .scaleOut(var form) where form.performing == ticket:
            if answer.accepted { return finish(answer) }
            form.notice = answer.message
            form.performing = nil
            form.plan = nil
            form.ticket = self.ticket(for: .scaleOutPlan)
            dialog = .scaleOut(form)
            return [.plan(form.action, ticket: form.ticket)]
        default:
            if case .action(let word) = purpose {
                say(answer.accepted ? answer.message : "\(word): \(answer.message)", isError: !answer.accepted)
            }
            return []
        }
    }

    private mutating func finish(_ answer: ActionAnswer) -> [ConsoleEffect] {
        dialog = nil
        pane.selection = []
        say(answer.message)
        return []
    }

    private mutating func take(_ explanation: Explanation, _ ticket: UInt64) {
        pending[ticket] = nil
        for (index, view) in views.enumerated() {
            guard case .detail(var detail) = view,
                let place = detail.answers.firstIndex(where: { $0.ticket == ticket })
            else { continue }
            detail.answers[place].explanation = explanation
            views[index] = .detail(detail)
        }
    }
}
