import ArgumentParser
import ClusterModel

/// The verbs on simulated nodes, for people who test their frameworks against failures.
struct SimCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sim", abstract: "Tell simulated nodes what to report.", shouldDisplay: false,
        subcommands: [SimTaskCommand.self, SimAgentCommand.self, SimExecutorCommand.self])
}

struct SimTaskCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "Have a simulated node tell a status of a task.",
        discussion: "bellows sim task a1 t1 TASK_RUNNING\n"
            + "bellows sim task a1 t1 TASK_KILLED --reason REASON_AGENT_DRAINING")
    @OptionGroup var reach: ReachOptions
    @Option(help: ArgumentHelp("Why, such as REASON_AGENT_DRAINING.", valueName: "reason"))
    var reason: String?
    @OptionGroup var act: ActOptions
    @Argument(help: "The node.") var node: String
    @Argument(help: "The task, by its framework's id; waited for.") var task: String
    @Argument(help: "The state, such as TASK_RUNNING.") var state: String

    func execute(on session: Session) throws -> Int32 {
        var wish = Simulate(.task, node: node, subject: task)
        (wish.word, wish.reason) = (state, reason ?? "")
        return try session.perform(.simulate(wish), act)
    }
}

struct SimAgentCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Have a simulated node do something, or say what it was told.",
        discussion: """
            bellows sim agent a1 partition | return | unregister
            bellows sim agent a1 reregister --attributes 'rack:b'
            bellows sim agent a1 oversubscribe 'cpus{REV}:10'
            bellows sim agent a1 received --json
            bellows sim agent a1 run 2s | run 0s | run off; '*' is every node
            """)
    @OptionGroup var reach: ReachOptions
    @Option(help: ArgumentHelp("With reregister: its attributes from now on.", valueName: "text"))
    var attributes: String?
    @Flag(help: "What was received is told as JSON, a line each; it is so in any case.") var json = false
    @Argument(help: "The node.") var node: String
    @Argument(help: "partition, return, unregister, reregister, oversubscribe, received or run.") var deed: String
    @Argument(help: "With oversubscribe: the resources; with run: how long tasks run, or off.") var text: String?

    static var deeds: [String: Simulate.Deed] {
        [
            "partition": .partition, "return": .comeBack, "unregister": .unregister, "reregister": .reregister,
            "oversubscribe": .oversubscribe, "received": .received,
            "run": .run,
        ]
    }

    func validate() throws {
        guard Self.deeds[deed] != nil else {
            throw ValidationError("A node does one of \(Self.deeds.keys.sorted().joined(separator: ", ")).")
        }
        if attributes != nil, deed != "reregister" { throw ValidationError("--attributes goes with reregister.") }
        if (text != nil) != (deed == "oversubscribe" || deed == "run") {
            throw ValidationError("oversubscribe takes the resources, run a span such as 2s, or off.")
        }
    }

    func execute(on session: Session) throws -> Int32 {
        var wish = Simulate(Self.deeds[deed] ?? .received, node: node, text: text ?? attributes ?? "")
        wish.isGiven = attributes != nil
        let answer = try session.source.performAndWait(.simulate(wish), confirmed: "")
        guard answer.accepted else { throw CommandFailure(.failed, answer.message) }
        if !answer.message.isEmpty { session.environment.print(answer.message + "\n") }
        return ExitCode.done.rawValue
    }
}

struct SimExecutorCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "executor", abstract: "Have an executor on a simulated node end, or send bytes.",
        discussion: "bellows sim executor a1 e1 exit 0\nbellows sim executor a1 e1 message aGVsbG8=")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var act: ActOptions
    @Argument(help: "The node.") var node: String
    @Argument(help: "The executor, by its framework's id.") var executor: String
    @Argument(help: "exit or message.") var deed: String
    @Argument(help: "The status, or the bytes in base64.") var value: String

    func validate() throws {
        guard deed == "exit" || deed == "message" else { throw ValidationError("An executor does exit or message.") }
    }

    func execute(on session: Session) throws -> Int32 {
        let what: Simulate.Deed = deed == "exit" ? .executorExit : .executorMessage
        return try session.perform(.simulate(Simulate(what, node: node, subject: executor, text: value)), act)
    }
}
