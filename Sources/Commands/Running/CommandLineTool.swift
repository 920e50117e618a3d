import ArgumentParser
import ClusterModel

/// From arguments to an exit code.
public enum CommandLineTool {
    /// Carries out `arguments` (without the program's name) and answers the exit code. Whatever is wrong is told on
    /// standard error; help and completion scripts go to standard output.
    public static func run(_ arguments: [String], in environment: CommandEnvironment) -> Int32 {
        do {
            if let code = try QuickStart.run(arguments, in: environment) { return code }
            try checkVerb(arguments)
            var command = try BellowsCommand.parseAsRoot(arguments)
            if let verb = command as? any ClusterCommand { return try verb.execute(in: environment) }
            try command.run()
            return ExitCode.done.rawValue
        } catch let failure as CommandFailure {
            if !failure.message.isEmpty { environment.complain("bellows: \(failure.message)") }
            return failure.code.rawValue
        } catch {
            let text = BellowsCommand.fullMessage(for: error)
            if BellowsCommand.exitCode(for: error).isSuccess {
                environment.print(text + "\n")
                return ExitCode.done.rawValue
            }
            environment.complain(text)
            return ExitCode.usage.rawValue
        }
    }

    /// A first word that is no verb is answered with the nearest that is.
    private static func checkVerb(_ arguments: [String]) throws {
        guard let word = arguments.first, !word.hasPrefix("-"), word != "help" else { return }
        let verbs =
            (BellowsCommand.configuration.subcommands
            + BellowsCommand.configuration.groupedSubcommands.flatMap(\.subcommands))
            .compactMap { $0.configuration.commandName }
        if verbs.contains(word) { return }
        let near = Spelling.nearest(to: word, in: verbs).map { "; did you mean \"\($0)\"?" } ?? ""
        throw CommandFailure(.usage, "there is no verb \"\(word)\"\(near.isEmpty ? "; see bellows --help" : near)")
    }
}
