/// What agents tell of frameworks' work beyond statuses of processes: statuses of executors and of simulated nodes, the
/// ends of executors, their bytes, and what else may happen to an agent.
public struct AgentReport: Hashable, Sendable, Wired {
    /// What is told.
    public enum Content: Hashable, Sendable {
        /// A status of a framework's task.
        case status(task: String, executor: String, TaskUpdate)
        /// Bytes for the framework.
        case message(executor: String, data: [UInt8])
        /// An executor ended.
        case executorExited(executor: String, status: Int32)
        /// The estimate of what may be lent and taken back; replaces the one before.
        case oversubscribed([ResourceItem])
        /// It leaves in good order and does not come back.
        case unregistered
        /// It declares itself anew.
        case redeclared([Attribute])
        /// An executor speaks.
        case executorSubscribed(executor: String)
    }
    /// The node, by name.
    public var node = ""
    /// The framework's id; "" = for none, or for whichever has the task.
    public var framework = ""
    /// What is told.
    public var content = Content.unregistered

    /// An empty one.
    public init() {}
    /// A report.
    public init(node: String, framework: String = "", _ content: Content) {
        self.node = node
        self.framework = framework
        self.content = content
    }

    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.text(&node)
        coder.text(&framework)
        var parts = Parts(content)
        coder.value(&parts)
        guard C.isReading else { return }
        guard let read = parts.content else { return coder.fail() }
        content = read
    }

    private struct Parts: Wired {
        var number: UInt8 = 4
        var name = ""
        var executor = ""
        var update = TaskUpdate()
        var data: [UInt8] = []
        var status: Int32 = 0
        var items: [ResourceItem] = []
        var attributes: [Attribute] = []

        init() {}
        init(_ content: Content) {
            switch content {
            case .status(let task, let executor, let update):
                (number, name, self.executor, self.update) = (0, task, executor, update)
            case .message(let executor, let data): (number, self.executor, self.data) = (1, executor, data)
            case .executorExited(let executor, let status):
                (number, self.executor, self.status) = (2, executor, status)
            case .oversubscribed(let items): (number, self.items) = (3, items)
            case .unregistered: number = 4
            case .redeclared(let attributes): (number, self.attributes) = (5, attributes)
            case .executorSubscribed(let executor): (number, self.executor) = (6, executor)
            }
        }
        var content: Content? {
            switch number {
            case 0: .status(task: name, executor: executor, update)
            case 1: .message(executor: executor, data: data)
            case 2: .executorExited(executor: executor, status: status)
            case 3: .oversubscribed(items)
            case 4: .unregistered
            case 5: .redeclared(attributes)
            case 6: .executorSubscribed(executor: executor)
            default: nil
            }
        }
        mutating func wire<C: WireCoder>(_ coder: inout C) {
            coder.uint(&number)
            coder.text(&name)
            coder.text(&executor)
            coder.record(&update)
            coder.blob(&data)
            coder.int(&status)
            coder.list(&items)
            coder.list(&attributes)
        }
    }
}

/// What an agent, or an executor on it, is told for a framework.
public enum AgentNotice: Sendable, Hashable {
    /// A task of an executor is to run; the executor's own process was launched as task `executor`.
    case launch(ExternalLaunch)
    /// A task of an executor is to end.
    case kill(framework: String, executor: String, task: String, grace: Interval)
    /// Bytes for an executor.
    case message(framework: String, executor: String, data: [UInt8])
    /// An executor is to end.
    case shutdownExecutor(framework: String, executor: String)
    /// A status was seen by its framework.
    case acknowledged(framework: String, executor: String, task: String, uuid: [UInt8])
    /// A framework is gone; nothing of it is to go on.
    case shutdownFramework(framework: String)
    /// It is to run empty.
    case drain(grace: Interval, marksGone: Bool)
    /// It was declared gone and is to end.
    case shutdown
}

/// A framework's task as the agent side knows it.
public struct ExternalLaunch: Hashable, Sendable {
    /// The framework's id.
    public var framework = ""
    /// The framework's id of the task.
    public var task = ""
    /// Its executor; "" = a process of its own.
    public var executor = ""
    /// The agent's id.
    public var agent = ""
    /// For which role.
    public var role = ""
    /// What it was given.
    public var resources: [ResourceItem] = []
    /// TaskInfo as the API encoded it.
    public var wire: [UInt8] = []
    /// ExecutorInfo as the API encoded it; empty without an executor.
    public var executorWire: [UInt8] = []
    /// Ids of the tasks of its group; empty when it comes alone.
    public var group: [String] = []
    /// Nothing.
    public init() {}
}
