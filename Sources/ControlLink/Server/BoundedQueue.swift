/// What waits for one client: filled by the core's thread, emptied by the socket's. Bounded in bytes; a client for
/// which it overflows loses its place and must begin anew, so that a slow one costs the core nothing more.
import Synchronization

/// Items in order, bounded by their bytes; after an overflow nothing is taken or given any more.
final class BoundedQueue<Item: Sendable>: Sendable {
    /// Most bytes that may wait.
    let limitBytes: Int
    private let bytes: @Sendable (Item) -> Int
    private let contents = Mutex(Contents())

    private struct Contents {
        var items: [Item] = []
        var head = 0
        var bytes = 0
        var overflowed = false
        var wakePending = false
    }

    /// An empty queue; `bytes` says what an item weighs.
    init(limitBytes: Int, bytes: @escaping @Sendable (Item) -> Int) {
        self.limitBytes = limitBytes
        self.bytes = bytes
    }

    /// Adds an item, or lets it fall when there is no room. True when whoever empties the queue must be woken.
    func add(_ item: Item) -> Bool {
        let weight = bytes(item)
        return contents.withLock { own in
            guard !own.overflowed else { return false }
            if own.bytes + weight > limitBytes {
                own.overflowed = true
            } else {
                own.items.append(item)
                own.bytes += weight
            }
            defer { own.wakePending = true }
            return !own.wakePending
        }
    }

    /// To be called by who was woken, before it takes: from now on the next item wakes again.
    func awake() { contents.withLock { $0.wakePending = false } }

    /// Removes items from the front until they weigh `most` bytes or more; at least one if there is any.
    func take(upTo most: Int) -> [Item] {
        contents.withLock { own in
            var taken = 0
            let start = own.head
            while own.head < own.items.count, taken < most {
                taken += bytes(own.items[own.head])
                own.head += 1
            }
            let result = Array(own.items[start..<own.head])
            own.bytes -= taken
            if own.head == own.items.count {
                own.items.removeAll(keepingCapacity: own.items.capacity <= 1_024)
                own.head = 0
            } else if own.head > 1_024 {
                own.items.removeFirst(own.head)
                own.head = 0
            }
            return result
        }
    }

    /// Whether something was let fall.
    var overflowed: Bool { contents.withLock { $0.overflowed } }
    /// Bytes that wait now.
    var waitingBytes: Int { contents.withLock { $0.bytes } }

    /// Lets everything go, and everything that still comes.
    func discard() {
        contents.withLock { own in
            own.items = []
            own.head = 0
            own.bytes = 0
            own.overflowed = true
        }
    }
}
