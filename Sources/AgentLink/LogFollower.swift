import ClusterSource
import Synchronization

/// One followed output: may be cancelled from any thread, hands pieces to whoever reads.
final class LogFollower: OutputFollower {
    private struct State {
        var isCancelled = false
        var onCancel: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())
    private let receive: @Sendable (OutputPiece) -> Void

    init(receive: @escaping @Sendable (OutputPiece) -> Void) { self.receive = receive }

    /// What to do when it is cancelled; set once, right after it was made.
    var onCancel: (@Sendable () -> Void)? {
        get { state.withLock { $0.onCancel } }
        set { state.withLock { $0.onCancel = newValue } }
    }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    func cancel() {
        let action = state.withLock { state in
            defer { (state.isCancelled, state.onCancel) = (true, nil) }
            return state.isCancelled ? nil : state.onCancel
        }
        action?()
    }

    /// Hands a piece on unless it was cancelled; the last piece ends it.
    func give(_ piece: OutputPiece) {
        let goesOn = state.withLock { state in
            defer { if piece.isLast { (state.isCancelled, state.onCancel) = (true, nil) } }
            return !state.isCancelled
        }
        if goesOn { receive(piece) }
    }

    /// Ends it with a fault.
    func fail(_ fault: String, at offset: Int64 = 0) {
        give(OutputPiece(offset: offset, bytes: [], isLast: true, fault: fault))
    }
}
