/// What can go wrong between here and an agent over ssh, each with its cause and the way out; the description is what
/// the operator reads beside the node.
public indirect enum SSHFault: Error, Equatable, Sendable {
    /// There is no ssh program here.
    case noClient(program: String, cause: String)
    /// The host's name has no address.
    case noName(host: String)
    /// Nobody answers at the address, or says no.
    case unreachable(host: String, cause: String)
    /// The server ended the connection before anybody could log in.
    case handshake(host: String, cause: String)
    /// The host's key is not known.
    case unknownHostKey(host: String, pinned: Bool)
    /// The host shows another key than the known one.
    case changedHostKey(host: String, pinned: Bool)
    /// The server lets nobody in with what was shown.
    case loginRefused(host: String, cause: String)
    /// The user's or the system's ssh configuration is wrong.
    case configuration(cause: String)
    /// The server opens no further session.
    case sessionRefused(host: String, cause: String)
    /// Nothing ran: no shell, or one that runs no commands.
    case noShell(host: String, code: Int32, word: String)
    /// The login shell talks without end before it runs what it was given.
    case noise(host: String, line: String)
    /// The node runs another system.
    case otherSystem(host: String, name: String)
    /// No agent was built for the node's processor.
    case noAgent(host: String, architecture: String, place: String)
    /// There is no home folder on the node.
    case noHome(host: String)
    /// A folder or file on the node cannot be written.
    case folder(host: String, cause: String)
    /// The node's disk is full.
    case noSpace(host: String, cause: String)
    /// The agent was copied and may not be started there.
    case notExecutable(host: String, cause: String)
    /// The agent arrived damaged.
    case damaged(host: String)
    /// The agent on the node does not start.
    case agent(host: String, cause: String)
    /// A step took too long.
    case slow(host: String, step: String, seconds: Int)
    /// The connection broke.
    case broken(host: String, cause: String)
    /// Something behind a relay, as the relay sees it.
    case behind(relay: String, fault: SSHFault)
    /// The relay on the way to a host is not there.
    case relay(name: String, fault: SSHFault)
}

extension SSHFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noClient(let program, let cause): "\(program) cannot be started (\(cause)): install OpenSSH's client"
        case .noName(let host): "\(host) has no address: look at its name, at DNS, or at Host in the ssh configuration"
        case .unreachable(let host, let cause): "\(host) is not reached: \(cause)"
        case .handshake(let host, let cause):
            "\(host) ended the connection before the login: \(cause); "
                + "its sshd is overloaded (MaxStartups), or refuses this address"
        case .unknownHostKey(let host, let pinned):
            pinned
                ? "\(host) shows none of the host keys that its provider gave: it is not that machine; end it"
                : "the host key of \(host) is not known: log in once by hand with `ssh \(host)` and compare it, or say "
                    + "`hostKeys: accept-new` in the cluster file"
        case .changedHostKey(let host, let pinned):
            pinned
                ? "\(host) shows another host key than its provider gave: it is not that machine; end it"
                : "the host key of \(host) has CHANGED: somebody may be in between; if the machine was made anew, "
                    + "remove the old key with `ssh-keygen -R \(host)` and log in once by hand"
        case .loginRefused(let host, let cause):
            "\(host) refuses the login: \(cause); a key without a question is needed: load it into the ssh agent, or "
                + "put it into the user's authorized_keys there"
        case .configuration(let cause): "the ssh configuration is wrong: \(cause)"
        case .sessionRefused(let host, let cause):
            "\(host) opens no session: \(cause); raise MaxSessions there, or close the shared connection"
        case .noShell(let host, let code, let word):
            "\(host) ran nothing (exit code \(code)\(word.isEmpty ? "" : ", \"\(word)\"")): "
                + "the user needs a login shell, and /bin/sh"
        case .noise(let host, let line):
            "the login shell of \(host) prints without end before it runs anything (\"\(line)\"): "
                + "silence its start files for sessions without a terminal"
        case .otherSystem(let host, let name): "\(host) runs \(name): agents run on Linux only"
        case .noAgent(let host, let architecture, let place):
            "no agent was built for \(architecture), the processor of \(host): on such a host run `swift build -c "
                + "release --product bellows-agent` and copy the file to \(place)"
        case .noHome(let host): "the user on \(host) has no home folder: set one, or name a folder with dir="
        case .folder(let host, let cause):
            "the cache folder on \(host) cannot be written: \(cause); mend it, or name another with dir="
        case .noSpace(let host, let cause): "the disk of \(host) is full: \(cause); free a few MiB there"
        case .notExecutable(let host, let cause):
            "the agent may not be started on \(host): \(cause); if the folder is mounted noexec, name another with dir="
        case .damaged(let host): "the agent arrived damaged on \(host); it is copied again"
        case .agent(let host, let cause): "the agent on \(host) does not start: \(cause)"
        case .slow(let host, let step, let seconds): "\(host): \(step) took longer than \(seconds) s"
        case .broken(let host, let cause): "the connection to \(host) broke: \(cause)"
        case .behind(let relay, let fault): "on relay \(relay): \(fault)"
        case .relay(let name, let fault): "the relay \(name) is not there: \(fault)"
        }
    }

    /// Whether trying again soon is no use: somebody has to act first.
    var isLasting: Bool {
        switch self {
        case .behind(_, let fault), .relay(_, let fault): fault.isLasting
        case .noName, .unreachable, .handshake, .slow, .broken, .sessionRefused, .damaged: false
        default: true
        }
    }
}
