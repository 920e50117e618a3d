import ArgumentParser
import ClusterModel

/// `bellows explain`: why something is as it is, by the predicates that decided it.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say why something is as it is.",
        discussion: "bellows explain task 12/3\nbellows explain node local-1\nbellows explain cost",
        subcommands: [
            ExplainThing.self, ExplainTask.self, ExplainJob.self, ExplainNode.self, ExplainPool.self, ExplainOffer.self,
            ExplainRole.self,
            ExplainCost.self, ExplainScale.self,
        ], defaultSubcommand: ExplainThing.self)
}

/// What the questions share.
protocol Explaining: CoreCommand {
    var json: Bool { get }
    func question(_ naming: Naming) throws -> ExplainQuestion
}

extension Explaining {
    static var onlyReads: Bool { true }

    func execute(on session: Session) throws -> Int32 {
        let answer = try session.source.explainAndWait(question(Naming(state: session.state)))
        session.environment.print(
            json ? ExplanationText.json(answer) : ExplanationText.text(answer, width: session.environment.tableWidth))
        return ExitCode.done.rawValue
    }
}

/// How the answer is printed.
struct ExplainOptions: ParsableArguments {
    @OptionGroup var reach: ReachOptions
    @Flag(help: "Print JSON.")
    var json = false
}

/// The kind of thing is seen from its name.
struct ExplainThing: Explaining {
    static let configuration = CommandConfiguration(
        commandName: "thing", abstract: "Whatever has that name: a task, job, node, pool, role or offer (default).")
    @OptionGroup var options: ExplainOptions
    @Argument(help: "Its name: 12/3, sim-12, local-1, eng/web, O-412.") var name: String
    var reach: ReachOptions { options.reach }
    var json: Bool { options.json }

    func question(_ naming: Naming) throws -> ExplainQuestion {
        if naming.state.node(named: name) != nil { return .node(name) }
        if naming.state.pool(named: name) != nil { return .pool(name) }
        if naming.state.role(at: name) != nil { return .role(name) }
        if name.hasPrefix("O-") { return .offer(try naming.offer(name)) }
        let task = try naming.tasks(name)
        if task.index != TaskSelection.all { return .task(task) }
        return naming.state.jobs[task.job.index].count == 1 ? .task(TaskID(job: task.job, index: 0)) : .job(task.job)
    }
}

struct ExplainTask: Explaining {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "Why a task waits, runs there, or ended.")
    @OptionGroup var options: ExplainOptions
    @Argument(help: "The task: 12/3, sim-12/3.") var task: String
    var reach: ReachOptions { options.reach }
    var json: Bool { options.json }
    func question(_ naming: Naming) throws -> ExplainQuestion { .task(try naming.task(task)) }
}

struct ExplainJob: Explaining {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Why a job waits and when it is to start.")
    @OptionGroup var options: ExplainOptions
    @Argument(help: "The job: 12, sim-12, sim.") var job: String
    var reach: ReachOptions { options.reach }
    var json: Bool { options.json }
    func question(_ naming: Naming) throws -> ExplainQuestion { .job(try naming.job(job)) }
}

struct ExplainNode: Explaining {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "What is on a node, and why it takes work or not.")
    @OptionGroup var options: ExplainOptions
    @Argument(help: "The node.") var node: String
    var reach: ReachOptions { options.reach }
    var json: Bool { options.json }
    func question(_ naming: Naming) throws -> ExplainQuestion { .node(try naming.node(node)) }
}

struct ExplainPool: Explaining {
    static let configuration = CommandConfiguration(
        commandName: "pool", abstract: "Why a pool has the machines that it has.")
    @OptionGroup var options: ExplainOptions
    @Argument(help: "The pool.") var pool: String
    var reach: ReachOptions { options.reach }
    var json: Bool { options.json }
    func question(_ naming: Naming) throws -> ExplainQuestion { .pool(try naming.pool(pool)) }
}

