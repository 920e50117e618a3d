import CSys
import ClusterModel
import Glibc
import Testing

@testable import Providers

/// Seeded rounds of growing and shrinking in which Terraform is killed, and the core with it: no machine is lost, none
/// is made twice, none is left over. BELLOWS_ROUNDS sets how many, BELLOWS_SEED where they begin.
@Suite(.serialized, .enabled(if: ScriptWorld.isThere, "terraform is not installed here: these tests are skipped"))
struct TerraformRoundsTests {
    static let rounds = getenv("BELLOWS_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 50
    static let seed = getenv("BELLOWS_SEED").flatMap { UInt64(String(cString: $0)) } ?? 1

    struct Chance {
        var state: UInt64
        mutating func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
    }

    @Test func nothingIsLostOrLeftOver() throws {
        let world = try ScriptWorld()
        defer { world.remove() }
        world.slow(before: "0.03", after: "0.03")
        var reports = Reports()
        var provider = world.provider(reports)
        var (wanted, ending): (Set<UInt32>, Set<UInt32>) = ([], [])
        var last: UInt32 = 0
        var kills = 0
        for round in 0..<Self.rounds {
            var chance = Chance(state: Self.seed &* 1_000 &+ UInt64(round))
            _ = chance.next(2)
            for _ in 0..<chance.next(3) + (wanted.isEmpty ? 1 : 0) {
                last += 1
                wanted.insert(last)
                provider.create(world.order(last))
            }
            for number in wanted.sorted() where chance.next(3) == 0 {
                wanted.remove(number)
                ending.insert(number)
                provider.destroy(world.order(number), endsTasks: false)
            }
            var wasKilled = false
            if chance.next(3) > 0 {
                cs_sleep_ns((30 + chance.next(400)) * 1_000_000)
                if let pid = provider.folder(world.settings)?.command.pid, pid > 0 {
                    kill(pid, SIGKILL)
                    kills += 1
                    wasKilled = true
                }
            }
            if chance.next(4) == 0 {
                // The core dies too: the next one asks for everything again, in the state store's words.
                provider.close()
                reports = Reports()
                provider = world.provider(reports)
                for number in wanted.sorted() { provider.create(world.order(number)) }
                for number in ending.sorted() { provider.destroy(world.order(number), endsTasks: false) }
            }
            // A machine that was half made when Terraform was killed may be ended and told as gone: another is asked for.
            let mayGo = wasKilled
            let settled = reports.wait { reports in
                wanted.allSatisfy {
                    let state = reports.last($0)?.state
                    return state == .booting || mayGo && state == .gone
                } && ending.allSatisfy { reports.last($0)?.state == .gone }
            }
            wanted = wanted.filter { reports.last($0)?.state != .gone }
            #expect(settled, "seed \(Self.seed) round \(round): \(reports.all.suffix(20))")
            // A hook that outlived its Terraform may still have made a machine: that is an orphan, found and ended.
            try clear(world, provider, reports, wanted, round)
            ending = []
            if !settled { break }
        }
        print("seed \(Self.seed): \(Self.rounds) rounds, \(last) machines, \(kills) kills")
        for number in wanted { provider.destroy(world.order(number), endsTasks: false) }
        #expect(reports.wait { reports in wanted.allSatisfy { reports.last($0)?.state == .gone } })
        #expect(world.cloud.isEmpty)
        provider.close()
    }

    private func clear(
        _ world: ScriptWorld, _ provider: TerraformProvider, _ reports: Reports, _ wanted: Set<UInt32>, _ round: Int
    ) throws {
        let names = wanted.map { "burst-\($0)" }.sorted()
        for _ in 0..<4 where world.cloud != names {
            let before = reports.found.count
            provider.use([world.pool])
            #expect(reports.wait { $0.found.count > before })
            let strangers = reports.found.last?.machines.filter { !names.contains($0.name) } ?? []
            for machine in strangers { provider.endStray(machine, of: world.pool) }
            _ = reports.wait { _ in world.cloud == names || strangers.isEmpty }
            cs_sleep_ns(100_000_000)
        }
        #expect(world.cloud == names, "seed \(Self.seed) round \(round)")
    }
}
