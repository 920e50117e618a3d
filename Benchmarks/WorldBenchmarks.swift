import Dispatch
import Foundation
import Simulation
import Synchronization

/// Many seeds of every scenario, on all processors: the long run of what the tests do with a few. A promise that is
/// broken ends it with the scenario and the seed that break it again.
enum WorldBenchmarks {
    private struct Tally {
        var next: UInt64
        var speeds: [Double] = []
        var breaches: [String] = []
    }

    /// Simulated worlds of `seeds` seeds from `first` on, re-decided each; events per second of each world.
    static func run(seeds: Int, first: Int) -> [Figure] {
        let end = UInt64(first + seeds)
        let tally = Mutex(Tally(next: UInt64(first)))
        DispatchQueue.concurrentPerform(iterations: ProcessInfo.processInfo.activeProcessorCount) { _ in
            while let seed = tally.withLock({ take(&$0, end) }) {
                for scenario in Scenario.all(seed: seed) + Scenario.scaling(seed: seed) {
                    var (world, events) = (World(scenario), 0)
                    let took = microseconds {
                        world.run()
                        events = world.eventCount
                    }
                    let again = world.film.lazy.compactMap { Redecide.difference(in: $0) }.first
                    let breach = world.breach.map { "\($0)" } ?? again.map { "decided otherwise again: \($0)" }
                    tally.withLock {
                        $0.speeds.append(Double(events) / took * 1e6)
                        if let breach { $0.breaches.append("scenario \(scenario.name), seed \(seed): \(breach)") }
                    }
                }
                if seed % 100 == 0 { FileHandle.standardError.write(Data("seed \(seed)\n".utf8)) }
            }
        }
        let result = tally.withLock { $0 }
        for breach in result.breaches { FileHandle.standardError.write(Data("\(breach)\n".utf8)) }
        if !result.breaches.isEmpty { exit(1) }
        return [
            Figure(
                name: "worlds", params: ["seeds": "\(seeds)", "first": "\(first)"], values: result.speeds,
                unit: "events/s")
        ]
    }

    private static func take(_ tally: inout Tally, _ end: UInt64) -> UInt64? {
        guard tally.next < end, tally.breaches.count < 10 else { return nil }
        defer { tally.next += 1 }
        return tally.next
    }
}
