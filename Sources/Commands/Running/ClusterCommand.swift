import ArgumentParser
import ClusterModel
import ClusterSource

/// A verb that can be carried out in an environment.
protocol ClusterCommand: ParsableCommand {
    /// Does what was asked; answers the exit code. Throws `CommandFailure`.
    func execute(in environment: CommandEnvironment) throws -> Int32
}

/// A verb that talks to a running core.
protocol CoreCommand: ClusterCommand {
    /// How the core is reached.
    var reach: ReachOptions { get }
    /// Whether it only reads.
    static var onlyReads: Bool { get }
    /// Does what was asked on an open connection; answers the exit code.
    func execute(on session: Session) throws -> Int32
}

extension CoreCommand {
    static var onlyReads: Bool { false }

    func execute(in environment: CommandEnvironment) throws -> Int32 {
        let request = ConnectRequest(socket: reach.socket, readOnly: Self.onlyReads)
        let source = try environment.connect(request)
        defer { source.close() }
        return try execute(on: Session(environment: environment, source: source))
    }
}

/// An open connection to a core, and the environment around it.
struct Session {
    let environment: CommandEnvironment
    let source: any ClusterSource

    /// The picture now.
    var state: ClusterState { source.frame().state }
    /// What lists need.
    var context: ListContext {
        let frame = source.frame()
        return ListContext(state: frame.state, now: frame.now, secondsFromUTC: environment.secondsFromUTC)
    }

    /// Prints a list in the form that was asked for.
    func print<Row>(_ list: List<Row>, _ options: ListOptions) throws -> Int32 {
        let shown = try list.filtered(options.filter)
        environment.print(options.json ? shown.json() : shown.table(width: environment.tableWidth))
        return ExitCode.done.rawValue
    }

    /// Carries out an action that was confirmed, and prints the answer.
    func perform(_ action: Action, _ options: ActOptions, confirmed: String = "") throws -> Int32 {
        let answer = try source.performAndWait(action, confirmed: confirmed)
        if options.json {
            environment.print(JSONText.answer(answer))
            return (answer.accepted ? ExitCode.done : .failed).rawValue
        }
        guard answer.accepted else { throw CommandFailure(.failed, answer.message) }
        environment.print(answer.message + "\n")
        return ExitCode.done.rawValue
    }

    /// Carries out an action whose plan has to be seen first when there is somebody to see it. `mustBeAsked`: nobody
    /// there and no `--yes` is a refusal. `asks` false: done at once, only `--plan` is looked at.
    func performPlanned(_ action: Action, _ options: ActOptions, mustBeAsked: Bool, asks: Bool = true) throws -> Int32 {
        if options.plan { return try showPlan(action) }
        if options.yes || !asks { return try perform(action, options) }
        guard environment.inputIsTerminal else {
            guard mustBeAsked else { return try perform(action, options) }
            throw CommandFailure(
                .usage,
                "\(action.word) ends machines or work and nobody can be asked here; add --yes, or see --plan")
        }
        let plan = try source.planAndWait(action)
        for line in plan.lines { environment.complain(line) }
        guard plan.possible else { throw CommandFailure(.failed, plan.lines.isEmpty ? "it cannot be done now" : "") }
        let reply = environment.ask("Go ahead? [y/N] ")?.lowercased() ?? ""
        guard reply == "y" || reply == "yes" else { throw CommandFailure(.failed, "nothing was done") }
        return try perform(action, options, confirmed: plan.fingerprint)
    }

    /// Prints what an action would do.
    func showPlan(_ action: Action) throws -> Int32 {
        let plan = try source.planAndWait(action)
        for line in plan.lines { environment.print(line + "\n") }
        if plan.ratePerHourDelta != 0 {
            let currency = state.configuration.currency
            let sign = plan.ratePerHourDelta > 0 ? "+" : ""
            environment.print(
                "cost \(sign)\(Quantity.format(ratePerHour: plan.ratePerHourDelta, currency: currency))\n")
        }
        return (plan.possible ? ExitCode.done : .failed).rawValue
    }
}
