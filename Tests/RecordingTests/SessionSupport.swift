import ClusterModel
import ControlCore
import Foundation
import Simulation

@testable import Recording

/// A simulated session that was recorded, with what the cores really were at each turn.
struct RecordedWorld {
    struct Turn {
        var time: Instant
        var events: [StampedEvent]
        /// The state after the turn.
        var state: ClusterState
    }

    var turns: [Turn] = []
    let folder: String

    /// Plays `scenario`, and records every core's life into one film.
    init(
        _ scenario: Scenario, folder: String, limits: RecordingLimits = RecordingLimits()
    ) throws {
        self.folder = folder
        var world = World(scenario, checksCaches: false)
        world.run()
        for (number, reel) in world.film.enumerated() {
            guard let first = reel.inputs.first else { continue }
            var start = CoreStart()
            (start.cluster, start.epoch, start.version) = ("world", UInt64(number + 1), "test")
            let recorder = try SessionRecorder(
                folder: folder, name: "world", state: reel.start, start: start, at: first.time, limits: limits)
            var core = ControlCore(state: reel.start)
            for (time, input, batch) in reel.inputs {
                let events = core.handle(input, at: time).events
                // The core's time, not the world's: it never runs backwards.
                let instant = events.first?.time ?? max(time, core.state.now)
                recorder.record(
                    time: instant, inputs: [input.bytes()], events: events, batch: batch,
                    isOperatorAct: false, state: core.state)
                turns.append(Turn(time: instant, events: events, state: core.state))
            }
            recorder.end()
        }
    }
}

extension Scenario {
    /// A small world that lives for two minutes.
    static func small(seed: UInt64, coreCrashEvery: Interval = .zero) -> Scenario {
        var scenario = Scenario()
        scenario.seed = seed
        scenario.configuration = Scenario.cluster(nodes: 4)
        scenario.duration = .minutes(2)
        scenario.agentCrashEvery = .seconds(40)
        scenario.coreCrashEvery = coreCrashEvery
        return scenario
    }
}

extension ClusterState {
    /// The state's bytes, for comparing.
    var fingerprint: UInt32 { checksum(TurnCoding.snapshot(snapshot().chunks)[...]) }
}
