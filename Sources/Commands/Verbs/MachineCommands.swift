import ArgumentParser
import ClusterModel

/// The verbs on nodes and pools.
struct DrainCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Let nodes run empty: no new work, running tasks go on to their end.")
    @OptionGroup var reach: ReachOptions
    @Option(
        help: ArgumentHelp("End running tasks after this time (default: wait for them).", valueName: "time"),
        transform: Amount.span)
    var patience: Interval?
    @OptionGroup var act: ActOptions
    @Argument(help: ArgumentHelp("Nodes.", valueName: "node"))
    var nodes: [String]

    func execute(on session: Session) throws -> Int32 {
        let names = try nodes.map { try Naming(state: session.state).node($0) }
        return try session.performPlanned(
            .drain(NodeSelection(names, patience: patience ?? .zero)), act, mustBeAsked: false, asks: false)
    }
}

struct UndrainCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "undrain", abstract: "Take draining, drained or held nodes back into work.")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var act: ActOptions
    @Argument(help: ArgumentHelp("Nodes.", valueName: "node"))
    var nodes: [String]

    func execute(on session: Session) throws -> Int32 {
        let names = try nodes.map { try Naming(state: session.state).node($0) }
        return try session.performPlanned(.undrain(NodeSelection(names)), act, mustBeAsked: false, asks: false)
    }
}

struct ScaleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale", abstract: "Add or remove machines.",
        subcommands: [ScaleOutCommand.self, ScaleInCommand.self, ScalePlanCommand.self])
}

struct ScaleOutCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "out", abstract: "Add machines to a pool; shows the plan first.",
        discussion: "bellows scale out burst 2\nbellows scale out --type large burst")
    @OptionGroup var reach: ReachOptions
    @Option(help: ArgumentHelp("Machine type (default: the pool's first).", valueName: "name"))
    var type: String?
    @OptionGroup var act: ActOptions
    @Argument(help: "The pool (default: the only one that can grow).")
    var pool: String?
    @Argument(help: "How many more.")
    var count: UInt32 = 1

    func validate() throws {
        if count == 0 { throw ValidationError("How many? 1 or more.") }
    }

    func execute(on session: Session) throws -> Int32 {
        let state = session.state
        let name = try pool.map { try Naming(state: state).pool($0) } ?? ""
        if let type, let spec = state.configuration.pools.first(where: { $0.name == name }),
            !spec.types.contains(where: { $0.name == type })
        {
            let hint = Spelling.hint(for: type, in: spec.types.map(\.name))
            throw CommandFailure(.notFound, "pool \"\(name)\" has no machine type \"\(type)\"; \(hint)")
        }
        return try session.performPlanned(
            .scaleOut(ScaleOut(pool: name, count: count, type: type ?? "")), act, mustBeAsked: false)
    }
}

struct ScaleInCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "in", abstract: "Drain nodes and end their machines; shows the plan first.",
        discussion: "bellows scale in burst-1 burst-2\nbellows scale in --pool burst --count 2")
    @OptionGroup var reach: ReachOptions
    @Option(help: ArgumentHelp("Take nodes of this pool, those with the least work first.", valueName: "name"))
    var pool: String?
    @Option(help: ArgumentHelp("How many nodes of the pool (default: 1).", valueName: "n"))
    var count: Int?
    @Option(
        help: ArgumentHelp("End running tasks after this time (default: wait for them).", valueName: "time"),
        transform: Amount.span)
    var patience: Interval?
    @OptionGroup var act: ActOptions
    @Argument(help: ArgumentHelp("Nodes.", valueName: "node"))
    var nodes: [String] = []

    func validate() throws {
        if nodes.isEmpty == (pool == nil) { throw ValidationError("Name the nodes, or a --pool to take them from.") }
        if let count, count < 1 || pool == nil {
            throw ValidationError("--count takes 1 or more, and goes with --pool.")
        }
    }

    func execute(on session: Session) throws -> Int32 {
        let state = session.state
        let names =
            try pool.map { try leastBusy(try Naming(state: state).pool($0), state) }
            ?? nodes.map { try Naming(state: state).node($0) }
        return try session.performPlanned(
            .scaleIn(NodeSelection(names, patience: patience ?? .zero)), act, mustBeAsked: true)
    }

    /// Nodes of a pool: first those that do no work, then by number of tasks, the youngest first.
    private func leastBusy(_ pool: String, _ state: ClusterState) throws -> [String] {
        let wanted = count ?? 1
        let own = state.presentNodes.filter { state.name(of: state.nodes[$0.index].pool) == pool }
            .filter { !state.nodes[$0.index].removeWhenDrained }
        guard own.count >= wanted else {
            throw CommandFailure(.failed, "pool \"\(pool)\" has \(own.count) nodes to give, not \(wanted)")
        }
        let sorted = own.sorted { one, other in
            let (a, b) = (state.nodes[one.index], state.nodes[other.index])
            if a.tasks != b.tasks { return a.tasks < b.tasks }
            return (a.joinedAt, one) > (b.joinedAt, other)
        }
        return sorted.prefix(wanted).map { state.name(of: $0) }
    }
}
