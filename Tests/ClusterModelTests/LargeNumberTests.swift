import ClusterModel
import Testing

/// Numbers in texts and amounts that come from outside may be as large as their types allow: they are counted or refused,
/// and never end the program.
@Suite struct LargeNumberTests {
    @Test func rangesOfAllNumbersAreCounted() throws {
        let all = Extras.Ranges(name: "ports", bounds: [0, .max])
        #expect(all.count == .max)
        #expect(Extras.Ranges(name: "ports", bounds: [0, 5, 10, .max]).count == UInt64.max - 3)
        #expect(Extras.Ranges(name: "ports", bounds: [.max - 1, .max]).count == 2)
        var extras = Extras()
        extras.set(all)
        let lowest = try #require(extras.lowest(.max, of: "ports"))
        #expect(lowest.ranges.first?.bounds == [0, UInt64.max - 1])
        #expect((extras - lowest).ranges.first?.bounds == [.max, .max])
    }

    @Test func idsWithLargeNumbersAreUnknown() {
        let state = ClusterState()
        for number in ["0", "4294967294", "4294967295", "4294967296", "18446744073709551615", "99999999999999999999"] {
            #expect(state.framework(withID: "\(state.cluster)-\(number)") == nil)
            #expect(state.node(withAgentID: "\(state.cluster)-S\(number)") == nil)
        }
    }

    @Test func moreThanCanBeCountedIsNoHolding() {
        let state = ClusterState()
        let part = ResourceItem(ResourceIdentity(), ResourceVector(cpus: 1 << 56, mem: 0, disk: 0))
        #expect(state.holding([part])?.plain.cpus == 1 << 56)
        #expect(state.holding(Array(repeating: part, count: 127))?.plain.cpus == 127 << 56)
        #expect(state.holding(Array(repeating: part, count: 128)) == nil)
        #expect(state.holding(Array(repeating: part, count: 300)) == nil)
    }
}
