import ClusterModel
import Testing

@testable import Autoscaler

/// Pools are brought to their minimum or to what the operator wants, never over their maximum.
@Suite struct AutoscalerTests {
    private func world(minimum: UInt32, maximum: UInt32) -> World {
        var configuration = ClusterConfiguration()
        var pool = PoolSpec()
        pool.name = "burst"
        pool.minimum = minimum
        pool.maximum = maximum
        configuration.pools = [pool]
        var world = World()
        world.configure(configuration)
        return world
    }

    @Test func minimumIsMissing() {
        let missing = Autoscaler.poolMinimums(world(minimum: 3, maximum: 5).state)
        #expect(missing.map(\.missing) == [3])
        #expect(missing.map(\.pool) == [PoolID(0)])
        #expect(Autoscaler.poolMinimums(world(minimum: 0, maximum: 5).state).isEmpty)
    }

    @Test func wantedUpToTheMaximum() {
        var world = world(minimum: 1, maximum: 4)
        var change = PoolChanged()
        change.pool = PoolID(0)
        change.wanted = 9
        world.tell(.poolChanged(change))
        #expect(Autoscaler.poolMinimums(world.state).map(\.missing) == [4])
        world.tell(.instanceWished(InstanceWished(instance: InstanceID(raw: 1), name: "b1", pool: PoolID(0))))
        #expect(Autoscaler.poolMinimums(world.state).map(\.missing) == [3])
    }

    @Test func poolThatLeftTheFileLacksNothing() {
        var world = world(minimum: 2, maximum: 4)
        world.configure(ClusterConfiguration())
        #expect(Autoscaler.poolMinimums(world.state).isEmpty)
    }
}
