import ClusterModel
import ControlCore
import Simulation
import Testing

/// Every scenario over a fixed number of seeds, with all invariants on. A failure names scenario and seed; a seed alone
/// is run again by BELLOWS_SEED.
@Suite struct ScenarioTests {
    static let seeds: [UInt64] = Seeds.chosen(count: 4)

    @Test(arguments: seeds) func everyScenarioKeepsItsPromises(seed: UInt64) {
        for scenario in Scenario.all(seed: seed) {
            var world = World(scenario)
            world.run()
            #expect(world.breach == nil, "scenario \(scenario.name), BELLOWS_SEED=\(seed)")
            #expect(world.eventCount > 100, "scenario \(scenario.name) did nothing, BELLOWS_SEED=\(seed)")
            for reel in world.film {
                let difference = Redecide.difference(in: reel)
                #expect(difference == nil, "scenario \(scenario.name), BELLOWS_SEED=\(seed)")
            }
        }
    }

    @Test(arguments: Seeds.chosen(count: 2)) func snapshotsAndFactsBringTheStateBack(seed: UInt64) throws {
        for scenario in Scenario.all(seed: seed) {
            var world = World(scenario, keepsFilm: false, checksCaches: false)
            world.run()
            let state = try #require(world.core?.state)
            let full = state.snapshot()
            let copy = try #require(ClusterState(chunks: full.chunks))
            #expect(copy.snapshot().chunks == full.chunks, "scenario \(scenario.name), BELLOWS_SEED=\(seed)")
            #expect(copy.violation() == nil)
        }
    }
}
