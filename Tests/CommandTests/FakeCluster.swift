import ClusterModel
import ClusterSource
import Commands
import Synchronization

/// A cluster that stands still and notes what it is asked for.
final class FakeCluster: ClusterSource {
    let abilities = SourceAbilities(kind: .attached)
    private let shown: Mutex<SourceFrame>
    /// What was asked for, with the fingerprint that was given back.
    let asked = Mutex<[(action: Action, confirmed: String)]>([])
    /// What it answers.
    let answer = Mutex(ActionAnswer(accepted: true, message: "done"))
    /// What it plans.
    let planned = Mutex(ActionPlan())
    private let wake = Mutex<(@Sendable () -> Void)?>(nil)

    init(_ frame: SourceFrame) { shown = Mutex(frame) }

    func frame() -> SourceFrame { shown.withLock { $0 } }
    func onChange(_ wake: @escaping @Sendable () -> Void) { self.wake.withLock { $0 = wake } }
    func perform(_ action: Action, confirmed: String, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        asked.withLock { $0.append((action, confirmed)) }
        answer(self.answer.withLock { $0 })
    }
    func plan(_ action: Action, answer: @escaping @Sendable (ActionPlan) -> Void) { answer(planned.withLock { $0 }) }
    func explain(_ question: ExplainQuestion, answer: @escaping @Sendable (Explanation) -> Void) {
        var explanation = Explanation(headline: "asked about \(question)")
        explanation.facts = [.init("wants", "8 cpus"), .init("role", "ml")]
        explanation.verdicts = [
            .init(name: "node01", passes: false, detail: "cpus: 8 wanted, 2 free"),
            .init(name: "kvm-1", passes: true, detail: ""),
        ]
        explanation.otherVerdicts = 3
        answer(explanation)
    }
    func output(_ request: OutputRequest, receive: @escaping @Sendable (OutputPiece) -> Void) -> any OutputFollower {
        receive(OutputPiece(offset: 0, bytes: Array("\(request.stream) of \(request.task)\n".utf8), isLast: false))
        receive(
            OutputPiece(offset: 0, bytes: [], isLast: true, fault: request.follow ? "the node is out of reach" : ""))
        return Follower()
    }
    func seek(_ command: SeekCommand, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        answer(ActionAnswer(accepted: false, message: "no"))
    }
    func close() {}

    final class Follower: OutputFollower {
        func cancel() {}
    }
}

/// Runs the command line on a fake cluster and keeps what it prints.
struct Shell {
    let cluster: FakeCluster
    var environment = CommandEnvironment()

    final class Paper: Sendable {
        let out = Mutex("")
        let errors = Mutex("")
    }

    init(_ frame: SourceFrame = ScenarioBuilder.lab().frame) {
        let cluster = FakeCluster(frame)
        self.cluster = cluster
        environment.version = "1.2.3"
        environment.directory = "/home/anna"
        environment.variables = ["LANG": "C"]
        environment.connect = { _ in cluster }
    }

    /// Output, errors and exit code of a command line.
    func run(_ words: String...) -> (out: String, errors: String, code: Int32) { run(words) }
    /// The same for a list of words.
    func run(_ words: [String]) -> (out: String, errors: String, code: Int32) {
        let paper = Paper()
        var environment = environment
        environment.write = { bytes in
            paper.out.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            return true
        }
        environment.complain = { line in paper.errors.withLock { $0 += line + "\n" } }
        let code = CommandLineTool.run(words, in: environment)
        return (paper.out.withLock { $0 }, paper.errors.withLock { $0 }, code)
    }

    /// What was asked of the cluster.
    var actions: [Action] { cluster.asked.withLock { $0.map(\.action) } }
}
