import ClusterModel

/// What the core wants of one agent, on its way to it.
public struct AgentOrder: Sendable {
    /// What is wanted.
    public enum Wish: Sendable {
        /// Start a task. Dropped unless the link's present session is `session`: the core decided it knowing what the
        /// agent told in that session, and a newer inventory may make it decide otherwise.
        case launch(TaskLaunch, session: UInt64)
        /// End a task.
        case kill(TaskID, attempt: UInt32, grace: Interval)
        /// A status is on disk.
        case acknowledge(TaskID, attempt: UInt32, sequence: UInt64)
        /// The machine is lent anew.
        case renewLease(LeaseSettings)
    }
    /// The node, by name.
    public var node: String
    /// What is wanted.
    public var wish: Wish

    /// An order to `node`.
    public init(node: String, wish: Wish) {
        self.node = node
        self.wish = wish
    }
}

/// What an agent said, as an input for the core.
public struct LinkReport: Sendable {
    /// The input.
    public var input: Input
    /// The session in which it was said; 0 when there was none.
    public var session: UInt64

    /// A report of `session`.
    public init(input: Input, session: UInt64) {
        self.input = input
        self.session = session
    }
}
