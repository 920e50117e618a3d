import ClusterModel
import ControlCore
import Foundation
import Recording
import Simulation

/// What a recording costs: bytes per event and per hour, of a simulated cluster that is sampled every two seconds.
enum FilmBenchmarks {
    static func size(nodes: UInt32, seconds: Int64) -> [Figure] {
        var scenario = Scenario()
        scenario.configuration = Scenario.cluster(nodes: nodes)
        scenario.duration = .seconds(seconds)
        scenario.actEvery = .milliseconds(200)
        var world = World(scenario, keepsFilm: true, checksCaches: false)
        world.run(until: .seconds(seconds))
        let folder = FileManager.default.temporaryDirectory.appending(path: "bellows-bench-\(getpid())").path
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard let reel = world.film.first, let bytes = try? record(reel, in: folder) else { return [] }
        let params = ["nodes": "\(nodes)", "seconds": "\(seconds)"]
        let perHour = Double(bytes) * 3_600 / Double(seconds) / 1_048_576
        return [
            Figure(
                name: "film-bytes-per-event", params: params, values: [Double(bytes) / Double(world.eventCount)],
                unit: "B/event"),
            Figure(name: "film-per-hour", params: params, values: [perHour], unit: "MB/h"),
        ]
    }

    /// Records a core's life as it was lived, snapshots included; answers the bytes on disk.
    private static func record(_ reel: World.Reel, in folder: String) throws -> Int {
        var core = ControlCore(state: reel.start)
        let start = reel.inputs.first?.time ?? reel.start.now
        var lead = CoreStart()
        (lead.cluster, lead.epoch, lead.version) = ("bench", 1, "bench")
        let recorder = try SessionRecorder(
            folder: folder, name: "bench", state: reel.start, start: lead, at: start)
        for entry in reel.inputs {
            let events = core.handle(entry.input, at: entry.time).events
            recorder.record(time: entry.time, inputs: [entry.input.bytes()], events: events, state: core.state)
        }
        recorder.end()
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try files.reduce(0) { sum, file in
            let size = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(file)")[.size] as? Int
            return sum + (size ?? 0)
        }
    }
}
