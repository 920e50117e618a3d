/// What the outside must do. A directive is never assumed to have worked: only an input that comes back changes
/// anything. Directives leave the process only after the registry facts they rest on are on disk.
public enum Directive: Sendable, Hashable {
    /// Open a link to the node's agent and keep it open.
    case connect(node: String, address: String)
    /// Close the link to the node's agent and forget it.
    case disconnect(node: String)
    /// Start a task.
    case launch(node: String, TaskLaunch)
    /// End a task: SIGTERM to its whole process group, SIGKILL after `grace`.
    case kill(node: String, task: TaskID, attempt: UInt32, grace: Interval)
    /// Tell the agent that a status is kept and need not be told again.
    case acknowledge(node: String, task: TaskID, attempt: UInt32, sequence: UInt64)
    /// Ask a provider for a machine.
    case createInstance(InstanceOrder)
    /// Have a provider end a machine.
    case destroyInstance(InstanceOrder)
    /// Answer whoever made this request.
    case answer(request: UInt64, ActionAnswer)
    /// End the core in good order.
    case stop
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

    /// An order.
    public init(instance: InstanceID, name: String, pool: String, provider: PoolSpec.Provider, type: MachineType) {
        self.instance = instance
        self.name = name
        self.pool = pool
        self.provider = provider
        self.type = type
    }
}
