/// One thing that is done with accepted offers, or by an operator with what is free on a node.
public struct OfferOperation: Hashable, Sendable, Wired {
    /// What is done.
    public enum Kind: Hashable, Sendable {
        /// Starts tasks, each for itself.
        case launch([LaunchTask])
        /// Starts tasks of one executor, all or none.
        case launchGroup(LaunchExecutor, [LaunchTask])
        /// Reserves: `from` (empty = the innermost layer of `to` taken off) becomes `to`.
        case reserve(from: [ResourceItem], to: [ResourceItem])
        /// Takes the innermost layer off.
        case unreserve([ResourceItem])
        /// Makes volumes.
        case create([ResourceItem])
        /// Ends volumes and what is in them.
        case destroy([ResourceItem])
        /// Makes a volume bigger.
        case grow(ResourceItem, by: ResourceItem)
        /// Makes a volume smaller, by bytes.
        case shrink(ResourceItem, by: Int64)
        /// Something that this core does not do, with its word.
        case unsupported(String)
    }
    /// What is done.
    public var kind = Kind.launch([])
    /// The framework's id of it; "" = it wants no word of it.
    public var id = ""
    /// Why the principal may not do it; "" = it may.
    public var unauthorized = ""
    /// What is wrong with it as far as its own words show; "" = nothing.
    public var problem = ""
    /// The whole of what was sent, as the API encodes it; kept with the operation.
    public var wire: [UInt8] = []

    /// Launches nothing.
    public init() {}
    /// An operation.
    public init(_ kind: Kind, id: String = "") {
        self.kind = kind
        self.id = id
    }
    /// What it takes: of launches all that their tasks and executors name, each executor once; nothing of others.
    public var resourcesNeeded: [ResourceItem] {
        switch kind {
        case .launch(let tasks):
            var executors: Set<String> = []
            return tasks.flatMap { task in
                guard let executor = task.executor, executors.insert(executor.id).inserted else {
                    return task.resources
                }
                return task.resources + executor.resources
            }
        case .launchGroup(let executor, let tasks): return executor.resources + tasks.flatMap(\.resources)
        default: return []
        }
    }

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        var number = kindNumber
        coder.uint(&number)
        var parts = Parts(kind)
        coder.value(&parts)
        if C.isReading {
            guard let read = parts.kind(number) else { return coder.fail() }
            kind = read
        }
        coder.text(&id)
        coder.text(&unauthorized)
        coder.text(&problem)
        coder.blob(&wire)
    }

    private var kindNumber: UInt8 {
        switch kind {
        case .launch: 0
        case .launchGroup: 1
        case .reserve: 2
        case .unreserve: 3
        case .create: 4
        case .destroy: 5
        case .grow: 6
        case .shrink: 7
        case .unsupported: 8
        }
    }

    /// What any kind may carry, in one record.
    private struct Parts: Wired {
        var tasks: [LaunchTask] = []
        var executor = LaunchExecutor()
        var from: [ResourceItem] = []
        var to: [ResourceItem] = []
        var amount: Int64 = 0
        var word = ""

        init() {}
        init(_ kind: Kind) {
            switch kind {
            case .launch(let tasks): self.tasks = tasks
            case .launchGroup(let executor, let tasks): (self.executor, self.tasks) = (executor, tasks)
            case .reserve(let from, let to): (self.from, self.to) = (from, to)
            case .unreserve(let items), .create(let items), .destroy(let items): to = items
            case .grow(let volume, let by): (from, to) = ([volume], [by])
            case .shrink(let volume, let by): (from, amount) = ([volume], by)
            case .unsupported(let word): self.word = word
            }
        }
        func kind(_ number: UInt8) -> Kind? {
            switch number {
            case 0: .launch(tasks)
            case 1: .launchGroup(executor, tasks)
            case 2: .reserve(from: from, to: to)
            case 3: .unreserve(to)
            case 4: .create(to)
            case 5: .destroy(to)
            case 6: .grow(from.first ?? .init(), by: to.first ?? .init())
            case 7: .shrink(from.first ?? .init(), by: amount)
            case 8: .unsupported(word)
            default: nil
            }
        }
        mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.elements(&tasks, empty: LaunchTask()) { $0.record(&$1) }
            coder.record(&executor)
            coder.list(&from)
            coder.list(&to)
            coder.int(&amount)
            coder.text(&word)
        }
    }
}

/// A task that a framework wants to start.
public struct LaunchTask: Hashable, Sendable, Wired {
    /// Most characters of an id.
    public static let idLimit = 255
    /// The framework's id of it.
    public var id = ""
    /// The agent that it names.
    public var agent = ""
    /// What it needs.
    public var resources: [ResourceItem] = []
    /// Whether it has a command of its own.
    public var hasCommand = false
    /// The executor that runs it; nil = it has none.
    public var executor: LaunchExecutor?
    /// What an agent is to run: program, environment, directory, grace, time limit. `need`, `role`, `count` and the
    /// rest of the job's own fields are filled in by the core. For a task of an executor only grace and limit count.
    public var spec = JobSpec()
    /// Why the principal may not start it; "" = it may.
    public var unauthorized = ""
    /// What is wrong with it as far as its own words show (environment, container, checks, limits); "" = nothing.
    public var problem = ""
    /// The whole of what was sent, as the API encodes a TaskInfo; the core only keeps it, as long as the task.
    public var wire: [UInt8] = []

    /// An empty task.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&id)
        coder.text(&agent)
        coder.list(&resources)
        coder.flag(&hasCommand)
        coder.optional(&executor)
        coder.record(&spec)
        coder.text(&unauthorized)
        coder.text(&problem)
        coder.blob(&wire)
    }
}

/// An executor that a task names: a program of the framework that runs tasks on a node.
public struct LaunchExecutor: Hashable, Sendable, Wired {
    /// The framework's id of it.
    public var id = ""
    /// The framework that it names; "" = not said.
    public var framework = ""
    /// Whether it is the built-in one that runs groups.
    public var isDefault = false
    /// Whether it has a command.
    public var hasCommand = false
    /// What it needs for itself.
    public var resources: [ResourceItem] = []
    /// What an agent is to run for it.
    public var spec = JobSpec()
    /// The whole of what was sent, as the API encodes an ExecutorInfo. Must be the same for each task of one executor.
    public var wire: [UInt8] = []

    /// An empty executor.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&id)
        coder.text(&framework)
        coder.flag(&isDefault)
        coder.flag(&hasCommand)
        coder.list(&resources)
        coder.record(&spec)
        coder.blob(&wire)
    }
}
