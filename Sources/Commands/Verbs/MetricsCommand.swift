import ArgumentParser
import ClusterModel
import MetricsPage

/// `bellows metrics`: the figures of the panes for a collector, by a cron job or a node exporter's text file.
struct MetricsCommand: CoreCommand {
    static let onlyReads = true
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Print the figures in the Prometheus text format.")
    @OptionGroup var reach: ReachOptions

    func execute(on session: Session) throws -> Int32 {
        session.environment.print(MetricsText.render(session.context.state, at: session.context.now))
        return ExitCode.done.rawValue
    }
}
