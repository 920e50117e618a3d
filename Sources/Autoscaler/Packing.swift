import ClusterModel

/// A machine that is not there yet, and what is still free on it.
struct Hypothetical {
    let candidate: Int
    var room: ResourceVector
    var extras: Extras
    /// Gangs that have a member on it; a second member of the same gang needs another machine.
    var gang = -1

    init(_ at: Int, _ type: MachineType) {
        candidate = at
        room = type.resources
        extras = type.extras
    }

    /// Takes as many pieces as go, at most `limit`.
    mutating func take(_ demand: Demand, limit: Int) -> Int {
        var count = 0
        if demand.ports == 0 && demand.words.isEmpty {
            count = min(limit, Self.most(demand.need, in: room))
            if count > 0 { room -= demand.need * Int64(count) }
            return count
        }
        while count < limit, demand.need.fits(in: room), let taken = demand.take(from: extras) {
            room -= demand.need
            extras = extras - taken
            count += 1
        }
        return count
    }

    /// How often `need` goes into `room`.
    static func most(_ need: ResourceVector, in room: ResourceVector) -> Int {
        var count = Int.max
        for lane in 0..<8 where need.lanes[lane] > 0 {
            count = min(count, Int(max(0, room.lanes[lane]) / need.lanes[lane]))
        }
        return count == .max ? 1 : count
    }
}

/// What one machine of a type would do for what is left of the queue.
struct Pattern {
    /// Pieces by group: place of the group and how many.
    var pieces: [(group: Int, count: Int)] = []
    /// The longest run time among them.
    var runTime = Interval.zero
    /// How much work that is, in millionths of a whole largest machine.
    var weight: Int64 = 0

    /// How many equal machines would be filled in the same way.
    func repeats(_ queue: QueueDemand) -> Int {
        max(1, pieces.map { queue.groups[$0.group].unmet / max(1, $0.count) }.min() ?? 1)
    }
}

/// The measure by which work of different shapes is compared: shares of the largest machine there is to buy.
struct Yardstick {
    private let largest: ResourceVector

    init(_ candidates: [Candidate]) {
        largest = candidates.reduce(.zero) { ResourceVector(lanes: pointwiseMax($0.lanes, $1.type.resources.lanes)) }
    }

    /// The sum of the shares over the kinds of resources, millionths.
    func weight(of need: ResourceVector) -> Int64 {
        var sum: Int128 = 0
        for lane in 0..<8 where largest.lanes[lane] > 0 && need.lanes[lane] > 0 {
            sum += Int128(need.lanes[lane]) * 1_000_000 / Int128(largest.lanes[lane])
        }
        return Int64(clamping: max(1, sum))
    }

    /// What the work of one whole largest machine costs on machines of a candidate when each does `weight` of it:
    /// price over boot and run as billed, by the share of the work. Less is better.
    func score(_ candidate: Candidate, _ pattern: Pattern) -> Int64 {
        let span = candidate.spec.scaling.billing.billed(candidate.spec.scaling.bootTime + pattern.runTime)
        let cost = BillingRule.cost(ratePerHour: candidate.price, for: span)
        // By the hour of work, so that short and long tasks compare.
        let hours = max(1, pattern.runTime.milliseconds)
        return Int64(clamping: Int128(cost) * 1_000_000 * 3_600_000 / (Int128(max(1, pattern.weight)) * Int128(hours)))
    }
}
