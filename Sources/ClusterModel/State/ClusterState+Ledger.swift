/// The money: every billed machine's rate stands in exactly one place of its pool's ledger besides its tasks, and moves
/// from line to line as the machine and its node change.
extension ClusterState {
    /// Makes an instance's part of its pool's ledger what its rows now say. Called after each change of either. O(1).
    mutating func rebook(_ id: InstanceID) {
        guard !id.isNone, instances.contains(id.index) else { return }
        let row = instances[id.index]
        guard row.pool.index < pools.count else { return }
        let split = split(of: id, row)
        guard split != row.split else { return }
        let pool = row.pool.index
        pools[pool].ledger[row.split.line].add(ratePerHour: -row.split.rest, at: now)
        pools[pool].ledger[split.line].add(ratePerHour: split.rest, at: now)
        pools[pool].ledger[.work].add(ratePerHour: split.work - row.split.work, at: now)
        instances.update(id.index) { $0.split = split }
    }

    /// What an instance adds to the lines of its pool.
    func split(of id: InstanceID, _ row: InstanceRow) -> BillSplit {
        var split = BillSplit()
        guard row.state.isBilled else { return split }
        var state = NodeRow.State.joining
        if nodes.contains(row.node.index), nodes[row.node.index].instance == id {
            split.work = nodes[row.node.index].workPerHour
            state = nodes[row.node.index].state
        }
        split.rest = row.pricePerHour - split.work
        switch row.state {
        case .queued, .requested, .allocated, .booting, .registering: split.line = .booting
        case .stopping, .gone: split.line = .draining
        case .running, .draining:
            switch state {
            case .ready: split.line = .idle
            case .joining: split.line = .booting
            case .draining, .drained: split.line = .draining
            case .absent, .held, .unreachable, .lost, .removed: split.line = .overhead
            }
        }
        return split
    }

    /// Books the start and the end of a machine's bill: at its end the provider's minimum and rounding are added.
    mutating func bill(_ id: InstanceID, from before: InstanceRow.State, to after: InstanceRow.State) {
        if !before.isBilled, after.isBilled {
            instances.update(id.index) { if $0.billedSince.isNever { $0.billedSince = now } }
            if scaling.since.isNever { scaling.since = now }
            index.listRatePerHour += instances[id.index].listRatePerHour
            scaling.peakListRate = max(scaling.peakListRate, index.listRatePerHour)
        }
        guard before.isBilled, !after.isBilled else { return }
        index.listRatePerHour -= instances[id.index].listRatePerHour
        instances.update(id.index) { $0.billedUntil = now }
        let row = instances[id.index]
        let remainder = row.billedRemainder(at: now)
        guard remainder > .zero, row.pool.index < pools.count else { return }
        let amount = Int128(row.pricePerHour) * Int128(remainder.milliseconds)
        pools[row.pool.index].meter.charge(amount, at: now)
        pools[row.pool.index].ledger[.rounding].charge(amount, at: now)
    }

    /// Changes what a node's tasks pay.
    mutating func addWork(_ ratePerHour: Int64, on node: NodeID) {
        nodes.update(node.index) { $0.workPerHour += ratePerHour }
        rebook(nodes[node.index].instance)
    }

    /// A task that uses more than it asked for pays for what it uses, as far as the node's price goes.
    mutating func reprice(slot: Int) {
        let row = tasks[slot]
        let node = nodes[row.node.index]
        var charged = row.need
        charged.cpus = max(charged.cpus, row.cpuUsed)
        charged.mem = max(charged.mem, row.memUsed)
        let others = node.workPerHour - row.costPerHour
        let cost = min(
            Self.cost(of: charged, on: node.total, pricePerHour: node.pricePerHour), max(0, node.pricePerHour - others))
        guard cost != row.costPerHour else { return }
        let job = jobs[row.id.job.index]
        closeCost(slot: slot)
        tasks.update(slot) { $0.costPerHour = cost }
        addWork(cost - row.costPerHour, on: row.node)
        charge(job.role, job.framework, ratePerHour: cost - row.costPerHour)
    }

    /// Adds a rate to the meters of a role and a framework.
    mutating func charge(_ role: RoleID, _ framework: FrameworkID, ratePerHour: Int64) {
        if role.index < roles.count { roles[role.index].meter.add(ratePerHour: ratePerHour, at: now) }
        if framework.index < frameworks.count {
            frameworks[framework.index].meter.add(ratePerHour: ratePerHour, at: now)
        }
    }

    /// Writes down what a task has cost up to now.
    mutating func closeCost(slot: Int) {
        let row = tasks[slot]
        guard !row.costSince.isNever else { return }
        let spent = (now - row.costSince).milliseconds.multipliedReportingOverflow(by: row.costPerHour)
        tasks.update(slot) {
            $0.costAccrued =
                spent.overflow ? .max : $0.costAccrued.addingReportingOverflow(spent.partialValue).partialValue
            $0.costSince = now
        }
    }

