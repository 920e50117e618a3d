import ClusterModel
import ClusterSource
import ControlCore
import Providers
import Recording
import StateStore

/// The state store as the runtime needs it.
final class DiskRegistry: RegistryKeeping {
    private let store: any RegistryStore

    init(_ store: any RegistryStore) { self.store = store }

    func load() throws -> [(key: [UInt8], value: [UInt8])] { try store.load() }
    func commit(_ changes: [FactChange], done: @escaping @Sendable ((any Error)?) -> Void) {
        store.enqueue(changes.map { RegistryChange(key: $0.key, value: $0.value) }) { done($0) }
    }
    func close() { store.close() }
}

/// The recording as the runtime needs it.
final class SessionFilm: FilmKeeping {
    private let recorder: SessionRecorder

    init(_ recorder: SessionRecorder) { self.recorder = recorder }

    func record(_ step: FilmStep, state: ClusterState) {
        recorder.record(
            time: step.time, inputs: step.inputs, events: step.events, batch: step.batch,
            isOperatorAct: step.isOperatorAct, state: state)
    }
    var status: RecordingStatus { recorder.status }
    func end() { recorder.end() }
}

extension LiveCore {
    /// Name of the state store in the state folder.
    public static let registryName = "registry.sqlite"
    /// Name of the folder of recordings in the state folder.
    public static let recordingsName = "recordings"
    /// Name of the film in that folder.
    public static let filmName = "session"

    /// Starts a core on what its state folder holds, recording what happens there too. Without a recording it runs all
    /// the same, with a warning.
    ///
    /// - Throws: `RegistryStoreError` (owned by another core, damaged, not writable), `RegistryError`, `RuntimeError`,
    ///   `ProviderFault` for the folder itself.
    public static func open(_ options: LiveOptions) throws -> LiveCore {
        try AgentFolders.makePrivate(options.stateFolder)
        let store = try SQLiteRegistryStore(path: "\(options.stateFolder)/\(registryName)")
        do {
            return try start(options, store: DiskRegistry(store)) { try film(options, $0, $1, $2) }
        } catch {
            store.close()
            throw error
        }
    }

    private static func film(
        _ options: LiveOptions, _ state: ClusterState, _ start: CoreStart, _ now: Instant
    ) throws(RecordingError) -> any FilmKeeping {
        let wanted = (options.configuration ?? state.configuration).limits
        var limits = RecordingLimits()
        limits.keepSeconds = Int(clamping: wanted.recordingAge.seconds)
        limits.keepBytes = wanted.recordingSize
        return SessionFilm(
            try SessionRecorder(
                folder: "\(options.stateFolder)/\(recordingsName)", name: filmName, state: state, start: start, at: now,
                limits: limits))
    }

    /// Shows a line to everybody who looks at this core.
    func warn(_ line: String) {
        log.write(line)
        warnings.withLock { $0.append(line) }
    }
}
