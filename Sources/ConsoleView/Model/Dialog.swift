import ClusterModel

/// A question that stands in front of everything else until it is answered.
enum Dialog: Sendable {
    /// What an action would do, and whether to do it.
    case plan(PlanDialog)
    /// More machines: which, how many, and what that would mean.
    case scaleOut(ScaleOutForm)
    /// One of several things.
    case choice(ChoiceDialog)
}

/// What an action would do, with a Cancel that has the focus.
struct PlanDialog: Sendable {
    /// Above this many things the count must be typed.
    static let typedAbove: UInt32 = 10

    /// What is asked for, in words.
    var title: String
    /// The action.
    var action: Action
    /// What it would do, once known.
    var plan: ActionPlan?
    /// The plan that is waited for.
    var ticket: UInt64
    /// The answer that is waited for after Enter.
    var performing: UInt64?
    /// Why the plan is shown again.
    var notice = ""
    /// Whether the focus is on the button that acts.
    var focusOnAct = false
    /// First line that is shown.
    var top = 0
    /// The count, where it must be typed.
    var typed = TextField()

    /// Whether the count must be typed.
    var mustType: Bool { (plan?.size ?? 0) > Self.typedAbove }
    /// Whether the typed count is right, or none is needed.
    var isTyped: Bool { !mustType || typed.text == "\(plan?.size ?? 0)" }
    /// Whether Enter on the acting button acts.
    var canAct: Bool { plan?.possible == true && isTyped && performing == nil }
}

/// More machines of a pool.
struct ScaleOutForm: Sendable {
    /// The three lines of the form.
    enum Field: Int, Sendable, CaseIterable { case pool, count, type }
    /// Most machines that one request may ask for here.
    static let countLimit: UInt32 = 10_000

    /// Pools that can grow, with their types.
    var pools: [(name: String, types: [String])]
    /// Which pool.
    var pool = 0
    /// Which of its types.
    var type = 0
    /// How many.
    var count: UInt32 = 1
    /// The line with the focus.
    var field = Field.count
    /// Whether the next digit begins a new number.
    var startsNumber = true
    /// What it would do, once known.
    var plan: ActionPlan?
    /// The plan that is waited for.
    var ticket: UInt64 = 0
    /// The answer that is waited for after Enter.
    var performing: UInt64?
    /// Why the plan is shown again.
    var notice = ""

    /// What the form asks for.
    var action: Action {
        let chosen = pools[pool]
        return .scaleOut(
            ScaleOut(pool: chosen.name, count: count, type: type < chosen.types.count ? chosen.types[type] : ""))
    }
}

/// One of several things; the first is the one that changes least.
struct ChoiceDialog: Sendable {
    /// A line that can be chosen.
    struct Choice: Sendable {
        /// What it says.
        var text: String
        /// What it means, dim beside it.
        var detail: String
        /// What choosing it does.
        var command: ChoiceCommand
    }
    /// What is asked.
    var title: String
    /// Facts above the choices.
    var lines: [String] = []
    /// The choices.
    var choices: [Choice]
    /// The one with the focus.
    var selected = 0
    /// What leaving without a choice does, where choices are tried on.
    var onCancel = ChoiceCommand.cancel
}

/// What a chosen line does.
enum ChoiceCommand: Sendable, Hashable {
    case cancel
    case quit(QuitChoice)
    case autoscaler(AutoscalerMode)
    case theme(String)
    case mark(UInt64)
    case instant(Instant)
}
