import ClusterModel
import Foundation
import Simulation
import Testing

@testable import Recording

/// A recording of every format version that was ever released is kept, and must open for ever: `Golden/format-1_0.000001.rec`
/// beside a text of what it shows. `scripts/golden-recording` makes the pair of the present version, once.
@Suite struct GoldenTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden").path

    private static var films: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".rec") }.sorted()
    }

    /// What a film shows, in words that any later version must find again: names and states, not sums.
    private func account(_ path: String) throws -> String {
        let session = try RecordedSession(path: path)
        defer { session.close() }
        let report = session.reader.check()
        var lines = ["span \(session.span.lowerBound.microseconds) \(session.span.upperBound.microseconds)"]
        lines.append("whole \(report.isWhole), passed over \(report.skipped)")
        for (kind, count) in report.records.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            lines.append("\(kind) \(count)")
        }
        for mark in session.marks { lines.append("mark \(mark.instant.microseconds) \(mark.text.label)") }
        let length = session.span.upperBound - session.span.lowerBound
        for step in Int64(0)...4 {
            let instant = session.span.lowerBound + Interval(microseconds: length.microseconds / 4 * step)
            let state = session.state(at: instant)
            lines.append("at \(step) of 4: event \(state.sequence), epoch \(state.epoch)")
            for node in state.presentNodes {
                lines.append("  node \(state.name(of: node)) \(state.nodes[node.index].state)")
            }
            for job in state.liveJobs {
                let row = state.jobs[job.index]
                let counts = "\(row.queued) \(row.placed) \(row.finished) \(row.failed) \(row.killed) \(row.lost)"
                lines.append("  job \(state.label(of: job)) of \(state.path(of: row.role)): \(counts)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test func everyVersionOpens() throws {
        if ProcessInfo.processInfo.environment["BELLOWS_MAKE_GOLDEN"] != nil { try make() }
        #expect(!Self.films.isEmpty)
        for film in Self.films {
            let path = "\(Self.folder)/\(film)"
            let name = film.split(separator: ".").dropLast(2).joined(separator: ".")
            let expected = try String(contentsOfFile: "\(Self.folder)/\(name).txt", encoding: .utf8)
            #expect(try account(path) == expected, "\(film)")
        }
    }

    /// Writes the film of the present version, unless it is there: one that was kept is never written again.
    private func make() throws {
        let name = "format-\(SegmentFormat.major)_\(SegmentFormat.minor)"
        let path = FilmFiles.path(folder: Self.folder, name: name, number: 1)
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let made = TemporaryFolder()
        var scenario = Scenario.small(seed: 11)
        scenario.duration = .seconds(40)
        _ = try RecordedWorld(scenario, folder: made.path)
        let source = FilmFiles.path(folder: made.path, name: "world", number: 1)
        try FileManager.default.createDirectory(atPath: Self.folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: source, toPath: path)
        try account(path).write(toFile: "\(Self.folder)/\(name).txt", atomically: true, encoding: .utf8)
    }
}
