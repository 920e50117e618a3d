/// What a simulated node is told to do, by hand.
public struct Simulate: Hashable, Sendable, Wired {
    /// What it does.
    public enum Deed: UInt8, Sendable {
        /// Tells a status of a task: `word` is the state, `reason` why.
        case task
        /// Falls silent.
        case partition
        /// Is heard again.
        case comeBack
        /// Leaves in good order.
        case unregister
        /// Registers anew; `text` are its attributes, when `isGiven`.
        case reregister
        /// Estimates what may be lent and taken back: `text`.
        case oversubscribe
        /// Answers what it has been told, a JSON object a line.
        case received
        /// Its executor `subject` ends with the status in `text`.
        case executorExit
        /// Its executor `subject` sends the bytes in `text`, in base64.
        case executorMessage
        /// From now on its tasks run and finish by themselves after the span in `text`; "" = no longer. The node `*`
        /// stands for all.
        case run
    }
    /// What is done.
    public var deed = Deed.received
    /// The node.
    public var node = ""
    /// The task or executor, by its framework's id.
    public var subject = ""
    /// A state's word, `TASK_RUNNING`.
    public var word = ""
    /// A reason's word; "" = none.
    public var reason = ""
    /// See `deed`.
    public var text = ""
    /// Whether `text` was given.
    public var isGiven = false

    /// Nothing.
    public init() {}
    /// A deed of a node.
    public init(_ deed: Deed, node: String, subject: String = "", text: String = "") {
        self.deed = deed
        self.node = node
        self.subject = subject
        self.text = text
    }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.word(&deed)
        coder.text(&node)
        coder.text(&subject)
        coder.text(&word)
        coder.text(&reason)
        coder.text(&text)
        coder.flag(&isGiven)
    }
}
