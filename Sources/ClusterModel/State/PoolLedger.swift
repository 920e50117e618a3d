/// Where a pool's money goes. The lines add up to the pool's bill at any time.
public enum CostLine: UInt8, Sendable, CaseIterable {
    /// Tasks: for each, its share of its node by what it asked for or uses, whichever is more.
    case work
    /// Nodes that take work and have none for a part of them.
    case idle
    /// Machines that are billed and are no node yet.
    case booting
    /// Nodes on their way out, less the tasks that still run there.
    case draining
    /// Nodes that are held, silent or lost.
    case overhead
    /// What minimum and rounding of the provider's bill add to the time that machines ran.
    case rounding
}

/// A pool's bill by lines.
public struct PoolLedger: Sendable, Hashable, Wired {
    /// A meter for each `CostLine`, in its order.
    public var lines = Array(repeating: Meter(), count: CostLine.allCases.count)
    /// The pool's whole bill, rate x milliseconds, when the present UTC month began.
    public var atMonthStart: Int128 = 0

    /// Nothing spent.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        for line in lines.indices { coder.value(&lines[line]) }
        Meter.wire128(&atMonthStart, &coder)
    }

    /// One line's meter.
    public subscript(line: CostLine) -> Meter {
        get { lines[Int(line.rawValue)] }
        set { lines[Int(line.rawValue)] = newValue }
    }
}

/// Money that goes somewhere at a rate: what one billed machine adds to its pool's ledger.
public struct BillSplit: Sendable, Hashable, Wired {
    /// The line of what its tasks do not pay.
    public var line = CostLine.idle
    /// That part, millionths per hour.
    public var rest: Int64 = 0
    /// What its tasks pay, millionths per hour.
    public var work: Int64 = 0

    /// Nothing is billed.
    public init() {}
    public mutating func wire<C: WireCoder>(_ coder: inout C) {
        coder.word(&line)
        coder.int(&rest)
        coder.int(&work)
    }
}
