import ClusterModel
import Testing

@testable import Allocator

/// Shares, which are made by estimate and correction, are those of whole numbers.
@Suite struct ShareTests {
    @Test func estimatesArePutRight() {
        var generator = SystemRandomNumberGenerator()
        let seed = generator.next()
        var random = MixedNumbers(state: seed)
        for _ in 0..<50_000 {
            let divisor = max(1, random.next() >> (random.next() & 63))
            let high = (random.next() % divisor) >> (random.next() & 63)
            let near = divisor &* (random.next() >> (random.next() & 63))
            for low in [random.next(), near, near &- 1] {
                let exact = divisor.dividingFullWidth((high, low)).quotient
                let found = RoleTree.quotient((high, low), by: divisor)
                if found != exact { Issue.record("\(high) \(low) / \(divisor) is \(exact), not \(found); seed \(seed)") }
            }
        }
    }

    /// The lane that counts is the largest in whole numbers, also where two are nearly alike.
    @Test func theLargestLaneCounts() {
        var tree = RoleTree()
        tree.setTotal(ResourceVector(cpus: 3_000_000_007, mem: 3_000_000_011, disk: 3_000_000_013))
        for step in Int64(0)..<20_000 {
            let amount = ResourceVector(cpus: step * 77, mem: step * 77 + step % 2, disk: step * 77 + step % 3)
            var exact = UInt128(0)
            for lane in 0..<3 {
                let whole = UInt128(tree.total.lanes[lane]) * 1_500
                exact = max(exact, UInt128(amount.lanes[lane]) * UInt128(1_000 << 40) / whole)
            }
            let found = tree.share(of: amount, weight: 1_500)
            if found != exact { Issue.record("\(step): \(found), not \(exact)") }
        }
    }

    private struct MixedNumbers {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 32 | state << 32) ^ state >> 13
        }
    }
}
