/// Amounts of the scalar resources in fixed units: cpus and gpus in thousandths, mem and disk in bytes, and four lanes
/// for scalars that a cluster file names. Integer arithmetic only; a comparison is branchless over all lanes.
@frozen public struct ResourceVector: Hashable, Sendable {
    /// One lane a scalar, in the order of `ScalarName`.
    public var lanes: SIMD8<Int64>

    /// The given lanes.
    @inlinable public init(lanes: SIMD8<Int64>) { self.lanes = lanes }
    /// Amounts by name; cpus and gpus in thousandths, mem and disk in bytes.
    @inlinable public init(cpus: Int64, mem: Int64 = 0, disk: Int64 = 0, gpus: Int64 = 0) {
        lanes = SIMD8(cpus, mem, disk, gpus, 0, 0, 0, 0)
    }

    /// Nothing of anything.
    public static let zero = ResourceVector(lanes: .zero)
    /// Lanes for named scalars start here.
    public static let firstCustomLane = 4
    /// Number of lanes for scalars that a cluster file names.
    public static let customLaneLimit = 4

    /// Thousandths of a cpu.
    @inlinable public var cpus: Int64 {
        get { lanes[0] }
        set { lanes[0] = newValue }
    }
    /// Memory in bytes.
    @inlinable public var mem: Int64 {
        get { lanes[1] }
        set { lanes[1] = newValue }
    }
    /// Disk in bytes.
    @inlinable public var disk: Int64 {
        get { lanes[2] }
        set { lanes[2] = newValue }
    }
    /// Thousandths of a gpu.
    @inlinable public var gpus: Int64 {
        get { lanes[3] }
        set { lanes[3] = newValue }
    }

    /// Sum, lane by lane.
    @inlinable public static func + (a: Self, b: Self) -> Self { Self(lanes: a.lanes &+ b.lanes) }
    /// Difference, lane by lane; may go below zero.
    @inlinable public static func - (a: Self, b: Self) -> Self { Self(lanes: a.lanes &- b.lanes) }
    /// Adds `b`.
    @inlinable public static func += (a: inout Self, b: Self) { a.lanes &+= b.lanes }
    /// Takes `b` away.
    @inlinable public static func -= (a: inout Self, b: Self) { a.lanes &-= b.lanes }
    /// `n` times as much.
    @inlinable public static func * (a: Self, n: Int64) -> Self { Self(lanes: a.lanes &* n) }

    /// Whether every amount is at most that of `other`. Branchless: the sign bits of the differences are joined.
    @inlinable public func fits(in other: Self) -> Bool {
        let rest = other.lanes &- lanes
        let half = rest.lowHalf | rest.highHalf
        let quarter = half.lowHalf | half.highHalf
        return (quarter[0] | quarter[1]) >= 0
    }
    /// Whether no amount is below zero.
    @inlinable public var isNonNegative: Bool { ResourceVector.zero.fits(in: self) }
    /// Whether all amounts are zero.
    @inlinable public var isZero: Bool { lanes == .zero }
    /// The smaller amount of each lane.
    @inlinable public func minimum(_ other: Self) -> Self { Self(lanes: pointwiseMin(lanes, other.lanes)) }
    /// Each lane at least zero.
    @inlinable public var clamped: Self { Self(lanes: pointwiseMax(lanes, .zero)) }
    /// How many times `need` goes into this, at most `limit`; `limit` when `need` is zero.
    public func count(of need: Self, limit: Int) -> Int {
        var best = limit
        for lane in 0..<8 where need.lanes[lane] > 0 {
            best = min(best, Int(max(0, lanes[lane]) / need.lanes[lane]))
        }
        return best
    }
}

extension ResourceVector: Wired {
    /// Nothing of anything.
    public init() { lanes = .zero }
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        var mask: UInt8 = 0
        for lane in 0..<8 where lanes[lane] != 0 { mask |= 1 << UInt8(lane) }
        coder.uint(&mask)
        for lane in 0..<8 where mask & (1 << UInt8(lane)) != 0 { coder.int(&lanes[lane]) }
    }
}
