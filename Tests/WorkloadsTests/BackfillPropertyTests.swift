import ClusterModel
import Testing

@testable import Workloads

/// A queue played to its end with exact run times, many times over: what was promised is kept, gangs start whole,
/// the books balance, and the memory never sways an answer.
@Suite struct BackfillPropertyTests {
    private struct Running {
        var task: TaskID
        var end: Instant
    }

    private func makeWorld(_ random: inout Seeded, roles: Int) -> World {
        var world = World()
        for number in 0...1 + random.below(5) {
            world.node(
                "n\(number)", cpus: Int64(2 + random.below(7)),
                attributes: [Attribute(name: "rack", text: "r\(number % 2)")])
        }
        for _ in 0..<12 + random.below(20) { submit(&world, &random, roles: roles) }
        return world
    }

    private func submit(_ world: inout World, _ random: inout Seeded, roles: Int) {
        let gang = random.below(5) == 0 ? UInt32(2 + random.below(2)) : 1
        let count = gang == 1 && random.below(4) == 0 ? UInt32(1 + random.below(6)) : 1
        let needs = Int64(1 + random.below(8))
        let limit = Int64(10 * (1 + random.below(40)))
        let requirement = random.below(5) == 0 ? "rack=r1" : ""
        world.submit("role\(random.below(roles))", cpus: needs, count: count, limit: limit) {
            $0.nodes = gang
            $0.requirement = requirement
        }
    }

    /// Plays a world to its end and calls `look` after each round, with what was placed.
    private func play(
        _ world: inout World, _ random: inout Seeded, roles: Int, seed: UInt64, look: (World, Placement) -> Void
    ) {
        var running: [Running] = []
        var late = 10
        var candidates: [NodeID]?
        for _ in 0..<2_000 {
            let demands = Batch.demands(world.state, now: world.now)
            var memory = world.memory
            #expect(
                Batch.demands(world.state, now: world.now, memory: &memory) == demands,
                "seed \(seed): memory sways demands")
            let placement = world.round(candidates: candidates)
            #expect(world.state.violation() == nil, "seed \(seed)")
            look(world, placement)
            for launch in placement.launches { running.append(Running(task: launch.task, end: launch.deadline)) }
            guard let next = running.map(\.end).min() else { break }
            world.now = next
            candidates = []
            for one in running where one.end == next { candidates?.append(world.end(one.task)) }
            running.removeAll { $0.end == next }
            if late > 0, random.below(3) == 0 {
                late -= 1
                submit(&world, &random, roles: roles)
                candidates = nil
            }
        }
        let stuck = world.state.index.pending.flatMap { $0 }
        for job in stuck {
            let answer = Batch.explain(job, in: world.state, now: world.now)
            #expect(
                answer.reason.code == .noNodeMatches || world.state.jobs[job.index].gang > 1,
                "seed \(seed): \(job.raw) was left: \(answer.headline)")
        }
    }

    @Test(arguments: 0..<150 as Range<UInt64>) func theHeadIsNeverDelayed(seed: UInt64) {
        var random = Seeded(seed)
        var world = makeWorld(&random, roles: 1)
        var promised: [JobID: Instant] = [:]
        play(&world, &random, roles: 1, seed: seed) { world, placement in
            for launch in placement.launches {
                guard let promise = promised.removeValue(forKey: launch.task.job) else { continue }
                #expect(world.now <= promise, "seed \(seed): job \(launch.task.job.raw) was delayed")
            }
            for expected in placement.expectations where !expected.at.isNever && promised[expected.job] == nil {
                promised[expected.job] = expected.at
            }
            for (job, promise) in promised {
                #expect(world.now <= promise, "seed \(seed): job \(job.raw) did not start when it was promised")
            }
        }
    }

    @Test(arguments: 1_000..<1_080 as Range<UInt64>) func severalRolesEndWell(seed: UInt64) {
        var random = Seeded(seed)
        var world = makeWorld(&random, roles: 3)
        play(&world, &random, roles: 3, seed: seed) { world, placement in
            for (job, launches) in Dictionary(grouping: placement.launches, by: \.task.job) {
                let gang = Int(world.state.jobs[job.index].gang)
                guard gang > 1 else { continue }
                #expect(launches.count == gang, "seed \(seed): part of a gang")
                #expect(Set(launches.map(\.node)).count == gang, "seed \(seed): a gang shares a node")
            }
        }
    }

    @Test(arguments: 2_000..<2_040 as Range<UInt64>) func memoryNeverSwaysAPlacement(seed: UInt64) {
        var (one, other) = (Seeded(seed), Seeded(seed))
        var (first, second) = (makeWorld(&one, roles: 2), makeWorld(&other, roles: 2))
        var log: [[TaskLaunched]] = []
        var tell: [[JobExpected]] = []
        play(&first, &one, roles: 2, seed: seed) { _, placement in
            log.append(placement.launches)
            tell.append(placement.expectations)
        }
        // The same again, with everything forgotten before each round.
        var at = 0
        second.forgets = true
        play(&second, &other, roles: 2, seed: seed) { _, placement in
            #expect(at < log.count && log[at] == placement.launches, "seed \(seed): round \(at)")
            #expect(at < tell.count && tell[at] == placement.expectations, "seed \(seed): round \(at)")
            at += 1
        }
    }
}