struct ExplainOffer: Explaining {
    static let configuration = CommandConfiguration(
        commandName: "offer", abstract: "Why an offer was made, and how it ended.",
        discussion: "With a framework's name: why it is not offered a node, or any node.")
    @OptionGroup var options: ExplainOptions
    @Argument(help: "The offer (O-412, 412), or a framework's name or id.") var offer: String
    @Argument(help: "The node that the framework is not offered; without it, all nodes.") var node: String?
    var reach: ReachOptions { options.reach }
    var json: Bool { options.json }
    func question(_ naming: Naming) throws -> ExplainQuestion {
        let state = naming.state
        let isFramework =
            state.framework(withID: offer) != nil
            || state.frameworks.indices.contains { $0 > 0 && state.text(state.frameworks[$0].name) == offer }
        if isFramework { return .lending(framework: offer, node: try node.map { try naming.node($0) } ?? "") }
        return .offer(try naming.offer(offer))
    }
}

struct ExplainRole: Explaining {
    static let configuration = CommandConfiguration(commandName: "role", abstract: "What a role has, is owed and pays.")
    @OptionGroup var options: ExplainOptions
    @Argument(help: "The role's path.") var role: String
    var reach: ReachOptions { options.reach }
    var json: Bool { options.json }
    func question(_ naming: Naming) throws -> ExplainQuestion { .role(try naming.role(role)) }
}

struct ExplainCost: Explaining {
    static let configuration = CommandConfiguration(commandName: "cost", abstract: "What the money goes to.")
    @OptionGroup var options: ExplainOptions
    var reach: ReachOptions { options.reach }
    var json: Bool { options.json }
    func question(_ naming: Naming) throws -> ExplainQuestion { .cost }
}

struct ExplainScale: Explaining {
    static let configuration = CommandConfiguration(
        commandName: "scale", abstract: "Why the cluster grew or shrank, or did not.")
    @OptionGroup var options: ExplainOptions
    @Argument(help: "The pool (default: all).") var pool: String?
    var reach: ReachOptions { options.reach }
    var json: Bool { options.json }
    func question(_ naming: Naming) throws -> ExplainQuestion { .scale(try pool.map { try naming.pool($0) } ?? "") }
}

/// An explanation as text and as JSON.
enum ExplanationText {
    static func text(_ answer: Explanation, width: Int?) -> String {
        var result = answer.headline + "\n"
        let longest = answer.facts.reduce(0) { max($0, $1.name.count) }
        for fact in answer.facts {
            result += "  \(fact.name)\(String(repeating: " ", count: longest - fact.name.count))  \(fact.value)\n"
        }
        if !answer.verdicts.isEmpty {
            let table = TableText(
                heads: [
                    .init(title: "CANDIDATE", isRight: false, shed: 0), .init(title: "FITS", isRight: false, shed: 0),
                    .init(title: "BECAUSE", isRight: false, shed: 0),
                ], rows: answer.verdicts.map { [$0.name, $0.passes ? "yes" : "no", $0.detail] })
            result += "\n" + table.text(width: width)
        }
        if answer.otherVerdicts > 0 { result += "and \(answer.otherVerdicts) more\n" }
        return result
    }

    static func json(_ answer: Explanation) -> String {
        let facts = answer.facts.map {
            JSONText.object([.init(name: "name", value: .text($0.name)), .init(name: "value", value: .text($0.value))])
        }
        let verdicts = answer.verdicts.map {
            JSONText.object([
                .init(name: "name", value: .text($0.name)), .init(name: "fits", value: .flag($0.passes)),
                .init(name: "because", value: .text($0.detail)),
            ])
        }
        return "{\"headline\": \(JSONText.string(answer.headline)), \"facts\": \(JSONText.lines(facts)), "
            + "\"verdicts\": \(JSONText.lines(verdicts)), \"otherVerdicts\": \(answer.otherVerdicts)}\n"
    }
}
