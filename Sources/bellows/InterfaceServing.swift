import CSys
import ClusterFiles
import Commands
import ControlRuntime
import Glibc
import SchedulerAPI

/// The HTTP interface beside a core: where it listens, who may speak.
struct InterfaceServing {
    private let server: APIServer
    private let portFile: String?

    /// Starts it when it is asked for; nil = it is not.
    init?(_ request: ServeRequest, core: LiveCore) throws {
        guard let listen = request.listen else {
            if request.portFile != nil { throw CommandFailure(.usage, "--port-file needs --listen") }
            return nil
        }
        guard let address = APIOptions.Address(listen) else {
            throw CommandFailure(
                .usage, "--listen expects ADDRESS:PORT such as 127.0.0.1:5050, or a socket's path, not `\(listen)`")
        }
        var options = APIOptions(address: address)
        options.version = Version.text
        options.isBehindTLSProxy = request.isBehindTLSProxy
        let configuration = core.state.configuration
        if !configuration.credentialsFile.isEmpty {
            var credentials = try Self.credentials(configuration.credentialsFile)
            // As the reference's flag says; without its ways whoever speaks must say who it is.
            if configuration.offers.compatibility == .mesos111 {
                credentials.guardsFrameworks = configuration.offers.authenticatesFrameworks
                credentials.guardsOperators = false
            }
            options.credentials = credentials
        }
        server = APIServer(core: core, options: options)
        portFile = request.portFile
        let place: String
        do { place = try server.start() } catch { throw CommandFailure(.failed, "\(error)") }
        if let portFile { try Self.write(place, to: portFile) }
        _ = Descriptor.write(Array("interface for frameworks: \(place)\n".utf8), to: STDERR_FILENO)
    }

    func stop() {
        server.stop()
        if let portFile { unlink(portFile) }
    }

    /// Written beside and moved, so that a reader sees all of it or nothing.
    private static func write(_ place: String, to path: String) throws {
        let beside = path + ".new"
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        let isWritten = descriptor >= 0 && Descriptor.write(Array((place + "\n").utf8), to: descriptor)
        if descriptor >= 0 { close(descriptor) }
        guard isWritten, rename(beside, path) == 0 else {
            throw CommandFailure(.failed, "cannot write \(path): \(String(cString: cs_error_text(cs_errno())))")
        }
    }

    private static func credentials(_ path: String) throws -> Credentials {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw CommandFailure(.usage, "cannot read \(path): \(String(cString: cs_error_text(cs_errno())))")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw CommandFailure(.usage, "\(path) can be read by others; make it private with: chmod 600 \(path)")
        }
        let content: CredentialsFile.Content
        do {
            content = try CredentialsFile.read(
                try TextFile.read(path, limit: CredentialsFile.byteLimit), file: path)
        } catch let fault as FileFault { throw CommandFailure(.usage, fault.description) }
        return Credentials(
            content.credentials.map { credential in
                var rights: Rights?
                if let all = content.rights {
                    let own = all.filter { $0.principal == credential.principal }
                    var merged = Rights()
                    merged.roles = own.flatMap(\.roles)
                    merged.users = own.flatMap(\.users)
                    let acts = Set(own.flatMap(\.acts))
                    merged.reserve = acts.contains("reserve")
                    merged.drain = acts.contains("drain")
                    merged.teardown = acts.contains("teardown")
                    merged.govern = acts.contains("govern")
                    merged.view = acts.contains("view")
                    rights = merged
                }
                return .init(name: credential.principal, secret: credential.secret, rights: rights)
            })
    }
}

/// `bellows api forward`: OpenSSH does it; this process becomes it.
enum Forwarding {
    static func run(_ request: ForwardRequest) throws -> Int32 {
        let words = [
            "ssh", "-N", "-o", "ExitOnForwardFailure=yes", "-o", "ServerAliveInterval=15", "-L",
            "\(request.listen):\(request.remote)", "--", request.host,
        ]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        execvp("ssh", arguments)
        throw CommandFailure(
            .failed, "cannot start ssh: \(String(cString: cs_error_text(cs_errno()))); is openssh-client installed?")
    }
}
