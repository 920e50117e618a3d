import ArgumentParser
import ClusterModel

/// The verbs on jobs and tasks.
struct KillCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill", abstract: "End tasks: SIGTERM to the whole process group, SIGKILL after the job's grace.",
        discussion: """
            bellows kill 12/3 sim-17
            bellows kill --filter 'role=eng and state=running'
            """)
    @OptionGroup var reach: ReachOptions
    @Option(help: ArgumentHelp("All tasks that have not ended for which this holds.", valueName: "expression"))
    var filter: String?
    @OptionGroup var act: ActOptions
    @Argument(help: ArgumentHelp("Tasks (12/3) or jobs (12, sim-12, sim).", valueName: "task"))
    var tasks: [String] = []

    func validate() throws {
        if tasks.isEmpty == (filter == nil) { throw ValidationError("Name the tasks or jobs, or give --filter.") }
    }

    func execute(on session: Session) throws -> Int32 {
        let context = session.context
        guard let filter else {
            let named = try tasks.map { try Naming(state: context.state).tasks($0) }
            if act.plan { return try session.showPlan(.kill(TaskSelection(named))) }
            return try session.perform(.kill(TaskSelection(named)), act)
        }
        let found = try TaskList.make(context, jobs: nil, ended: false).filtered(filter).rows.map(\.id)
        if found.isEmpty { throw CommandFailure(.notFound, "no task is like that: \(filter)") }
        return try session.performPlanned(.kill(TaskSelection(found)), act, mustBeAsked: true)
    }
}

/// What the verbs on jobs take.
struct JobNames: ParsableArguments {
    @Argument(help: ArgumentHelp("Jobs: 12, sim-12, sim.", valueName: "job"))
    var jobs: [String]

    func found(in state: ClusterState) throws -> [JobID] { try jobs.map { try Naming(state: state).job($0) } }
}

struct HoldCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Keep jobs from starting tasks; running ones go on.")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var act: ActOptions
    @OptionGroup var names: JobNames

    func execute(on session: Session) throws -> Int32 {
        try session.performPlanned(
            .hold(JobSelection(names.found(in: session.state))), act, mustBeAsked: false, asks: false)
    }
}

struct ReleaseCommand: CoreCommand {
    static let configuration = CommandConfiguration(commandName: "release", abstract: "Let held jobs start.")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var act: ActOptions
    @OptionGroup var names: JobNames

    func execute(on session: Session) throws -> Int32 {
        try session.performPlanned(
            .release(JobSelection(names.found(in: session.state))), act, mustBeAsked: false, asks: false)
    }
}

struct RequeueCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "requeue", abstract: "Let ended tasks wait again.")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var act: ActOptions
    @Argument(help: ArgumentHelp("Tasks (12/3) or jobs (12, sim-12, sim).", valueName: "task"))
    var tasks: [String]

    func execute(on session: Session) throws -> Int32 {
        let state = session.state
        let named = try tasks.map { try Naming(state: state).tasks($0) }
        return try session.performPlanned(.requeue(TaskSelection(named)), act, mustBeAsked: false, asks: false)
    }
}

struct PriorityCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "priority", abstract: "Change the priority of jobs: higher starts first within the role.",
        discussion: "bellows priority 50 sim-12\nbellows priority -- -20 sim-12")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var act: ActOptions
    @Argument(help: ArgumentHelp("-1000 to 1000.", valueName: "priority"))
    var priority: Int32
    @OptionGroup var names: JobNames

    func validate() throws {
        if !(-1_000...1_000).contains(priority) { throw ValidationError("A priority goes from -1000 to 1000.") }
    }

    func execute(on session: Session) throws -> Int32 {
        let change = JobPriority(jobs: try names.found(in: session.state), priority: priority)
        return try session.performPlanned(.priority(change), act, mustBeAsked: false, asks: false)
    }
}
