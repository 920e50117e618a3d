import ClusterModel
import Commands
import Recording

/// Recordings as files: what is in one, and a clean copy of it.
enum RecordingFiles {
    /// What a look at every byte finds.
    static func check(_ path: String) throws -> RecordingFacts {
        let reader = try open(path)
        let report = reader.check()
        var facts = RecordingFacts()
        facts.segments = reader.listing().map { .init(path: $0.path, bytes: $0.bytes, isClosed: $0.isClosed) }
        facts.records = report.records.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { .init(kind: $0.key.description, count: $0.value) }
        facts.gaps = report.gaps.map { gap in
            .init(
                text: gap.description, from: gap.fromMicroseconds.map { Instant(microseconds: $0) },
                isHarmless: gap.reason == .notRecorded)
        }
        facts.skipped = report.skipped
        facts.range = report.range.map {
            Instant(microseconds: $0.lowerBound)...Instant(microseconds: $0.upperBound)
        }
        return facts
    }

    /// Copies what can be read; without a folder, into one beside the original that ends in `-repaired`.
    static func repair(_ path: String, into folder: String?) throws -> RepairedRecording {
        let reader = try open(path)
        let target = folder ?? "\(reader.files.folder)-repaired"
        let name = FilmFiles.isSafe(name: reader.files.name) ? reader.files.name : "session"
        do throws(RecordingError) {
            return RepairedRecording(folder: target, segments: try reader.repair(into: target, name: name))
        } catch {
            throw CommandFailure(.failed, error.description)
        }
    }

    private static func open(_ path: String) throws -> RecordingReader {
        do throws(RecordingError) { return try RecordingReader(path: path) } catch {
            throw CommandFailure(.usage, error.description)
        }
    }
}
