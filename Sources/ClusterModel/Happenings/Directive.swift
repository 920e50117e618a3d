/// What the outside must do. A directive is never assumed to have worked: only an input that comes back changes
/// anything. Directives leave the process only after the registry facts they rest on are on disk.
public enum Directive: Sendable, Hashable {
    /// Open a link to the node's agent and keep it open.
    case connect(node: String, address: String)
    /// Close the link to the node's agent and forget it.
    case disconnect(node: String)
    /// Leave nothing of the agent on a node that was removed.
    case purge(node: String, address: String)
    /// Start a task.
    case launch(node: String, TaskLaunch)
    /// End a task: SIGTERM to its whole process group, SIGKILL after `grace`.
    case kill(node: String, task: TaskID, attempt: UInt32, grace: Interval)
    /// Tell the agent that a status is kept and need not be told again.
    case acknowledge(node: String, task: TaskID, attempt: UInt32, sequence: UInt64)
    /// Lend the machine of a node anew to its agent.
    case renewLease(node: String, LeaseSettings)
    /// Bring here what these tasks, which have ended, left on a node that is about to go; answered by `nodeCollected`.
    case collect(node: String, [TaskAttempt])
    /// Ask a provider for a machine.
    case createInstance(InstanceOrder)
    /// Have a provider end a machine.
    case destroyInstance(InstanceOrder)
    /// Have a pool's provider end a machine that no instance accounts for.
    case endStray(pool: String, FoundMachine)
    /// Answer whoever made this request.
    case answer(request: UInt64, ActionAnswer)
    /// Tell a framework something on its stream; `.error` and `.closed` end the stream.
    case tell(connection: UInt64, FrameworkEvent)
    /// Answer whoever made this call.
    case verdict(request: UInt64, CallVerdict)
    /// Tell an agent something about frameworks' work.
    case notice(node: String, AgentNotice)
    /// End the core in good order.
    case stop
}

/// One start of a task.
public struct TaskAttempt: Hashable, Sendable {
    /// Which task.
    public var task: TaskID
    /// Which attempt.
    public var attempt: UInt32
    /// An attempt.
    public init(task: TaskID, attempt: UInt32) { (self.task, self.attempt) = (task, attempt) }
}

/// All an agent must know to start a task.
public struct TaskLaunch: Hashable, Sendable {
    /// Which task.
    public var task: TaskID
    /// Which attempt.
    public var attempt: UInt32
    /// What was asked for.
    public var spec: JobSpec
    /// `NAME=VALUE` each: the job's own and those that tell a task of itself.
    public var environment: [String]
    /// Output path with `%j` and `%i` filled in; "" = in the sandbox.
    public var output: String
    /// Error path with `%j` and `%i` filled in; "" = in the sandbox.
    public var error: String
    /// Files to be written into the sandbox: name and content.
    public var files: [LaunchFile]
    /// What it is to its framework, when that is one outside.
    public var external: ExternalLaunch?

    /// A launch with all its parts.
    public init(
        task: TaskID, attempt: UInt32, spec: JobSpec, environment: [String], output: String, error: String,
        files: [LaunchFile]
    ) {
        self.task = task
        self.attempt = attempt
        self.spec = spec
        self.environment = environment
        self.output = output
        self.error = error
        self.files = files
    }
}

/// A small file that a task finds in its sandbox.
public struct LaunchFile: Hashable, Sendable {
    /// File name, no folders.
    public var name: String
    /// Its text.
    public var content: String
    /// A file.
    public init(name: String, content: String) {
        self.name = name
        self.content = content
    }
}

/// A machine to be made or ended.
public struct InstanceOrder: Hashable, Sendable {
    /// Its number.
    public var instance: InstanceID
    /// Its name; the node's too.
    public var name: String
    /// Its pool.
    public var pool: String
    /// What makes it.
    public var provider: PoolSpec.Provider
    /// The machine type.
    public var type: MachineType
    /// What the pool's provider must know.
    public var making = ProviderSettings()
    /// Number of the leadership that gives the order.
    public var generation: UInt64 = 0
    /// The machine was there once: when it is not any more, or is switched off, it is gone; none is made in its place.
    public var wasThere = false

    /// An order.
    public init(instance: InstanceID, name: String, pool: String, provider: PoolSpec.Provider, type: MachineType) {
        self.instance = instance
        self.name = name
        self.pool = pool
        self.provider = provider
        self.type = type
    }
}
