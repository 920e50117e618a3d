/// A fact to be kept or forgotten.
public struct RegistryChange: Sendable, Hashable {
    /// The key's bytes, at most `RegistryLimits.keyBytes`.
    public var key: [UInt8]
    /// The fact, at most `RegistryLimits.valueBytes`; nil = forget it.
    public var value: [UInt8]?

    /// A change of one fact.
    public init(key: [UInt8], value: [UInt8]?) {
        self.key = key
        self.value = value
    }
}

/// Where registry facts are kept: SQLite now, later a store that several machines share.
public protocol RegistryStore: AnyObject, Sendable {
    /// All facts, ordered by key. Waits; meant to be called once, before anything is enqueued.
    func load() throws(RegistryStoreError) -> [(key: [UInt8], value: [UInt8])]

    /// Hands over a batch: it is kept all or none, after everything handed over before it. Returns at once.
    ///
    /// - Parameter completion: called once, in the order of the calls, on the store's own thread: with nil when the
    ///   facts survive a crash of the machine, else with the reason why they were not kept. It must not wait.
    func enqueue(_ batch: [RegistryChange], then completion: @escaping @Sendable (RegistryStoreError?) -> Void)

    /// What the store has done so far.
    var figures: RegistryFigures { get }

    /// Keeps what was handed over, calls the completions and closes the store. Later batches get `closed`.
    func close()
}

/// Limits of a store, each with its unit.
public struct RegistryLimits: Sendable, Equatable {
    /// Longest key in bytes.
    public var keyBytes = 256
    /// Largest fact in bytes.
    public var valueBytes = 16 << 20
    /// Most bytes of changes that wait for the disk; a batch over it is refused with `queueFull`.
    public var queueBytes = 256 << 20
    /// Most changes in one transaction; what waits beyond goes into the next.
    public var groupChanges = 20_000
    /// How long another process may keep the database locked before a group fails, in milliseconds.
    public var busyMilliseconds = 2_000

    /// The limits as documented.
    public init() {}
}

/// Counters of a store.
public struct RegistryFigures: Sendable, Equatable {
    /// Transactions that were committed.
    public var commits: UInt64 = 0
    /// Batches that were kept.
    public var batches: UInt64 = 0
    /// Changes that were kept.
    public var changes: UInt64 = 0
    /// Batches that were not kept.
    public var failures: UInt64 = 0
    /// Bytes that wait now.
    public var queuedBytes = 0
}
