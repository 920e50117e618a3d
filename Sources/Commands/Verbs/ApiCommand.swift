import ArgumentParser

/// `bellows api`: what concerns the HTTP interface for frameworks and tools.
struct ApiCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api", abstract: "Reach the HTTP interface for frameworks and tools.",
        subcommands: [ForwardCommand.self])
}

/// `bellows api forward`.
struct ForwardCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        commandName: "forward",
        abstract: "Bring a remote core's HTTP interface to this machine through OpenSSH, until interrupted.",
        discussion: "bellows api forward ops@head1   (then http://127.0.0.1:5050 is the interface of the core there)")
    @Option(help: ArgumentHelp("Where to listen on this machine.", valueName: "address:port"))
    var listen = "127.0.0.1:5050"
    @Option(
        help: ArgumentHelp("Where the core listens on that host: an address or a socket's path.", valueName: "place"))
    var remote = "127.0.0.1:5050"
    @Argument(help: "The host, as OpenSSH names it.")
    var host: String

    func execute(in environment: CommandEnvironment) throws -> Int32 {
        guard !host.hasPrefix("-"), !host.isEmpty else {
            throw CommandFailure(.usage, "`\(host)` is no host; write it as OpenSSH names it, such as ops@head1")
        }
        return try environment.forward(ForwardRequest(host: host, listen: listen, remote: remote))
    }
}
