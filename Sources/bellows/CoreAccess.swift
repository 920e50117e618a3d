import ClusterModel
import ClusterSource
import Commands
import ControlLink

/// Reaching a core that runs already.
enum CoreAccess {
    /// An open source with its first picture. Throws `CommandFailure` with the exit code that goes with the cause.
    static func connect(_ request: ConnectRequest, _ places: Places) throws -> any ClusterSource {
        do throws(ControlLinkError) {
            return try attach(places.socket(request.socket), readOnly: request.readOnly, timeout: request.timeout)
        } catch {
            throw failure(error)
        }
    }

    /// The same, with the link's own error.
    static func attach(
        _ path: String, readOnly: Bool, timeout: Interval = .seconds(10)
    ) throws(ControlLinkError) -> AttachedSource {
        let wait = Duration.microseconds(timeout.microseconds)
        let source = try AttachedSource.connect(path: path, readOnly: readOnly, timeout: wait, version: Version.text)
        do {
            try source.waitForFrame(timeout: wait)
        } catch {
            source.close()
            throw error
        }
        return source
    }

    /// The exit code that goes with an error of the link.
    static func failure(_ error: ControlLinkError) -> CommandFailure {
        let code: ExitCode =
            switch error {
            case .noCore: .noCore
            case .permissionDenied, .foreignCore, .refused: .denied
            case .pathTooLong, .notASocket, .badFolder: .usage
            case .timeout: .noAnswer
            case .versionMismatch, .protocolFault, .disconnected, .inUse, .system: .failed
            }
        return CommandFailure(code, error.description)
    }
}
