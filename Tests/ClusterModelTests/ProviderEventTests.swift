import ClusterModel
import Testing

/// What providers tell comes back from its bytes, as event and as input.
@Suite struct ProviderEventTests {
    @Test(arguments: [UInt16(100), 101]) func kindsComeBack(kind: UInt16) throws {
        let event = try #require(Event(kind: kind, payload: []), "kind \(kind) is not decoded")
        #expect(event.kind == kind && Event(kind: kind, payload: event.payload()[...]) == event)
    }

    @Test func fieldsComeBack() {
        let observed = Event.poolObserved(
            PoolObserved(pool: PoolID(raw: 2), drift: "d", note: "n", leaseEnforced: true))
        #expect(Event(kind: 100, payload: observed.payload()[...]) == observed)
        let orphan = Event.orphanChanged(
            OrphanChanged(pool: PoolID(raw: 2), id: "i-1", name: "n-1", state: .waiting, user: "anna"))
        #expect(Event(kind: 101, payload: orphan.payload()[...]) == orphan)
        for input in [
            Input.poolSeen(PoolSeen(pool: "p", drift: "d", note: "n", leaseEnforced: true)),
            .machinesFound(MachinesFound(pool: "p", machines: [FoundMachine(id: "i", name: "n")])),
            .instanceSeen(InstanceSeen(instance: InstanceID(raw: 1), state: .gone, failed: true, cause: .capacity)),
        ] {
            #expect(Input(bytes: input.bytes()[...]) == input)
        }
    }
}
