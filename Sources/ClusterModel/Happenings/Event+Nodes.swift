/// Events about machines: pools, instances, nodes and what was measured on them.

/// A machine is wanted; written down before any provider is called.
public struct InstanceWished: Hashable, Sendable, Wired {
    /// Its number.
    public var instance = InstanceID.none
    /// Its name; the node's too.
    public var name = ""
    /// Its pool.
    public var pool = PoolID.none
    /// Name of the machine type.
    public var type = ""
    /// Why it is wanted.
    public var reason = Reason.none
    /// Millionths per hour.
    public var pricePerHour: Int64 = 0
    /// When its node must have registered.
    public var deadline = Instant.never
    /// Millionths per hour before any discount.
    public var listPrice: Int64 = 0
    /// How its provider bills.
    public var billing = BillingRule()
    /// The role for which it is bought, if for one.
    public var role = RoleID.none

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(
        instance: InstanceID, name: String = "", pool: PoolID = .none, type: String = "", reason: Reason = .none,
        pricePerHour: Int64 = 0, deadline: Instant = .never, listPrice: Int64 = 0, billing: BillingRule = BillingRule(),
        role: RoleID = .none
    ) {
        self.instance = instance
        self.name = name
        self.pool = pool
        self.type = type
        self.reason = reason
        self.pricePerHour = pricePerHour
        self.deadline = deadline
        self.listPrice = listPrice
        self.billing = billing
        self.role = role
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&instance)
        coder.text(&name)
        coder.id(&pool)
        coder.text(&type)
        coder.value(&reason)
        coder.int(&pricePerHour)
        coder.instant(&deadline)
        coder.int(&listPrice)
        coder.value(&billing)
        coder.id(&role)
    }
}

/// A step in an instance's life was seen.
public struct InstanceChanged: Hashable, Sendable, Wired {
    /// Its number.
    public var instance = InstanceID.none
    /// Where it stands now.
    public var state = InstanceRow.State.queued
    /// Why.
    public var reason = Reason.none
    /// Where its agent is reached, once known.
    public var address = ""
    /// The provider's word on it, one line.
    public var message = ""
    /// When this step must have ended.
    public var deadline = Instant.never

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(
        instance: InstanceID, state: InstanceRow.State, reason: Reason = .none, address: String = "",
        message: String = "", deadline: Instant = .never
    ) {
        self.instance = instance
        self.state = state
        self.reason = reason
        self.address = address
        self.message = message
        self.deadline = deadline
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&instance)
        coder.word(&state)
        coder.value(&reason)
        coder.text(&address)
        coder.text(&message)
        coder.instant(&deadline)
    }
}

/// A machine's agent was sent its lease anew.
public struct InstanceLeased: Hashable, Sendable, Wired {
    /// Its number.
    public var instance = InstanceID.none
    /// When the machine powers itself off unless this happens again; never = it does not.
    public var until = Instant.never

    /// All fields empty.
    public init() {}
    /// An event with its fields.
    public init(instance: InstanceID, until: Instant) { (self.instance, self.until) = (instance, until) }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&instance)
        coder.instant(&until)
    }
}

/// A node is known; its agent has not registered yet.
public struct NodeAdded: Hashable, Sendable, Wired {
    /// Its slot.
    public var node = NodeID.none
    /// Its name.
    public var name = ""
    /// Its pool.
    public var pool = PoolID.none
    /// The instance it comes from.
    public var instance = InstanceID.none
    /// What it will offer.
    public var total = ResourceVector.zero
    /// Ports and sets it will offer.
    public var extras = Extras()
    /// Its attributes.
    public var attributes: [Attribute] = []
    /// Millionths per hour.
    public var pricePerHour: Int64 = 0
    /// Where its agent is reached.
    public var address = ""
    /// What was declared of it, when somebody named it; else empty.
    public var spec = NodeSpec()
    /// What it will offer that is not plain.
    public var special = Portions()

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(
        node: NodeID, name: String = "", pool: PoolID = .none, instance: InstanceID = .none,
        total: ResourceVector = .zero, extras: Extras = .init(), attributes: [Attribute] = [],
        pricePerHour: Int64 = 0, address: String = "", spec: NodeSpec = NodeSpec(),
        special: Portions = .init()
    ) {
        self.special = special
        self.node = node
        self.name = name
        self.pool = pool
        self.instance = instance
        self.total = total
        self.extras = extras
        self.attributes = attributes
        self.pricePerHour = pricePerHour
        self.address = address
        self.spec = spec
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&node)
        coder.text(&name)
        coder.id(&pool)
        coder.id(&instance)
        coder.value(&total)
        coder.value(&extras)
        coder.list(&attributes)
        coder.int(&pricePerHour)
        coder.text(&address)
        coder.record(&spec)
        coder.value(&special)
    }
}

