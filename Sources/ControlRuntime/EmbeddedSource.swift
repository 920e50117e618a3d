import ClusterModel
import ClusterSource
import ControlCore
import Dispatch
import Synchronization

/// The live core as a source for a console or a command in the same process.
final class EmbeddedSource: ClusterSource {
    private let core: LiveCore
    private let user: String
    private let listener = Mutex<UInt64?>(nil)
    private let questions = DispatchQueue(label: "bellows.questions")

    init(core: LiveCore, user: String) {
        self.core = core
        self.user = user
    }

    deinit { close() }

    var abilities: SourceAbilities { SourceAbilities(kind: .embedded) }

    func frame() -> SourceFrame {
        // Armed before the look: a change in between wakes once too often rather than not at all.
        if let id = listener.withLock({ $0 }) { core.listeners.arm(id) }
        let recording = core.recording
        var warnings = core.warnings.withLock { $0 }
        if !recording.fault.isEmpty { warnings.append(recording.fault) }
        return SourceFrame(
            mode: .live, state: core.state, now: core.now, recording: recording, warnings: warnings)
    }

    func onChange(_ wake: @escaping @Sendable () -> Void) {
        close()
        let id = core.listeners.add(wake)
        listener.withLock { $0 = id }
    }

    func perform(_ action: Action, confirmed: String, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        core.perform(action, user: user, confirmed: confirmed, answer: answer)
    }

    func plan(_ action: Action, answer: @escaping @Sendable (ActionPlan) -> Void) {
        questions.async { [core] in answer(ControlCore.plan(action, in: core.state, at: core.now)) }
    }

    func explain(_ question: ExplainQuestion, answer: @escaping @Sendable (Explanation) -> Void) {
        questions.async { [core] in answer(ControlCore.explain(question, in: core.state, at: core.now)) }
    }

    func output(
        _ request: OutputRequest, receive: @escaping @Sendable (OutputPiece) -> Void
    ) -> any OutputFollower { core.output(request, receive: receive) }

    func seek(_ command: SeekCommand, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        answer(ActionAnswer(accepted: false, message: "this is the present: replay a recording to move through time"))
    }

    func close() {
        let id = listener.withLock { listener in
            defer { listener = nil }
            return listener
        }
        if let id { core.listeners.remove(id) }
    }
}

extension LiveCore {
    /// The core as a source; actions are in the name of whoever started it. Each has a listener of its own: keep it.
    public var source: any ClusterSource { EmbeddedSource(core: self, user: user) }

    /// The core as a source whose actions are in the name of `user`.
    public func source(as user: String) -> any ClusterSource { EmbeddedSource(core: self, user: user) }

    /// Path of the core's log.
    public var logPath: String { log.path }

    /// Follows a task's output on the node where its last attempt ran.
    public func output(
        _ request: OutputRequest, receive: @escaping @Sendable (OutputPiece) -> Void
    ) -> any OutputFollower {
        let (place, label) = owned.withLock { owned in
            (owned.core.value.state.outputPlace(of: request.task), owned.core.value.state.label(of: request.task))
        }
        if let attempt = place.attempt, let piece = outputs.read(request, attempt: attempt) {
            receive(piece)
            return NoOutput()
        }
        switch place {
        case .node(let name, let attempt):
            return links.output(node: name, attempt: attempt, request, receive: receive)
        case .gone(let why, _), .nowhere(let why):
            receive(OutputPiece(offset: 0, bytes: [], isLast: true, fault: "task \(label): \(why)"))
            return NoOutput()
        }
    }
}

/// A follower of nothing.
private final class NoOutput: OutputFollower {
    func cancel() {}
}

extension ClusterState {
    /// Where a task's output is.
    enum OutputPlace {
        case node(String, attempt: UInt32)
        case gone(String, attempt: UInt32)
        case nowhere(String)

        /// The attempt whose output it is.
        var attempt: UInt32? {
            switch self {
            case .node(_, let attempt), .gone(_, let attempt): attempt
            case .nowhere: nil
            }
        }
    }

    /// Where a task's output is, or why it is nowhere.
    func outputPlace(of task: TaskID) -> OutputPlace {
        guard let row = row(of: task) else { return .nowhere("it is not known, or has been forgotten") }
        guard row.attempt > 0, nodes.contains(row.node.index) else { return .nowhere("it has not been started yet") }
        guard nodes[row.node.index].isPresent else {
            return .gone(
                "its node \(name(of: row.node)) was removed, and its outputs with it", attempt: row.attempt)
        }
        return .node(name(of: row.node), attempt: row.attempt)
    }
}
