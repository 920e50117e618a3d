import CSys
import ClusterModel
import ClusterSource
import Commands
import Console
import ControlLink
import Glibc
import Recording
import Terminal

/// The console on whichever source is there.
enum ConsoleRunning {
    /// `bellows` alone: on the running core if there is one, else on a core of its own.
    static func open(_ request: ConsoleRequest, _ places: Places) throws -> Int32 {
        try checkTerminal()
        let socket = places.socket(request.socket)
        do {
            let source = try CoreAccess.attach(socket, readOnly: request.look.readOnly)
            defer { source.close() }
            if request.core.configuration != nil || request.core.stateFolder != nil {
                throw CommandFailure(
                    .usage,
                    "a core runs already at \(socket), so --cluster and --state mean nothing here; attach with plain "
                        + "`bellows`, give it the file with `bellows apply FILE`, or choose another --socket")
            }
            let exit = try show(source, request.look, past: pastOfDefaultFolder(source, places))
            let state = source.frame().state
            if state.isEnding, state.index.liveInstances.isEmpty {
                let words = "the core has ended, as it was asked to: every machine is gone\n"
                _ = Descriptor.write(Array(words.utf8), to: STDERR_FILENO)
            }
            return code(of: exit)
        } catch let error as ControlLinkError {
            guard case .noCore = error else { throw CoreAccess.failure(error) }
        }
        return try EmbeddedConsole(request, socket: socket, places).run()
    }

    /// The console on a recording.
    static func replay(_ request: ReplayRequest) throws -> Int32 {
        let session: RecordedSession
        do throws(RecordingError) {
            session = try RecordedSession(path: request.path)
        } catch {
            throw CommandFailure(.usage, error.description)
        }
        defer { session.close() }
        try checkTerminal()
        return code(of: try show(session, request.look, past: nil))
    }

    /// Runs the console; its faults become exit codes.
    static func show(
        _ source: any ClusterSource, _ look: LookRequest, past: (() -> (any ClusterSource)?)?
    ) throws -> ConsoleExit {
        var options = ConsoleOptions()
        options.theme = look.theme
        options.color = look.color.flatMap(ColorChoice.init(rawValue:)) ?? .auto
        options.ascii = look.ascii
        options.readOnly = look.readOnly
        options.accessible = look.accessible
        options.openPast = past
        do throws(ConsoleError) {
            return try Console.run(source: source, options: options)
        } catch {
            if case .theme = error { throw CommandFailure(.usage, error.description) }
            throw CommandFailure(.noTerminal, error.description)
        }
    }

    /// 0 when a person left, 128 and the signal when one ended it.
    static func code(of exit: ConsoleExit) -> Int32 { exit.signal.map { 128 + $0 } ?? ExitCode.done.rawValue }

    /// No core is started, and no recording shown, for a console that could not be seen.
    private static func checkTerminal() throws {
        for (descriptor, name) in [(STDIN_FILENO, "standard input"), (STDOUT_FILENO, "standard output")]
        where isatty(descriptor) != 1 {
            throw CommandFailure(.noTerminal, TerminalError.notATerminal(stream: name).description)
        }
        let term = TerminalEnvironment.current.term
        if term.isEmpty { throw CommandFailure(.noTerminal, TerminalError.typeMissing.description) }
        if term == "dumb" { throw CommandFailure(.noTerminal, TerminalError.typeTooSimple(term).description) }
    }

    /// The film of an attached core, when it lies in the default place and is that core's.
    private static func pastOfDefaultFolder(
        _ source: AttachedSource, _ places: Places
    ) -> (() -> (any ClusterSource)?)? {
        let state = source.frame().state
        guard let folder = try? places.stateFolder(nil, cluster: state.configuration.name) else { return nil }
        let path = "\(folder)/recordings"
        guard access(path, R_OK) == 0 else { return nil }
        let cluster = state.cluster
        return {
            guard let session = try? RecordedSession(path: path) else { return nil }
            if session.state(at: session.span.upperBound).cluster == cluster { return session }
            session.close()
            return nil
        }
    }
}
