import ArgumentParser
import ClusterModel
import ClusterSource

/// The verbs that print a list.
struct NodesCommand: CoreCommand {
    static let onlyReads = true
    static let configuration = CommandConfiguration(commandName: "nodes", abstract: "List nodes.")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var list: ListOptions

    func execute(on session: Session) throws -> Int32 { try session.print(NodeList.make(session.context), list) }
}

struct OffersCommand: CoreCommand {
    static let onlyReads = true
    static let configuration = CommandConfiguration(
        commandName: "offers", abstract: "List open offers, and with --all those that were closed lately.")
    @OptionGroup var reach: ReachOptions
    @Flag(name: .shortAndLong, help: "Closed offers too, newest first.")
    var all = false
    @OptionGroup var list: ListOptions

    func execute(on session: Session) throws -> Int32 {
        try session.print(OfferList.make(session.context, closed: all), list)
    }
}

struct TasksCommand: CoreCommand {
    static let onlyReads = true
    static let configuration = CommandConfiguration(
        commandName: "tasks", abstract: "List tasks that have not ended, all with --all, or those of jobs.")
    @OptionGroup var reach: ReachOptions
    @Flag(name: .shortAndLong, help: "Ended tasks too.")
    var all = false
    @OptionGroup var list: ListOptions
    @Argument(help: ArgumentHelp("Jobs whose tasks are wanted: 12, sim-12, sim.", valueName: "job"))
    var jobs: [String] = []

    func execute(on session: Session) throws -> Int32 {
        let context = session.context
        let named = try jobs.map { try Naming(state: context.state).job($0) }
        return try session.print(
            TaskList.make(context, jobs: named.isEmpty ? nil : named, ended: all || !named.isEmpty), list)
    }
}

struct JobsCommand: CoreCommand {
    static let onlyReads = true
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "List jobs that have not ended, all with --all, or those named.")
    @OptionGroup var reach: ReachOptions
    @Flag(name: .shortAndLong, help: "Ended jobs too.")
    var all = false
    @OptionGroup var list: ListOptions
    @Argument(help: ArgumentHelp("Jobs: 12, sim-12, sim.", valueName: "job"))
    var jobs: [String] = []

    func execute(on session: Session) throws -> Int32 {
        let context = session.context
        let named = try jobs.map { try Naming(state: context.state).job($0) }
        return try session.print(
            JobList.make(context, jobs: named.isEmpty ? nil : named, ended: all || !named.isEmpty), list)
    }
}
