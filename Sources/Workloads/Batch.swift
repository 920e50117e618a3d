import ClusterModel

/// The built-in batch framework: priorities within a role, arrays, gangs, backfill behind a reservation for the head
/// of each queue. Pure functions over the state. `BatchMemory` saves work between calls and never sways an answer.
public enum Batch {
    /// Most runs of equal jobs at the front of a role's queue that are told in their exact order; jobs behind them are
    /// told shape by shape.
    public static let exactRuns = 64
    /// Most demands of one role.
    public static let demandLimit = 256
    /// Most jobs of one role that one call looks at.
    public static let scanLimit = 10_000
    /// Most gangs of one role that one call looks for room for.
    public static let gangLimit = 8
    /// A promised start that moves by less than this is not told again.
    public static let expectationGrain = Interval.seconds(1)

    /// What the queue would take now, in its order, equal shapes together.
    public static func demands(_ state: ClusterState, now: Instant) -> [Demand] {
        var memory = BatchMemory()
        return demands(state, now: now, memory: &memory)
    }

    /// What the queue would take now, in its order, equal shapes together. A demand avoids nodes where it would delay
    /// what is promised to the head of a queue; a gang is told only when it has room now, with the nodes that have it.
    /// O(jobs of `part`) once the memory is warm.
    public static func demands(
        _ state: ClusterState, of part: QueuePart = .all, now: Instant, memory: inout BatchMemory
    ) -> [Demand] {
        guard state.index.pending.contains(where: { !$0.isEmpty }) else { return [] }
        memory.refresh(state)
        let chosen = memory.choose(part, in: state, now: now)
        guard !chosen.isEmpty else { return [] }
        let reserved = memory.reservations(in: state, now: now)
        var result: [Demand] = []
        for (role, jobs) in chosen {
            var telling = Telling(role: role, now: now, reserved: reserved)
            telling.tell(jobs, state, memory, into: &result)
        }
        return result
    }

    /// What to launch on these open offers, without a memory.
    public static func place(offers: [OfferID], in state: ClusterState, now: Instant) -> Placement {
        var memory = BatchMemory()
        return place(offers: offers, in: state, now: now, memory: &memory)
    }

    /// What to launch on these open offers, and what that makes of the promises. What of the offers is not used is to
    /// be given back. Offers of other frameworks and closed ones are passed over.
    public static func place(
        offers: [OfferID], in state: ClusterState, now: Instant, memory: inout BatchMemory
    ) -> Placement {
        guard !offers.isEmpty else { return Placement() }
        memory.refresh(state)
        var placing = Placing(state, offers: offers, now: now, memory: &memory)
        for role in placing.roles { placing.walk(role, &memory) }
        placing.tellExpectations()
        return placing.placement
    }

    /// Whether tasks of a job in a queue may start now: it is the batch framework's and not waiting for another try.
    static func isEligible(_ job: JobID, in state: ClusterState, now: Instant) -> Bool {
        state.jobs[job.index].framework == .batch && state.jobs[job.index].notBefore <= now
    }
}

/// Tells one role's queue as demands.
struct Telling {
    let role: RoleID
    let now: Instant
    let reserved: [Reservation]
    /// Where each shape's demand stands in the result, once the exact part of the queue is over.
    private var demandOfShape: [Int32] = []
    private var avoidOfShape: [Int: [NodeID]] = [:]
    private var gangs = 0

    init(role: RoleID, now: Instant, reserved: [Reservation]) {
        self.role = role
        self.now = now
        self.reserved = reserved
    }

    mutating func tell(
        _ jobs: [QueuePart.Chosen], _ state: ClusterState, _ memory: BatchMemory, into result: inout [Demand]
    ) {
        let start = result.count
        var lastShape = -1
        for (job, shape) in jobs {
            while demandOfShape.count <= shape { demandOfShape.append(-1) }
            let queued = Int(state.jobs[job.index].queued)
            if state.jobs[job.index].gang > 1 {
                if let demand = gang(job, shape, state, memory) { result.append(demand) }
                lastShape = -1
            } else if demandOfShape[shape] >= 0, shape == lastShape || result.count - start >= Batch.exactRuns {
                result[Int(demandOfShape[shape])].count += queued
            } else if result.count - start < Batch.demandLimit {
                // What the head may take others may not: it is told by itself.
                let isHead = reserved.contains { $0.job == job }
                if !isHead { demandOfShape[shape] = Int32(result.count) }
                result.append(piece(shape, count: queued, head: isHead ? job : nil, memory))
                lastShape = isHead ? -1 : shape
            }
        }
    }

    private mutating func piece(_ shape: Int, count: Int, head: JobID?, _ memory: BatchMemory) -> Demand {
        var demand = memory.shapes[shape].demand
        demand.role = role
        demand.count = count
        guard !reserved.isEmpty else { return demand }
        if head == nil, let known = avoidOfShape[shape] {
            demand.avoid = known
        } else {
            demand.avoid = avoided(by: memory.shapes[shape], head: head)
            if head == nil { avoidOfShape[shape] = demand.avoid }
        }
        return demand
    }

    /// Nodes on which a piece would delay a head other than `head`, ascending.
    private func avoided(by known: KnownShape, head: JobID?) -> [NodeID] {
        let end = known.end(startedAt: now)
        var nodes: [NodeID] = []
        for one in reserved where one.job != head {
            for node in one.nodes where !one.allows(known.shape.need, until: end, on: node) { nodes.append(node) }
        }
        return nodes.sorted()
    }

    /// A gang that has room now, with the nodes that have it and some in reserve.
    private mutating func gang(
        _ job: JobID, _ shape: Int, _ state: ClusterState, _ memory: BatchMemory
    ) -> Demand? {
        let size = Int(state.jobs[job.index].gang)
        guard gangs < Batch.gangLimit, Int(state.jobs[job.index].queued) == size else { return nil }
        gangs += 1
        let known = memory.shapes[shape]
        let need = known.shape.need
        let avoid = avoided(by: known, head: job)
        var nodes: [NodeID] = []
        var from = 0
        while nodes.count < 2 * size + 64, let node = state.index.roomy.first(from: from) {
            from = node.index + 1
            guard need.fits(in: state.nodes[node.index].free), !avoid.contains(node),
                known.demand.mismatch(with: node, in: state) == nil,
                known.demand.fits(in: state.nodeDetails[node.index].freeExtras)
            else { continue }
            nodes.append(node)
        }
        guard nodes.count >= size else { return nil }
        var demand = known.demand
        demand.role = role
        demand.count = size
        demand.only = nodes
        return demand
    }
}
