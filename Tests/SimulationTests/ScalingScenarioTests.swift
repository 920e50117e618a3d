import ClusterModel
import ControlCore
import Simulation
import Testing

/// The autoscaler against bad providers: no machine unaccounted for, no budget passed, no flapping, and every task that
/// can be placed is placed. A few seeds here; BELLOWS_SEEDS asks for more.
@Suite struct ScalingScenarioTests {
    @Test(arguments: Seeds.chosen(count: 1)) func theAutoscalerKeepsItsPromises(seed: UInt64) {
        for scenario in Scenario.scaling(seed: seed) {
            var world = World(scenario)
            world.run()
            #expect(world.breach == nil, "scenario \(scenario.name), BELLOWS_SEED=\(seed)")
            for reel in world.film {
                let difference = Redecide.difference(in: reel)
                #expect(difference == nil, "scenario \(scenario.name), BELLOWS_SEED=\(seed)")
            }
        }
    }
}

/// Traces through the live core.
@Suite struct TraceTests {
    private static func swf(_ lines: [String]) throws -> SWF { try SWF(Array(lines.joined(separator: "\n").utf8)) }

    @Test func readsTheFormat() throws {
        let trace = try Self.swf([
            "; Version: 2.2", "; MaxProcs: 64\r", "",
            "  1 0 -1 10.5 4 -1 -1 -1 20 1024 1 3 1 1 2 -1 -1 -1\r",
            "2 5 -1 -1 4 -1 -1 -1 -1 -1 5 -1 -1 -1 -1 -1 -1 -1",
            "3 7 -1 30 -1 -1 -1 13 -1 -1 1 -1 -1 -1 -1 -1 1 10",
            "4 8 -1 30 1 -1 -1 1 -1 -1 2 -1 -1 -1 -1 -1 -1 -1 extra",
        ])
        #expect(trace.header.first?.key == "Version" && trace.header.last?.value == "64")
        #expect(trace.jobs.count == 2 && trace.dropped == 1 && trace.parts == 1 && trace.wide == 1)
        #expect(trace.unfollowed == 1)
        let first = trace.jobs[0]
        #expect(first.run == .milliseconds(10_500) && first.limit == .seconds(20) && first.processors == 4)
        #expect(first.memoryPerProcessor == 1 << 20 && first.queue == 2)
        let spec = trace.jobs[1].spec(piece: 8_000)
        #expect(spec.nodes == 2 && spec.need.cpus == 7_000 && spec.timeLimit == .seconds(30))
    }

    @Test func tellsTheLineOfWhatIsWrong() {
        #expect(throws: SWF.Fault(line: 2, message: "3 fields, a job has 18; is this a trace in SWF?")) {
            try Self.swf(["; x", "1 2 3"])
        }
        #expect(throws: SWF.Fault(line: 1, message: "`x` is no number")) {
            try Self.swf(["1 0 -1 x 4 -1 -1 -1 20 1024 1 3 1 1 2 -1 -1 -1"])
        }
    }

    private func run(_ seed: UInt64, mode: AutoscalerMode) -> (TraceRun, [UInt8]) {
        var entries: [TraceRun.Entry] = []
        for number in 0..<60 {
            var job = TraceJob()
            (job.number, job.processors, job.run) = (
                Int64(number), Int64(1 + number * 7 % 30), .minutes(Int64(5 + number % 50))
            )
            job.limit = job.run
            entries.append(.init(submit: .minutes(Int64(number)), spec: job.spec(piece: 8_000), run: job.run))
        }
        var run = TraceRun(entries, Scenario.traceCluster, mode: mode, seed: seed)
        var bytes: [UInt8] = []
        while let turn = run.next() { bytes += EventBatch.encode(turn.events) }
        return (run, bytes)
    }

    @Test func aRunIsTheSameForTheSameSeed() {
        let (one, first) = run(3, mode: .on)
        let (_, second) = run(3, mode: .on)
        #expect(first == second)
        #expect(one.tally.ended == 60 && one.state.violation() == nil)
        #expect(run(4, mode: .on).1 != first)
    }

    /// A session under its own rules comes to what it came to, to the last event.
    @Test(arguments: [AutoscalerMode.on, .off]) func aSessionPlayedAgainIsTheSame(mode: AutoscalerMode) {
        var entries: [TraceRun.Entry] = []
        for number in 0..<24 {
            var spec = JobSpec()
            (spec.argv, spec.count, spec.need.cpus) = (["x"], UInt32(1 + number % 5), 2_000)
            if number % 6 == 0 { (spec.count, spec.nodes) = (1, 3) }
            var entry = TraceRun.Entry(submit: .minutes(Int64(number)), spec: spec, run: .minutes(9))
            if spec.count > 1 { entry.runs = (0..<spec.count).map { Interval.minutes(Int64($0) * 3 + 1) } }
            if number > 3 { entry.after = [number - 3] }
            entries.append(entry)
        }
        var live = TraceRun(entries, Scenario.traceCluster, mode: mode, seed: 5)
        var state = ClusterState()
        var work = RecordedWorkload(state)
        var lived: [Event] = []
        while let turn = live.next() {
            for event in turn.events {
                work.take(event, state)
                state.apply(event)
                lived.append(event.event)
            }
        }
        work.finish(state)
        #expect(work.notes.isEmpty && work.entries.count == 24, "\(work.notes)")
        #expect(work.entries.map(\.after) == entries.map(\.after) && work.entries.map(\.submit) == entries.map(\.submit))
        #expect(work.tally.waits == live.tally.waits && work.tally.ended == 24)
        #expect(work.tally.utilisation == live.tally.utilisation && work.spent == live.state.spent(at: live.now))
        var again = TraceRun(work.entries, Scenario.traceCluster, mode: mode, seed: 6, start: work.start, boots: work.boots, until: work.end)
        var decided: [Event] = []
        while let turn = again.next() { decided += turn.events.map(\.event) }
        #expect(decided == lived)
    }

    @Test func theBurstPoolShortensWaitsAndGoesAway() {
        let (fixed, _) = run(3, mode: .off)
        let (grown, _) = run(3, mode: .on)
        #expect(TraceTally.mean(grown.tally.waits) < TraceTally.mean(fixed.tally.waits))
        #expect(grown.tally.bought > 4 && grown.tally.mostNodes > fixed.tally.mostNodes)
        #expect(grown.state.index.liveInstances.count == 4, "what was bought has gone")
        #expect(grown.state.spent(at: grown.now) > .zero)
    }
}

extension Scenario {
    /// Four fixed nodes with 8 cpus and twelve to grow by.
    static var traceCluster: ClusterConfiguration {
        var configuration = ClusterConfiguration()
        for (name, minimum, maximum, price) in [("rack", 4, 4, Int64(100_000)), ("burst", 0, 12, 300_000)] {
            var pool = PoolSpec()
            (pool.name, pool.minimum, pool.maximum) = (name, UInt32(minimum), UInt32(maximum))
            var type = MachineType()
            type.name = "\(name)-8"
            type.resources = ResourceVector(cpus: 8_000, mem: 32 << 30, disk: 0, gpus: 0)
            type.pricePerHour = price
            pool.types = [type]
            configuration.pools.append(pool)
        }
        return configuration
    }
}
