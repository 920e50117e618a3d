import Synchronization

/// What goes out on a stream, between whoever has something to tell, who never waits, and the one writer. More than the
/// limit waiting means that the reader is too slow: the stream is cut off.
final class EventPipe<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var weight = 0
        var isEnded = false
        var isCut = false
        var waiting: CheckedContinuation<Void, Never>?
        var onCut: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Called once when the reader is too slow.
    func onCut(_ cut: @escaping @Sendable () -> Void) { state.withLock { $0.onCut = cut } }

    /// Adds something that counts as `weight` while it waits.
    func put(_ item: Item, weight: Int = 1) {
        let (waiting, cut): (CheckedContinuation<Void, Never>?, (@Sendable () -> Void)?) = state.withLock { state in
            guard !state.isEnded else { return (nil, nil) }
            if state.weight + weight > limit {
                (state.isEnded, state.isCut, state.items, state.weight) = (true, true, [], 0)
            } else {
                state.items.append(item)
                state.weight += weight
            }
            defer { state.waiting = nil }
            return (state.waiting, state.isCut ? state.onCut : nil)
        }
        waiting?.resume()
        cut?()
    }

    /// Ends the stream behind what waits.
    func end() {
        let waiting = state.withLock { state in
            state.isEnded = true
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    /// Ends the stream at once; what waits is not told.
    func abandon() {
        state.withLock { ($0.items, $0.weight) = ([], 0) }
        end()
    }

    /// Whether the reader was too slow.
    var isCut: Bool { state.withLock { $0.isCut } }

    /// What waits, all of it; nil once the stream has ended. One reader.
    func next() async -> [Item]? {
        while true {
            let (items, isEnded): ([Item], Bool) = state.withLock { state in
                defer { (state.items, state.weight) = ([], 0) }
                return (state.items, state.isEnded)
            }
            if !items.isEmpty { return items }
            if isEnded { return nil }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if !state.items.isEmpty || state.isEnded { return true }
                    state.waiting = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }
}
