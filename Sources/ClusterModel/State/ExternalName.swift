/// What a framework calls one of its tasks, or one of its executors on an agent.
public struct ExternalName: Hashable, Sendable {
    /// Whose.
    public var framework: FrameworkID
    /// The framework's id of it.
    public var name: String
    /// The agent's number for executors, which are known by agent; 0 for tasks.
    public var agent: UInt32

    /// A task's name.
    public init(task name: String, of framework: FrameworkID) {
        self.framework = framework
        self.name = name
        agent = 0
    }
    /// An executor's name on an agent.
    public init(executor name: String, on agent: UInt32, of framework: FrameworkID) {
        self.framework = framework
        self.name = name
        self.agent = agent
    }
    /// What a row stands for.
    init(_ row: ExternalTask) {
        framework = row.framework
        name = row.name
        agent = row.kind == .executor ? row.agent : 0
    }
}