/// A node's agent said hello.
public struct NodeRegistered: Hashable, Sendable, Wired {
    /// Its slot.
    public var node = NodeID.none
    /// What it offers.
    public var total = ResourceVector.zero
    /// The machine's boot id.
    public var boot = ""
    /// Distinguishes agent processes.
    public var agentStart: UInt64 = 0
    /// Operating system and kernel.
    public var kernel = ""
    /// Architecture.
    public var arch = ""
    /// Host name.
    public var host = ""
    /// The agent's version.
    public var agentVersion = ""
    /// How tasks are isolated.
    public var isolation = ""
    /// The state it comes to.
    public var state = NodeRow.State.joining

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(
        node: NodeID, total: ResourceVector = .zero, boot: String = "", agentStart: UInt64 = 0,
        kernel: String = "", arch: String = "", host: String = "", agentVersion: String = "",
        isolation: String = "", state: NodeRow.State
    ) {
        self.node = node
        self.total = total
        self.boot = boot
        self.agentStart = agentStart
        self.kernel = kernel
        self.arch = arch
        self.host = host
        self.agentVersion = agentVersion
        self.isolation = isolation
        self.state = state
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&node)
        coder.value(&total)
        coder.text(&boot)
        coder.uint(&agentStart)
        coder.text(&kernel)
        coder.text(&arch)
        coder.text(&host)
        coder.text(&agentVersion)
        coder.text(&isolation)
        coder.word(&state)
    }
}

/// A node changed its state.
public struct NodeChanged: Hashable, Sendable, Wired {
    /// Its slot.
    public var node = NodeID.none
    /// Where it stands now.
    public var state = NodeRow.State.joining
    /// Why.
    public var reason = Reason.none
    /// Whether its instance is ended once it is drained.
    public var removeWhenDrained = false
    /// When a drain stops waiting.
    public var drainDeadline = Instant.never
    /// Its name: slots are used again, lines about the past must stay true.
    public var name = ""
    /// Whether nothing of its agent is to be left on the machine once it is removed.
    public var purges = false

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(
        node: NodeID, state: NodeRow.State, reason: Reason = .none, removeWhenDrained: Bool = false,
        drainDeadline: Instant = .never, name: String = "", purges: Bool = false
    ) {
        self.node = node
        self.state = state
        self.reason = reason
        self.removeWhenDrained = removeWhenDrained
        self.drainDeadline = drainDeadline
        self.name = name
        self.purges = purges
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&node)
        coder.word(&state)
        coder.value(&reason)
        coder.flag(&removeWhenDrained)
        coder.instant(&drainDeadline)
        coder.text(&name)
        coder.flag(&purges)
    }
}

/// The link to a node's agent opened or closed.
public struct NodeLink: Hashable, Sendable, Wired {
    /// Its slot.
    public var node = NodeID.none
    /// Whether it is open now.
    public var connected = false
    /// What went wrong, one line.
    public var message = ""

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(node: NodeID, connected: Bool = false, message: String = "") {
        self.node = node
        self.connected = connected
        self.message = message
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&node)
        coder.flag(&connected)
        coder.text(&message)
    }
}

/// A removed node's slot is free again.
public struct NodeForgotten: Hashable, Sendable, Wired {
    /// Its slot.
    public var node = NodeID.none

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(node: NodeID) {
        self.node = node
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&node)
    }
}

/// A pool's wish, back-off or fault changed.
public struct PoolChanged: Hashable, Sendable, Wired {
    /// Its slot.
    public var pool = PoolID.none
    /// Instances that are to exist.
    public var wanted: UInt32 = 0
    /// No instance is asked for before this.
    public var backOffUntil = Instant.never
    /// Provider failures in a row.
    public var failuresInRow: UInt32 = 0
    /// The provider's last fault.
    public var fault = ""
    /// Why it changed.
    public var reason = Reason.none
    /// Who asked, if anybody.
    public var user = ""

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(
        pool: PoolID, wanted: UInt32 = 0, backOffUntil: Instant = .never, failuresInRow: UInt32 = 0,
        fault: String = "", reason: Reason = .none, user: String = ""
    ) {
        self.pool = pool
        self.wanted = wanted
        self.backOffUntil = backOffUntil
        self.failuresInRow = failuresInRow
        self.fault = fault
        self.reason = reason
        self.user = user
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&pool)
        coder.uint(&wanted)
        coder.instant(&backOffUntil)
        coder.uint(&failuresInRow)
        coder.text(&fault)
        coder.value(&reason)
        coder.text(&user)
    }
}

/// A node was heard and measured.
public struct Sampled: Hashable, Sendable, Wired {
    /// Its slot.
    public var node = NodeID.none
    /// Thousandths.
    public var cpuUsed: Int64 = 0
    /// Bytes.
    public var memUsed: Int64 = 0
    /// Load average of a minute, hundredths.
    public var load: Int64 = 0
    /// Its tasks.
    public var tasks: [TaskSample] = []

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(node: NodeID, cpuUsed: Int64 = 0, memUsed: Int64 = 0, load: Int64 = 0, tasks: [TaskSample] = []) {
        self.node = node
        self.cpuUsed = cpuUsed
        self.memUsed = memUsed
        self.load = load
        self.tasks = tasks
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.id(&node)
        coder.int(&cpuUsed)
        coder.int(&memUsed)
        coder.int(&load)
        coder.list(&tasks)
    }
}

/// One task's measurement within a node's.
public struct TaskSample: Hashable, Sendable, Wired {
    /// Which.
    public var task = TaskID(job: .none, index: 0)
    /// Thousandths.
    public var cpuUsed: Int64 = 0
    /// Bytes.
    public var memUsed: Int64 = 0

    /// All fields empty.
    public init() {}
    /// An event with its fields; those left out are empty.
    public init(task: TaskID, cpuUsed: Int64 = 0, memUsed: Int64 = 0) {
        self.task = task
        self.cpuUsed = cpuUsed
        self.memUsed = memUsed
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.task(&task)
        coder.int(&cpuUsed)
        coder.int(&memUsed)
    }
}
