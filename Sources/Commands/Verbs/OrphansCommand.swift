import ArgumentParser
import ClusterModel
import ConsoleView

/// `bellows orphans`: machines that a provider sees and nobody accounts for.
struct OrphansCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orphans", abstract: "Show machines that nobody accounts for, and say what becomes of them.",
        subcommands: [
            OrphansListCommand.self, OrphansEndCommand.self, OrphansAdoptCommand.self, OrphansKeepCommand.self,
        ],
        defaultSubcommand: OrphansListCommand.self)
}

struct OrphansListCommand: CoreCommand {
    static let onlyReads = true
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List machines that nobody accounts for.")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var list: ListOptions

    func execute(on session: Session) throws -> Int32 { try session.print(OrphanList.make(session.context), list) }
}

struct OrphansEndCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "End them; orphans that are found later are then ended without asking.")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var act: ActOptions
    @Argument(help: ArgumentHelp("Their ids (default: all that wait for a word).", valueName: "id"))
    var ids: [String] = []

    func execute(on session: Session) throws -> Int32 {
        try session.performPlanned(.orphans(OrphanChoice(ids, .end)), act, mustBeAsked: true, asks: true)
    }
}

struct OrphansAdoptCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt", abstract: "Take them into the cluster as machines of their pool.")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var act: ActOptions
    @Argument(help: ArgumentHelp("Their ids (default: all that wait for a word).", valueName: "id"))
    var ids: [String] = []

    func execute(on session: Session) throws -> Int32 {
        try session.performPlanned(.orphans(OrphanChoice(ids, .adopt)), act, mustBeAsked: false, asks: false)
    }
}

struct OrphansKeepCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep", abstract: "Leave them as they are.")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var act: ActOptions
    @Argument(help: ArgumentHelp("Their ids (default: all that wait for a word).", valueName: "id"))
    var ids: [String] = []

    func execute(on session: Session) throws -> Int32 {
        try session.performPlanned(.orphans(OrphanChoice(ids, .keep)), act, mustBeAsked: false, asks: false)
    }
}

/// Orphans as a list, in the order of their first sighting.
enum OrphanList {
    static func make(_ context: ListContext) -> List<OrphanRow> {
        let state = context.state
        return List(
            plural: "machines that nobody accounts for",
            columns: [
                ListColumn("id", field: "id", title: "ID") { .text($0.id) },
                ListColumn("name", field: "name", title: "NAME") { .text($0.name) },
                ListColumn("pool", field: "pool", title: "POOL") { .word(state.name(of: $0.pool)) },
                ListColumn("state", field: "state", title: "STATE") { .text($0.state.word) },
                ListColumn("ageSeconds", field: "age", title: "SEEN FOR", side: .right) { context.age($0.firstSeen) },
                ListColumn("sightings", title: "TIMES", side: .right, shed: 1) { .count(Int64($0.sightings)) },
            ], rows: state.orphans)
    }
}
