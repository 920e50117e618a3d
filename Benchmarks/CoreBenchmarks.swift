import ClusterModel
import ControlCore
import Simulation

/// The core alone: events per second in the simulation, and what a snapshot costs.
enum CoreBenchmarks {
    /// Events per second on `nodes` nodes under load: of the core alone, which is given again what it was given in a
    /// simulated session, and of that session with the whole simulated world around the core.
    static func events(nodes: UInt32, seconds: Int64) -> [Figure] {
        var (alone, whole) = ([Double](), [Double]())
        for seed in UInt64(1)...5 {
            var scenario = Scenario()
            scenario.seed = seed
            scenario.configuration = Scenario.cluster(nodes: nodes)
            scenario.duration = .seconds(seconds)
            scenario.actEvery = .milliseconds(max(1, 40_000 / Int64(nodes)))
            scenario.runTime = .seconds(20)
            var world = World(scenario, keepsFilm: false, checksCaches: false)
            let took = microseconds { world.run(until: .seconds(seconds)) }
            whole.append(Double(world.eventCount) / took * 1e6)
            alone.append(rateOfCore(scenario, seconds))
        }
        let params = ["nodes": "\(nodes)", "seconds": "\(seconds)"]
        return [
            Figure(name: "core-events", params: params, values: alone, unit: "events/s"),
            Figure(name: "world-events", params: params, values: whole, unit: "events/s"),
        ]
    }

    private static func rateOfCore(_ scenario: Scenario, _ seconds: Int64) -> Double {
        var world = World(scenario, keepsFilm: true, checksCaches: false)
        world.run(until: .seconds(seconds))
        var (events, took) = (0, 0.0)
        for reel in world.film {
            var core = ControlCore(state: reel.start)
            took += microseconds {
                for entry in reel.inputs { events += core.handle(entry.input, at: entry.time).events.count }
            }
        }
        return Double(events) / took * 1e6
    }

    /// Cost of taking a snapshot (a copy of the state), of the first change after it, and of encoding all of it.
    static func snapshot(nodes: UInt32, tasks: UInt32) -> [Figure] {
        var core = ControlCore(state: filled(nodes: nodes, tasks: tasks))
        var (copying, changing) = ([Double](), [Double]())
        var kept: [ClusterState] = []
        for round in 0..<200 {
            copying.append(microseconds { kept.append(core.state) })
            var sample = NodeSample()
            sample.node = "rack-\(round % Int(nodes) + 1)"
            sample.cpuUsed = Int64(round)
            let input = Input.sample(sample)
            let now = core.state.now + .milliseconds(1)
            changing.append(microseconds { _ = core.handle(input, at: now) })
            if kept.count > 2 { kept.removeFirst() }
        }
        var encoding: [Double] = []
        var size = 0
        for _ in 0..<3 {
            encoding.append(
                microseconds { size = core.state.snapshot().chunks.reduce(0) { $0 + $1.bytes.count } } / 1_000)
        }
        let params = ["nodes": "\(nodes)", "tasks": "\(tasks)"]
        return [
            Figure(name: "snapshot-take", params: params, values: copying, unit: "us"),
            Figure(name: "snapshot-first-change", params: params, values: changing, unit: "us"),
            Figure(name: "snapshot-encode", params: params, values: encoding, unit: "ms"),
            Figure(name: "snapshot-size", params: params, values: [Double(size) / 1_048_576], unit: "MB"),
        ]
    }

    /// A state with so many nodes that never registered, and a queue of so many tasks.
    private static func filled(nodes: UInt32, tasks: UInt32) -> ClusterState {
        var core = ControlCore()
        var start = CoreStart()
        start.cluster = "bench"
        start.epoch = 1
        start.configuration = Scenario.cluster(nodes: nodes)
        let begin = Instant(microseconds: 1_750_000_000_000_000)
        _ = core.handle(.start(start), at: begin)
        var spec = JobSpec()
        spec.argv = ["true"]
        spec.count = min(tasks, JobSpec.countLimit)
        let request = ActionRequest(request: 1, user: "bench", action: .submit(SubmitJobs(spec)))
        _ = core.handle(.action(request), at: begin + .seconds(1))
        return core.state
    }
}
