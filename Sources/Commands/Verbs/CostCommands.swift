import ArgumentParser
import ClusterModel

/// `bellows cost`: what the cluster costs, and the bill for other tools.
struct CostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost", abstract: "Show what the cluster costs, by pool and by role, or export the bill.",
        subcommands: [CostShowCommand.self, CostExportCommand.self], defaultSubcommand: CostShowCommand.self)
}

struct CostShowCommand: CoreCommand {
    static let onlyReads = true
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "What the cluster costs, by pool and by role (default).")
    @OptionGroup var reach: ReachOptions
    @Flag(help: "Print JSON: base units, stable keys.")
    var json = false

    func execute(on session: Session) throws -> Int32 {
        let report = CostReport(session.context)
        session.environment.print(json ? report.json() : report.text(width: session.environment.tableWidth))
        return ExitCode.done.rawValue
    }
}

struct CostExportCommand: CoreCommand {
    static let onlyReads = true
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print the bill as rows: FOCUS 1.2, CSV or JSON.",
        discussion: "bellows cost export --format focus > bill.csv")
    @OptionGroup var reach: ReachOptions
    @Option(help: ArgumentHelp("focus, csv or json.", valueName: "form"))
    var format: Format = .focus

    /// The form of the rows.
    enum Format: String, ExpressibleByArgument, CaseIterable { case focus, csv, json }

    func execute(on session: Session) throws -> Int32 {
        let context = session.context
        let export = CostExport(context.state, now: context.now)
        switch format {
        case .focus: session.environment.print(export.focus())
        case .csv: session.environment.print(export.csv())
        case .json: session.environment.print(export.json())
        }
        return ExitCode.done.rawValue
    }
}
