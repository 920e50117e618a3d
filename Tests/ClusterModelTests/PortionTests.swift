import ClusterModel
import Testing

/// Identities of resources, and amounts kept by identity.
@Suite struct PortionTests {
    private func ports(_ bounds: [UInt64]) -> Extras {
        var extras = Extras()
        extras.set(Extras.Ranges(name: "ports", bounds: bounds))
        return extras
    }

    @Test func aReservationIsForItsRoleAndThoseBelow() {
        let identity = ResourceIdentity(reservedFor: "a/b")
        #expect(identity.isAllocatable(to: "a/b"))
        #expect(identity.isAllocatable(to: "a/b/c"))
        #expect(!identity.isAllocatable(to: "a"))
        #expect(!identity.isAllocatable(to: "a/bc"))
        #expect(ResourceIdentity().isAllocatable(to: "x"))
        var refined = identity
        refined.reservations.append(.init(.dynamic, role: "a/b/c"))
        #expect(refined.role == "a/b/c")
        #expect(!refined.isAllocatable(to: "a/b"))
    }

    @Test func identitiesAreInternedOnce() throws {
        var table = IdentityTable()
        let plain = table.intern(ResourceIdentity())
        #expect(plain == .plain)
        let (first, second) = (
            table.intern(ResourceIdentity(reservedFor: "a")), table.intern(ResourceIdentity(reservedFor: "a", .dynamic))
        )
        let (one, two) = (try #require(first), try #require(second))
        #expect(one != two)
        let again = table.intern(ResourceIdentity(reservedFor: "a"))
        #expect(again == one)
        #expect(table.find(ResourceIdentity(reservedFor: "a", .dynamic)) == two)
        #expect(table[two].reservations.first?.kind == .dynamic)
        #expect(table[IdentityID(raw: 99)].isPlain)
    }

    @Test func onlyWholeThingsAreIndivisible() {
        var identity = ResourceIdentity()
        #expect(!identity.isIndivisible)
        identity.disk = .path
        #expect(!identity.isIndivisible)
        identity.disk = .mount
        #expect(identity.isIndivisible)
        identity.disk = .root
        identity.volume = .init(id: "v", containerPath: "data")
        #expect(identity.isIndivisible)
    }

    @Test func addingAndTakingAway() {
        let (a, b) = (IdentityID(raw: 1), IdentityID(raw: 2))
        let one = Portions([
            Portion(b, ResourceVector(cpus: 1_000)), Portion(a, ResourceVector(cpus: 500), ports([1, 9])),
        ])
        #expect(one.all.map(\.identity) == [a, b])
        var sum = one + Portions([Portion(a, ResourceVector(cpus: 500), ports([10, 12]))])
        #expect(sum[a]?.amount.cpus == 1_000)
        #expect(sum[a]?.extras == ports([1, 12]))
        #expect(sum.contains(one))
        #expect(!one.contains(sum))
        #expect(sum.quantities.cpus == 2_000)
        sum -= one
        #expect(sum == Portions([Portion(a, ResourceVector(cpus: 500), ports([10, 12]))]))
        sum -= one
        #expect(sum.all.map(\.extras) == [ports([10, 12])])
        #expect(Portions([Portion(a, .zero)]).isEmpty)
    }

    @Test func aSharedVolumeHasCopiesAndCountsOnce() {
        let shared = IdentityID(raw: 3)
        let one = Portions([Portion(shared, ResourceVector(cpus: 0, disk: 64), copies: 1)])
        var two = one + one
        #expect(two[shared]?.copies == 2)
        #expect(two.quantities.disk == 64)
        #expect(two.contains(one) && !one.contains(two))
        two -= one
        #expect(two == one)
        two -= one
        #expect(two.isEmpty)
    }

    @Test func bytesAndBack() throws {
        var identity = ResourceIdentity(reservedFor: "a")
        identity.reservations.append(
            .init(.dynamic, role: "a/b", principal: "ops", labels: [.init("k", "v"), .init("alone")]))
        identity.disk = .path
        identity.diskRoot = "/d"
        identity.volume = .init(id: "v1", containerPath: "data", principal: "ops", isReadOnly: true)
        identity.isShared = true
        identity.isRevocable = true
        #expect(ResourceIdentity(wireBytes: identity.wireBytes()[...]) == identity)
        let portions = Portions([
            Portion(IdentityID(raw: 2), ResourceVector(cpus: 1, disk: 5), ports([3, 4]), copies: 2),
            Portion(IdentityID(raw: 7), ResourceVector(cpus: 9)),
        ])
        #expect(Portions(wireBytes: portions.wireBytes()[...]) == portions)
        for length in 0..<portions.wireBytes().count {
            _ = Portions(wireBytes: portions.wireBytes()[..<length])
        }
    }

    @Test func bytesInAnyOrderMakeAProperValue() throws {
        var writer = WireWriter()
        var loose = [
            Portion(IdentityID(raw: 5), ResourceVector(cpus: 1)), Portion(IdentityID(raw: 1), ResourceVector(cpus: 2)),
            Portion(IdentityID(raw: 5), ResourceVector(cpus: 3)), Portion(IdentityID(raw: 4), .zero),
        ]
        writer.list(&loose)
        let read = try #require(Portions(wireBytes: writer.output.bytes[...]))
        #expect(read.all.map(\.identity.raw) == [1, 5])
        #expect(read[IdentityID(raw: 5)]?.amount.cpus == 4)
    }

    @Test func tooManyPortionsAreNotRead() {
        func list(_ count: Int) -> [UInt8] {
            var writer = WireWriter()
            var portions = (1...count).map { Portion(IdentityID($0), ResourceVector(cpus: 1)) }
            writer.list(&portions)
            return writer.output.bytes
        }
        #expect(Portions(wireBytes: list(Portions.limit)[...])?.all.count == Portions.limit)
        #expect(Portions(wireBytes: list(Portions.limit + 1)[...]) == nil)
    }
}
