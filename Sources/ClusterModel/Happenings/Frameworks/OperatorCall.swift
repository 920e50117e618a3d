/// What an operator asks for over the API, typed. Each is answered by one `Directive.verdict` with its `request`.
public struct OperatorCall: Hashable, Sendable, Wired {
    /// Counted by the runtime; the verdict carries it.
    public var request: UInt64 = 0
    /// Who asks, as proven; "" = nobody said.
    public var principal = ""
    /// What is asked for.
    public var wish = OperatorWish.teardown(framework: "")
    /// An empty call.
    public init() {}
    /// A call.
    public init(request: UInt64 = 0, principal: String = "", _ wish: OperatorWish) {
        self.request = request
        self.principal = principal
        self.wish = wish
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.uint(&request)
        coder.text(&principal)
        coder.value(&wish)
    }
}

/// The writing calls of the v1 operator API. Agents are named by id.
public enum OperatorWish: Hashable, Sendable {
    /// Ends a framework.
    case teardown(framework: String)
    /// Sets quotas, all or none; `force` passes over what can be passed over. With `isFirst` a role that has a quota is
    /// refused (the older SET_QUOTA).
    case quota([RoleQuota], force: Bool, isFirst: Bool)
    /// Sets weights, in thousandths.
    case weights([RoleSpec])
    /// RESERVE, UNRESERVE, CREATE, DESTROY, GROW or SHRINK on what is free on an agent.
    case operation(agent: String, OfferOperation)
    /// Replaces the maintenance schedule.
    case maintenance([MaintenanceWindow])
    /// Takes machines down that are scheduled.
    case machinesDown([MaintenanceWindow.Machine])
    /// Brings machines up again.
    case machinesUp([MaintenanceWindow.Machine])
    /// Lets an agent run empty; with `grace` tasks get at most that long (below zero = their own), with `marksGone` it
    /// is marked gone when it is empty.
    case drain(agent: String, grace: Interval, marksGone: Bool)
    /// No offers of an agent.
    case deactivate(agent: String)
    /// Offers of an agent again.
    case reactivate(agent: String)
    /// An agent will never come back.
    case markGone(agent: String)
}

/// A role's quota as it is asked for.
public struct RoleQuota: Hashable, Sendable, Wired {
    /// The role's path.
    public var role = ""
    /// Its quota; the default one takes it away.
    public var quota = Quota()
    /// An amount that does not fit the units, in words; "" = none.
    public var problem = ""
    /// Empty.
    public init() {}
    /// A role's quota.
    public init(_ role: String, _ quota: Quota) {
        self.role = role
        self.quota = quota
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&role)
        coder.value(&quota)
        coder.text(&problem)
    }
}

extension OperatorWish: Wired {
    /// Ends nothing.
    public init() { self = .teardown(framework: "") }

    private var kind: UInt8 {
        switch self {
        case .teardown: 0
        case .quota: 1
        case .weights: 2
        case .operation: 3
        case .maintenance: 4
        case .machinesDown: 5
        case .machinesUp: 6
        case .drain: 7
        case .deactivate: 8
        case .reactivate: 9
        case .markGone: 10
        }
    }

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        var number = kind
        var parts = Parts(self)
        coder.uint(&number)
        coder.value(&parts)
        guard C.isReading else { return }
        guard let read = parts.wish(number) else { return coder.fail() }
        self = read
    }

    /// What any of them may carry, in one record.
    private struct Parts: Wired {
        var name = ""
        var quotas: [RoleQuota] = []
        var weights: [RoleSpec] = []
        var operation = OfferOperation()
        var windows: [MaintenanceWindow] = []
        var machines: [MaintenanceWindow.Machine] = []
        var grace = Interval.zero
        var flag = false
        var other = false

        init() {}
        init(_ wish: OperatorWish) {
            switch wish {
            case .teardown(let name), .deactivate(let name), .reactivate(let name), .markGone(let name):
                self.name = name
            case .quota(let quotas, let force, let isFirst): (self.quotas, flag, other) = (quotas, force, isFirst)
            case .weights(let weights): self.weights = weights
            case .operation(let agent, let operation): (name, self.operation) = (agent, operation)
            case .maintenance(let windows): self.windows = windows
            case .machinesDown(let machines), .machinesUp(let machines): self.machines = machines
            case .drain(let agent, let grace, let marksGone): (name, self.grace, flag) = (agent, grace, marksGone)
            }
        }
        func wish(_ number: UInt8) -> OperatorWish? {
            switch number {
            case 0: .teardown(framework: name)
            case 1: .quota(quotas, force: flag, isFirst: other)
            case 2: .weights(weights)
            case 3: .operation(agent: name, operation)
            case 4: .maintenance(windows)
            case 5: .machinesDown(machines)
            case 6: .machinesUp(machines)
            case 7: .drain(agent: name, grace: grace, marksGone: flag)
            case 8: .deactivate(agent: name)
            case 9: .reactivate(agent: name)
            case 10: .markGone(agent: name)
            default: nil
            }
        }
        mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.text(&name)
            coder.list(&quotas)
            coder.list(&weights)
            coder.record(&operation)
            coder.list(&windows)
            coder.list(&machines)
            coder.interval(&grace)
            coder.flag(&flag)
            coder.flag(&other)
        }
    }
}
