import ClusterModel
import ClusterSource

/// What the runtime needs of a state store and of a recording: small, so that tests can bring their own.

/// A fact to be kept, or forgotten.
public struct FactChange: Sendable, Hashable {
    /// The registry key's bytes.
    public var key: [UInt8]
    /// The fact; nil = forget it.
    public var value: [UInt8]?

    /// A change of one fact.
    public init(key: [UInt8], value: [UInt8]?) {
        self.key = key
        self.value = value
    }
}

/// Where registry facts are kept.
public protocol RegistryKeeping: AnyObject, Sendable {
    /// All facts, once, before anything is committed.
    func load() throws -> [(key: [UInt8], value: [UInt8])]

    /// Commits changes, all or none, after everything that was handed over before. Returns at once; `done` is called in
    /// the order of the calls, with nil once the facts survive a crash of the machine, else with why they were not.
    func commit(_ changes: [FactChange], done: @escaping @Sendable ((any Error)?) -> Void)

    /// Ends after what was handed over.
    func close()
}

/// One turn of the core, for the film.
public struct FilmStep: Sendable {
    /// The turn's instant.
    public var time: Instant
    /// The inputs in order, as bytes.
    public var inputs: [[UInt8]] = []
    /// The events that followed, in order; not empty unless there were only inputs.
    public var events: [StampedEvent] = []
    /// The events as an `EventBatch`; empty when there are none.
    public var batch: [UInt8] = []
    /// Whether an operator asked for something in this turn.
    public var isOperatorAct = false

    /// A turn at `time`.
    public init(time: Instant) { self.time = time }
}

/// Where the film of a session is kept. It never holds the core up.
public protocol FilmKeeping: AnyObject, Sendable {
    /// Takes a turn; `state` is the state after it, to be copied only when a snapshot is due.
    func record(_ step: FilmStep, state: ClusterState)
    /// How it fares.
    var status: RecordingStatus { get }
    /// Writes what waits and ends.
    func end()
}
