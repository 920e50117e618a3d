import ClusterModel

/// One call of `place`: walks the queues over what was lent, head first, then whoever does not stand in its way.
struct Placing {
    let state: ClusterState
    let now: Instant
    private(set) var placement = Placement()
    /// Roles that have offers, in the order of their first offer.
    private(set) var roles: [RoleID] = []
    /// What is left of each offer.
    private var lots: [Lot] = []
    private(set) var reserved: [Reservation]
    /// Launches so far, by node: the state does not know them yet.
    private var launched: [NodeID: [Occupation]] = [:]
    /// For each shape, the first lot of the present role that may still have room for it.
    private var firstLot: [Int32] = []
    /// At least as much as is left on any lot of the present role, resource by resource.
    private var mostRoom = ResourceVector.zero
    /// Lots of the present role on which anything is left.
    private var openLots = 0

    /// What is left of an offer.
    struct Lot {
        let offer: OfferID
        let node: NodeID
        let role: RoleID
        var room: ResourceVector
        var extras: Extras
    }

    init(_ state: ClusterState, offers: [OfferID], now: Instant, memory: inout BatchMemory) {
        self.state = state
        self.now = now
        lots.reserveCapacity(offers.count)
        for offer in offers where state.offers.contains(offer.index) {
            let row = state.offers[offer.index]
            guard row.outcome == .open, row.framework == .batch, row.role.index < state.index.pending.count,
                Demand.closedReason(of: row.node, in: state) == nil
            else { continue }
            if !roles.contains(row.role) { roles.append(row.role) }
            lots.append(
                Lot(
                    offer: offer, node: row.node, role: row.role, room: row.resources - row.accepted,
                    extras: state.offerExtras[offer] ?? Extras()))
        }
        reserved = memory.reservations(in: state, now: now)
    }

    /// Goes through a role's queue. The first job that is left with queued tasks is the head: from then on everybody
    /// goes ahead of it, and only where it is not delayed.
    mutating func walk(_ role: RoleID, _ memory: inout BatchMemory) {
        let own = lots.indices.filter { lots[$0].role == role }
        openLots = own.count { !lots[$0].room.isZero }
        mostRoom = own.reduce(.zero) { ResourceVector(lanes: pointwiseMax($0.lanes, lots[$1].room.lanes)) }
        firstLot = Array(repeating: 0, count: memory.shapes.count)
        var passed = Passed()
        for job in state.index.pending[role.index].prefix(Batch.scanLimit) {
            guard Batch.isEligible(job, in: state, now: now) else { continue }
            let shape = memory.shape(of: job, in: state)
            let queued = Int(state.jobs[job.index].queued)
            var count = 0
            // Most jobs of a long queue end here: nothing that is left is large enough.
            if memory.shapes[shape].shape.need.fits(in: mostRoom) {
                count = place(job, shape, memory, own)
                if count > 0, passed.count > 0 { tellBackfill(job, passed) }
            }
            guard count < queued else { continue }
            if passed.count == 0 { becomesHead(job, &memory) }
            passed.add(job)
            if openLots == 0 { return }
        }
    }

    /// Puts a job's tasks on the lots; answers how many.
    private mutating func place(_ job: JobID, _ shape: Int, _ memory: BatchMemory, _ own: [Int]) -> Int {
        let known = memory.shapes[shape]
        if known.shape.gang > 1 { return placeGang(job, known, own) }
        while firstLot.count <= shape { firstLot.append(0) }
        var first = Int(firstLot[shape])
        let count = placePieces(job, known, own, from: &first)
        firstLot[shape] = Int32(first)
        return count
    }

    /// The head of a queue is promised a start, unless it has been already.
    private mutating func becomesHead(_ job: JobID, _ memory: inout BatchMemory) {
        guard reserved.count < BatchMemory.reservationLimit, !reserved.contains(where: { $0.job == job }) else {
            return
        }
        if let one = memory.reservation(for: job, in: state, now: now, beside: reserved, more: launched) {
            reserved.append(one)
        }
    }

    /// Puts as many of a job's tasks on the lots as go; answers how many.
    private mutating func placePieces(
        _ job: JobID, _ known: KnownShape, _ own: [Int], from first: inout Int
    ) -> Int {
        guard first < own.count, known.isReadable else { return 0 }
        let end = known.end(startedAt: now)
        var count = 0
        var suits = -1
        var task = nextQueued(job, from: state.jobs[job.index].nextQueued)
        while let index = task, first < own.count {
            let lot = own[first]
            guard known.shape.need.fits(in: lots[lot].room), mayStart(job, known, until: end, on: lots[lot].node),
                suits == lot || known.demand.mismatch(with: lots[lot].node, in: state) == nil,
                let extras = known.demand.take(from: lots[lot].extras)
            else {
                first += 1
                continue
            }
            suits = lot
            launch(TaskID(job: job, index: index), rank: 0, known, end: end, extras, on: lot)
            count += 1
            task = nextQueued(job, from: index + 1)
        }
        return count
    }

