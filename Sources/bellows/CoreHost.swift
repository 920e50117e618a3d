import CSys
import ClusterFiles
import ClusterModel
import ClusterSource
import Commands
import ControlLink
import ControlRuntime
import Glibc

/// A core in this process with all that it needs: state store, film, and the socket through which others reach it.
final class CoreHost {
    let core: LiveCore
    let stateFolder: String
    private let server: ControlServer

    /// Starts a core; throws `CommandFailure` in plain words. `onStop` is called once, when the core ends by itself.
    init(
        _ request: CoreRequest, socket: String, _ places: Places, onStop: @escaping @Sendable () -> Void
    ) throws {
        let name = request.configuration?.name ?? ClusterConfiguration().name
        stateFolder = try places.stateFolder(request.stateFolder, cluster: name)
        // The place first: a core that cannot be reached must not take the lead and call for machines.
        let place: ClaimedSocket
        do {
            place = try ClaimedSocket(socket)
        } catch {
            throw CoreAccess.failure(error)
        }
        do {
            core = try Self.start(request, in: stateFolder, onStop: onStop)
        } catch {
            place.giveBack()
            throw error as? CommandFailure ?? CommandFailure(.failed, "\(error)")
        }
        do {
            server = try ControlServer(
                socket: place, source: core.source, feed: CoreFeedOverCore(core: core),
                options: .init(coreVersion: Version.text))
        } catch {
            core.stop()
            throw CoreAccess.failure(error)
        }
    }

    private static func start(
        _ request: CoreRequest, in folder: String, onStop: @escaping @Sendable () -> Void
    ) throws -> LiveCore {
        try makePrivate(folder)
        let isFresh = access("\(folder)/\(LiveCore.registryName)", F_OK) != 0
        var options = LiveOptions(
            stateFolder: folder, configuration: request.configuration ?? (isFresh ? builtIn(in: folder) : nil))
        options.version = Version.text
        options.onStop = onStop
        let core = try LiveCore.open(options)
        if core.state.configuration.pools.isEmpty, request.configuration == nil {
            // A first start that ended before its cluster was kept.
            core.source.perform(.apply(ApplyConfiguration(builtIn(in: folder))), confirmed: "") { _ in }
        }
        return core
    }

    /// This machine as a cluster.
    private static func builtIn(in folder: String) -> ClusterConfiguration {
        var (memory, memoryFree, load, diskFree, disk): (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
        if cs_machine(&memory, &memoryFree, &load) != 0 { memory = 4 << 30 }
        if cs_disk(folder, &diskFree, &disk) != 0 { diskFree = 8 << 30 }
        return .builtInLocal(
            cpus: Int64(cs_cpu_count()) * 1_000, mem: Int64(clamping: memory), disk: Int64(clamping: diskFree))
    }

    private static func makePrivate(_ folder: String) throws {
        var path = ""
        for part in folder.split(separator: "/") {
            path += "/\(part)"
            if mkdir(path, 0o700) != 0, errno != EEXIST {
                let cause = String(cString: cs_error_text(cs_errno()))
                throw CommandFailure(.failed, "cannot make \(path): \(cause); choose a state folder with --state")
            }
        }
    }

    /// Whether machines or work would be left behind when the core ended now.
    var hasMachines: Bool { !core.state.index.liveInstances.isEmpty }

    /// Where the film is.
    var recordings: String { "\(stateFolder)/\(LiveCore.recordingsName)" }

    /// Ends the core in good order; agents and tasks go on.
    func stop() {
        server.close()
        core.stop()
    }
}