    /// Rates anew from the rows, after restoring from facts: what was spent stays as it was kept.
    mutating func recountLedger() {
        for slot in 0..<nodes.count where nodes[slot].state != .absent {
            nodes.update(slot) { $0.workPerHour = 0 }
        }
        for slot in 0..<tasks.count where tasks.contains(slot) && tasks[slot].state.isPlaced {
            let row = tasks[slot]
            nodes.update(row.node.index) { $0.workPerHour += row.costPerHour }
        }
        // Facts are of different moments: all meters go on from the latest, so that parts still come to their sum.
        var from = now
        for pool in pools { from = pool.ledger.lines.reduce(max(from, pool.meter.since)) { max($0, $1.since) } }
        for slot in pools.indices {
            for line in pools[slot].ledger.lines.indices {
                pools[slot].ledger.lines[line].set(ratePerHour: 0, at: from)
            }
            pools[slot].meter.set(ratePerHour: 0, at: from)
        }
        for slot in roles.indices { roles[slot].meter.set(ratePerHour: 0, at: from) }
        for slot in frameworks.indices { frameworks[slot].meter.set(ratePerHour: 0, at: from) }
        for slot in 0..<tasks.count where tasks.contains(slot) && tasks[slot].state.isPlaced {
            let job = jobs[tasks[slot].id.job.index]
            charge(job.role, job.framework, ratePerHour: tasks[slot].costPerHour)
        }
        for number in 1..<max(1, instances.count) where instances.contains(number) {
            let row = instances[number]
            guard !row.pool.isNone, row.pool.index < pools.count, row.state.isBilled else { continue }
            pools[row.pool.index].meter.add(ratePerHour: row.pricePerHour, at: now)
            instances.update(number) { $0.split = BillSplit() }
            rebook(InstanceID(number))
        }
    }

    /// Whether the parts of every bill come to the bill; nil when so.
    func violationOfMoney() -> String? {
        for slot in pools.indices {
            let (ledger, meter) = (pools[slot].ledger, pools[slot].meter)
            let sum = ledger.lines.reduce(Int128(0)) { $0 + $1.reading(at: now) }
            guard sum == meter.reading(at: now) else {
                let name = texts[pools[slot].name]
                return "pool \(name): lines come to \(sum), the bill is \(meter.reading(at: now))"
            }
            let rate = ledger.lines.reduce(Int64(0)) { $0 + $1.ratePerHour }
            guard rate == meter.ratePerHour else {
                return "pool \(texts[pools[slot].name]): lines cost \(rate)/h, the pool \(meter.ratePerHour)/h"
            }
        }
        return nil
    }

    /// Rate x milliseconds that tasks on billed machines have paid, and that roles were charged. Equal as long as one
    /// core leads; measurements that reprice a task are not kept over a crash.
    public var workAndCharges: (work: Int128, charged: Int128) {
        (
            pools.reduce(0) { $0 + $1.ledger[.work].reading(at: now) },
            roles.reduce(0) { $0 + $1.meter.reading(at: now) }
        )
    }
}

extension InstanceRow {
    /// What the machine costs at its list price, millionths per hour.
    var listRatePerHour: Int64 { max(listPrice, pricePerHour) }
    /// What is billed beyond the time it has run up to `now`.
    public func billedRemainder(at now: Instant) -> Interval {
        guard !billedSince.isNever else { return .zero }
        let run = (billedUntil.isNever ? now : billedUntil) - billedSince
        return billing.billed(run) - .milliseconds(max(0, run.milliseconds))
    }
    /// Until when it is paid for, if it ended now.
    public func paidUntil(at now: Instant) -> Instant {
        billedSince.isNever ? now : billedSince + billing.billed(now - billedSince)
    }
    /// Its bill so far if it ended at `now`, millionths, rounded down.
    public func bill(at now: Instant) -> Money {
        guard !billedSince.isNever else { return .zero }
        let span = billing.billed((billedUntil.isNever ? now : billedUntil) - billedSince)
        return Money(micros: Int64(clamping: Int128(pricePerHour) * Int128(span.milliseconds) / 3_600_000))
    }
}

extension TaskRow {
    /// What it has cost up to `now`, all attempts, rounded down.
    public func cost(at now: Instant) -> Money {
        var sum = Int128(costAccrued)
        if state.isPlaced, !costSince.isNever, now > costSince {
            sum += Int128(costPerHour) * Int128((now - costSince).milliseconds)
        }
        return Money(micros: Int64(clamping: sum / 3_600_000))
    }
}