    /// Starts every member of a gang on a node of its own, or none.
    private mutating func placeGang(_ job: JobID, _ known: KnownShape, _ own: [Int]) -> Int {
        let size = Int(known.shape.gang)
        guard Int(state.jobs[job.index].queued) == size, known.isReadable, own.count >= size else { return 0 }
        let end = known.end(startedAt: now)
        var chosen: [(lot: Int, extras: Extras)] = []
        var nodes = Set<NodeID>()
        var (runnerUp, losers, others): (String, [Loser], UInt32) = ("", [], 0)
        for lot in own {
            let node = lots[lot].node
            let reason = gangObstacle(job, known, until: end, lot)
            if reason == nil, !nodes.contains(node), let extras = known.demand.take(from: lots[lot].extras) {
                if chosen.count == size {
                    runnerUp = state.name(of: node)
                    break
                }
                chosen.append((lot, extras))
                nodes.insert(node)
            } else if losers.count < Decision.loserLimit {
                losers.append(Loser(name: state.name(of: node), reason: reason ?? Reason(.waitsForResources)))
            } else {
                others += 1
            }
        }
        guard chosen.count == size else { return 0 }
        for (rank, (lot, extras)) in chosen.enumerated() {
            let task = TaskID(job: job, index: UInt32(rank))
            launch(task, rank: UInt32(rank), known, end: end, extras, on: lot)
        }
        placement.decisions.append(
            Decision(
                about: .gang, summary: "\(state.label(of: job)) starts on \(size) nodes at once", job: job,
                node: lots[chosen[0].lot].node, winner: chosen.map { state.name(of: lots[$0.lot].node) }.summary,
                runnerUp: runnerUp, losers: losers, otherLosers: others))
        return size
    }

    private func gangObstacle(_ job: JobID, _ known: KnownShape, until end: Int64, _ lot: Int) -> Reason? {
        guard known.shape.need.fits(in: lots[lot].room) else { return Reason(.waitsForResources) }
        guard mayStart(job, known, until: end, on: lots[lot].node) else { return Reason(.reserved) }
        return known.demand.mismatch(with: lots[lot].node, in: state)
    }

    /// Whether a piece on `node` leaves every other head what it was promised.
    private func mayStart(_ job: JobID, _ known: KnownShape, until end: Int64, on node: NodeID) -> Bool {
        for one in reserved where one.job != job {
            if !one.allows(known.shape.need, until: end, on: node) { return false }
        }
        return true
    }

    /// The first queued task of a job at or after an index. Tasks are queued in runs, so this rarely looks far.
    private func nextQueued(_ job: JobID, from index: UInt32) -> UInt32? {
        let row = state.jobs[job.index]
        var at = index
        while at < row.count {
            if state.tasks[Int(row.firstTask) + Int(at)].state == .queued { return at }
            at += 1
        }
        return nil
    }

    private mutating func launch(
        _ task: TaskID, rank: UInt32, _ known: KnownShape, end: Int64, _ extras: Extras, on lot: Int
    ) {
        let slot = Int(state.jobs[task.job.index].firstTask) + Int(task.index)
        let node = lots[lot].node
        lots[lot].room -= known.shape.need
        if lots[lot].room.isZero { openLots -= 1 }
        if !extras.isEmpty { lots[lot].extras = lots[lot].extras - extras }
        let deadline = known.shape.timeLimit > .zero ? now + known.shape.timeLimit : .never
        let assumed = deadline.isNever ? now + state.configuration.limits.assumedRunTime : deadline
        launched[node, default: []].append(Occupation(end: assumed.microseconds, need: known.shape.need))
        for at in reserved.indices where reserved[at].job != task.job {
            reserved[at].book(known.shape.need, until: end, on: node)
        }
        placement.launches.append(
            TaskLaunched(
                task: task, attempt: state.tasks[slot].attempt + 1, node: node, offer: lots[lot].offer, rank: rank,
                extras: extras, deadline: deadline))
    }

    /// Adds a decision.
    mutating func append(_ decision: Decision) { placement.decisions.append(decision) }

    /// Tells the promises to heads of which no task runs yet, where they are new or have moved, and takes back those
    /// of jobs that are no heads any more and stand next behind one.
    mutating func tellExpectations() {
        let started = Set(placement.launches.map(\.task.job))
        for one in reserved where started.contains(one.job) { placement.vacated += one.nodes }
        for role in roles {
            for job in state.index.pending[role.index].prefix(Batch.exactRuns)
            where !state.jobs[job.index].expectedStart.isNever && !reserved.contains(where: { $0.job == job })
                && !started.contains(job)
            {
                placement.expectations.append(JobExpected(job: job))
            }
        }
        for one in reserved where state.jobs[one.job.index].placed == 0 {
            let known = state.jobs[one.job.index].expectedStart
            let moved = known.isNever ? Int64.max : abs(one.time - known.microseconds)
            guard moved >= Batch.expectationGrain.microseconds else { continue }
            placement.expectations.append(
                JobExpected(job: one.job, at: Instant(microseconds: one.time), nodes: one.nodes))
        }
    }
}
