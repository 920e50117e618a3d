import ArgumentParser
import ClusterModel
import ClusterSource

/// The verbs that go on until they are interrupted, or can.
struct EventsCommand: CoreCommand {
    static let onlyReads = true
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Show the latest events; --follow goes on as things happen.",
        discussion: "A core keeps the last 512 events for this; the recording has all of them (see bellows replay).")
    @OptionGroup var reach: ReachOptions
    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("How many at most.", valueName: "n"))
    var last = 50
    @Flag(name: .shortAndLong, help: "Go on as things happen.")
    var follow = false
    @OptionGroup var list: ListOptions

    func validate() throws {
        if last < 0 { throw ValidationError("--last takes 0 or more.") }
    }

    func execute(on session: Session) throws -> Int32 {
        let context = session.context
        let found = try EventList.make(context, context.state.recent).filtered(list.filter)
        var shown = found
        shown.rows = Array(found.rows.suffix(last))
        guard follow else {
            session.environment.print(list.json ? shown.json() : shown.table(width: session.environment.tableWidth))
            return ExitCode.done.rawValue
        }
        return try EventFollowing(session: session, options: list).run(from: context, first: shown.rows)
    }
}

struct WatchCommand: CoreCommand {
    static let onlyReads = true
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Print a plain line for each thing that happens, until interrupted.")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var list: ListOptions

    func execute(on session: Session) throws -> Int32 {
        try EventFollowing(session: session, options: list).run(from: session.context, first: [])
    }
}

/// Prints events as they come: a line each, or a JSON object each.
struct EventFollowing {
    let session: Session
    let options: ListOptions

    /// How often the picture is looked at when nothing wakes the loop.
    private static let interval = Interval.seconds(5)

    func run(from start: ListContext, first: [StampedEvent]) throws -> Int32 {
        let wakes = Wakes()
        session.source.onChange { wakes.wake() }
        guard print(start, first) else { return ExitCode.done.rawValue }
        var seen = start.state.sequence
        var staleWord = ""
        while true {
            _ = wakes.wait(atMost: Self.interval)
            let frame = session.source.frame()
            let context = ListContext(
                state: frame.state, now: frame.now, secondsFromUTC: session.environment.secondsFromUTC)
            if case .stale(let why) = frame.mode {
                if why != staleWord { session.environment.complain("the core is out of reach: \(why)") }
                staleWord = why
                continue
            }
            staleWord = ""
            let fresh = context.state.recent.filter { $0.sequence > seen }
            // The picture keeps the last events only; whoever looks too late is told.
            if fresh.count == ClusterState.recentLimit {
                session.environment.complain("events came faster than they were read; some are missing here")
            }
            seen = max(seen, context.state.sequence)
            let wanted = try EventList.make(context, fresh).filtered(options.filter).rows
            guard print(context, wanted) else { return ExitCode.done.rawValue }
        }
    }

    /// False when nobody reads the output any more.
    private func print(_ context: ListContext, _ events: [StampedEvent]) -> Bool {
        if events.isEmpty { return true }
        let list = EventList.make(context, events)
        let text =
            options.json
            ? list.jsonLines() : events.map { EventList.line($0, context) }.joined()
        return session.environment.print(text)
    }
}

/// `bellows logs`: a task's output, as it is.
struct LogsCommand: CoreCommand {
    static let onlyReads = true
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print a task's standard output; --follow goes on while it runs.")
    @OptionGroup var reach: ReachOptions
    @Flag(name: .shortAndLong, help: "Go on while the task runs.")
    var follow = false
    @Flag(name: .shortAndLong, help: "Standard error instead of standard output.")
    var stderr = false
    @Option(help: ArgumentHelp("Only so much from the end: 4K, 1M.", valueName: "amount"), transform: Amount.bytes)
    var tail: Int64?
    @Argument(help: ArgumentHelp("The task: 12/3, sim-12/3; a job's only task by the job alone.", valueName: "task"))
    var task: String

    func execute(on session: Session) throws -> Int32 {
        if let why = session.source.abilities.outputDisabled { throw CommandFailure(.failed, why) }
        let id = try Naming(state: session.state).task(task)
        guard let row = session.state.row(of: id) else {
            throw CommandFailure(.notFound, "task \(task) is not known any more; ended tasks leave after a while")
        }
        if row.attempt == 0 {
            throw CommandFailure(.failed, "task \(id) has not been started yet, so it has no output")
        }
        let request = OutputRequest(
            task: id, stream: stderr ? .stderr : .stdout, offset: tail.map { -$0 } ?? 0, follow: follow)
        let end = Waiting<String>()
        let environment = session.environment
        let follower = session.source.output(request) { piece in
            if !piece.bytes.isEmpty, !environment.write(piece.bytes) { end.answer("") }
            if piece.isLast { end.answer(piece.fault) }
        }
        defer { follower.cancel() }
        while true {
            guard let fault = end.wait(atMost: .hours(1)) else { continue }
            if fault.isEmpty { return ExitCode.done.rawValue }
            throw CommandFailure(.failed, fault)
        }
    }
}
