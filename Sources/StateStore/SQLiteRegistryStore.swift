import Dispatch
import Synchronization

/// The registry in one SQLite file. Batches that come while the disk is busy are committed together, so that the rate
/// of batches is not bound by the rate of syncs.
public final class SQLiteRegistryStore: RegistryStore {
    private struct Item {
        var batch: [RegistryChange]
        var bytes: Int
        /// Why it was refused; its completion waits for its turn all the same.
        var refusal: RegistryStoreError?
        var completion: @Sendable (RegistryStoreError?) -> Void
    }

    private struct Shared {
        var items: [Item] = []
        var isClosing = false
        var isCommitting = false
        var figures = RegistryFigures()

        /// Queues an item; one that is refused is queued without its batch.
        mutating func take(_ item: Item, limitBytes: Int) {
            var item = item
            if item.refusal == nil, figures.queuedBytes + item.bytes > limitBytes {
                item.refusal = .queueFull(limitBytes: limitBytes)
            }
            if item.refusal != nil {
                item.batch = []
                item.bytes = 0
            }
            figures.queuedBytes += item.bytes
            items.append(item)
        }
    }

    /// What a change costs in the queue besides its bytes.
    private static let changeOverheadBytes = 48

    /// Path of the database.
    public let path: String
    private let limits: RegistryLimits
    let database: RegistryDatabase
    private let lock: Mutex<OwnerLock?>
    private let shared = Mutex(Shared())
    private let worker = DispatchQueue(label: "bellows.registry")

    /// Opens the store at `path`, or makes it; its folder must exist. Becomes its owner until `close`.
    ///
    /// - Throws: `owned` when another process has it, `corrupted`, `newerVersion`, `notWritable`, `diskFull`.
    public init(path: String, limits: RegistryLimits = RegistryLimits()) throws(RegistryStoreError) {
        self.path = path
        self.limits = limits
        let owner = try OwnerLock(path: path + ".lock", of: path)
        database = try RegistryDatabase(path: path, busyMilliseconds: limits.busyMilliseconds)
        lock = Mutex(owner)
    }

    public func load() throws(RegistryStoreError) -> [(key: [UInt8], value: [UInt8])] { try database.facts() }

    public var figures: RegistryFigures { shared.withLock { $0.figures } }

    public func enqueue(
        _ batch: [RegistryChange], then completion: @escaping @Sendable (RegistryStoreError?) -> Void
    ) {
        let bytes = batch.reduce(Self.changeOverheadBytes) {
            $0 + $1.key.count + ($1.value?.count ?? 0) + Self.changeOverheadBytes
        }
        let item = Item(batch: batch, bytes: bytes, refusal: fault(in: batch), completion: completion)
        let (isClosed, starts) = shared.withLock { shared in
            if shared.isClosing { return (true, false) }
            shared.take(item, limitBytes: limits.queueBytes)
            defer { shared.isCommitting = true }
            return (false, !shared.isCommitting)
        }
        if isClosed { worker.async { completion(.closed) } }
        if starts { worker.async { self.commitWhatWaits() } }
    }

    private func fault(in batch: [RegistryChange]) -> RegistryStoreError? {
        let wrong = batch.first { $0.key.count > limits.keyBytes || ($0.value?.count ?? 0) > limits.valueBytes }
        return wrong.map { .tooLarge(keyBytes: $0.key.count, valueBytes: $0.value?.count ?? 0) }
    }

    /// Commits group after group until nothing waits. Runs on the worker only.
    private func commitWhatWaits() {
        while let group = nextGroup() {
            var failure: RegistryStoreError?
            do throws(RegistryStoreError) {
                try database.commit(group.lazy.map(\.batch))
            } catch {
                failure = error
            }
            count(group, failure)
            for item in group { item.completion(item.refusal ?? failure) }
        }
    }

    private func count(_ group: [Item], _ failure: RegistryStoreError?) {
        shared.withLock { shared in
            shared.figures.queuedBytes -= group.reduce(0) { $0 + $1.bytes }
            if failure == nil { shared.figures.commits += 1 }
            for item in group {
                if item.refusal == nil && failure == nil {
                    shared.figures.batches += 1
                    shared.figures.changes += UInt64(item.batch.count)
                } else {
                    shared.figures.failures += 1
                }
            }
        }
    }

    private func nextGroup() -> [Item]? {
        shared.withLock { shared in
            guard !shared.items.isEmpty else {
                shared.isCommitting = false
                return nil
            }
            var changes = 0
            var count = 0
            for item in shared.items {
                changes += item.batch.count
                if count > 0 && changes > limits.groupChanges { break }
                count += 1
            }
            defer { shared.items.removeFirst(count) }
            return Array(shared.items[..<count])
        }
    }

    public func close() {
        let isFirst = shared.withLock { shared in
            defer { shared.isClosing = true }
            return !shared.isClosing
        }
        guard isFirst else { return }
        worker.sync {
            commitWhatWaits()
            database.close()
        }
        // Only now may another process have it.
        lock.withLock { $0 = nil }
    }
}
