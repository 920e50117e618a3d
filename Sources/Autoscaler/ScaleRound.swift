import ClusterModel

/// One round in the making. Its steps stand in the order in which they are taken.
struct ScaleRound {
    let state: ClusterState
    let now: Instant
    let only: PoolID?
    var verdict = ScaleVerdict()
    var queue: QueueDemand
    var supply: Supply
    var candidates: Candidates
    var purse: Purse
    var yardstick: Yardstick
    /// Machines bought in this round that still have room.
    var fresh: [Hypothetical] = []
    /// Bought so far in this round, by pool, against the surge limit.
    var bought: [PoolID: Int] = [:]
    /// Machines that all pools together may still have.
    var roomInAll: Int
    var counts: [Reason.Code: UInt32] = [:]
    private var gangNumber = 0

    init(_ state: ClusterState, now: Instant, only: PoolID?, patient: Bool) {
        self.state = state
        self.now = now
        self.only = only
        let boot = state.configuration.pools.filter { $0.maximum > $0.minimum }.map(\.scaling.bootTime).min()
        queue = QueueDemand(state, now: now, bootTime: boot ?? .zero)
        supply = Supply(state, now: now)
        supply.serve(&queue)
        if queue.isUnmet { verdict.unmetSince = state.scaling.unmetSince.isNever ? now : state.scaling.unmetSince }
        let since = verdict.unmetSince
        candidates = Candidates(state, now: now, age: patient ? (since.isNever ? .zero : now - since) : nil)
        purse = Purse(state, now: now)
        yardstick = Yardstick(candidates.all)
        let limit = Int(state.configuration.machineLimit)
        let live = state.index.liveInstances.count { state.instances[$0.index].state != .stopping }
        roomInAll = limit == 0 ? .max : max(0, limit - live)
    }

    /// Closes what may not be bought at all and asks the rest what they could hold.
    mutating func serveQueue() {
        if let only {
            for at in candidates.all.indices where candidates.all[at].pool != only {
                candidates.close(at, Reason(.filtered), wholePool: false)
            }
        }
        candidates.match(queue, in: state)
    }

    // MARK: Gangs

    /// Gangs get all the machines that they lack, or none.
    mutating func buyForGangs() {
        for group in queue.groups.indices where queue.groups[group].isGang {
            var tries = 0
            while queue.groups[group].unmetGangs > 0, tries < Autoscaler.gangsPerRound {
                tries += 1
                gangNumber += 1
                guard buyForGang(group) else { break }
            }
        }
        verdict.keeps = supply.kept.sorted()
    }

    private mutating func buyForGang(_ group: Int) -> Bool {
        let demand = queue.groups[group].demand
        let size = Int(queue.groups[group].key.gang)
        var members = 0
        var machines = fresh
        for at in machines.indices where members < size && machines[at].gang != gangNumber {
            guard candidates.all[machines[at].candidate].fits[group] else { continue }
            if machines[at].take(demand, limit: 1) == 1 {
                machines[at].gang = gangNumber
                members += 1
            }
        }
        let there = supply.room(for: demand, limit: size - members)
        members += there.count
        var missing = size - members
        var plan: [(at: Int, count: Int)] = []
        for at in ranking(for: group) where missing > 0 {
            let taken = plan.filter { candidates.all[$0.at].pool == candidates.all[at].pool }.reduce(0) {
                $0 + $1.count
            }
            let inAll = plan.reduce(0) { $0 + $1.count }
            let count = min(missing, available(at, for: group, beside: taken, inAll: inAll, isGang: true))
            guard count > 0 else { continue }
            plan.append((at, count))
            missing -= count
        }
        guard missing == 0 else {
            let limit = limitingReason(for: group)
            queue.update(group) {
                $0.reason = limit.code == .poolLimit ? Reason(.gangTooLarge, Int64(missing)) : limit
            }
            return false
        }
        fresh = machines
        supply.claim(there, for: demand)
        for (at, count) in plan {
            buy(at, count, for: group, pieces: count, Reason(.demand))
            for _ in 0..<count {
                var machine = Hypothetical(at, candidates.all[at].type)
                _ = machine.take(demand, limit: 1)
                machine.gang = gangNumber
                keep(machine)
            }
        }
        queue.update(group) {
            $0.unmet -= size
            $0.bought += size
        }
        return true
    }

    /// Candidates that hold a member, cheapest first.
    private mutating func ranking(for group: Int) -> [Int] {
        var ranked: [(score: Int64, at: Int)] = []
        for at in candidates.all.indices where candidates.all[at].fits[group] {
            let pattern = pattern(of: at, first: group, limit: 1)
            let score = yardstick.score(candidates.all[at], pattern)
            candidates.note(score, of: at)
            if candidates.all[at].isOpen { ranked.append((score, at)) }
        }
        return ranked.sorted { ($0.score, $0.at) < ($1.score, $1.at) }.map(\.at)
    }

    // MARK: Pieces

    /// Single pieces: first into what was bought for gangs, then the machine that does most for its money, again and
    /// again, until the queue is served or nothing may be bought any more.
    mutating func buyForPieces() {
        fillFresh()
        for _ in 0..<Autoscaler.choicesPerRound {
            guard let (at, pattern) = cheapest() else { break }
            let group = pattern.pieces[0].group
            let wanted = pattern.repeats(queue)
            let count = min(wanted, available(at, for: group, beside: 0, inAll: 0, isGang: false))
            guard count > 0 else {
                candidates.close(at, obstacle(at, for: group, isGang: false) ?? Reason(.budget), wholePool: false)
                continue
            }
            let pieces = pattern.pieces.reduce(0) { $0 + $1.count } * count
            buy(at, count, for: group, pieces: pieces, Reason(.demand))
            for (group, each) in pattern.pieces {
                queue.update(group) {
                    let served = min($0.unmet, each * count)
                    $0.unmet -= served
                    $0.bought += served
                }
            }
        }
        for group in queue.groups.indices where queue.groups[group].unmet > 0 && queue.groups[group].reason == .none {
            let reason = limitingReason(for: group)
            queue.update(group) { $0.reason = reason }
        }
    }

    private mutating func fillFresh() {
        for at in fresh.indices {
            for group in queue.groups.indices where !queue.groups[group].isGang && queue.groups[group].unmet > 0 {
                guard candidates.all[fresh[at].candidate].fits[group] else { continue }
                let count = fresh[at].take(queue.groups[group].demand, limit: queue.groups[group].unmet)
                queue.update(group) {
                    $0.unmet -= count
                    $0.bought += count
                }
            }
        }
    }

    private mutating func cheapest() -> (at: Int, pattern: Pattern)? {
        var best: (score: Int64, weight: Int64, at: Int, pattern: Pattern)?
        for at in candidates.all.indices {
            let pattern = pattern(of: at, first: nil, limit: .max)
            guard !pattern.pieces.isEmpty else { continue }
            let score = yardstick.score(candidates.all[at], pattern)
            candidates.note(score, of: at)
            guard candidates.all[at].isOpen else { continue }
            if let old = best, (old.score, -old.weight, old.at) < (score, -pattern.weight, at) {
                candidates.lose(at, Reason(.costsMore))
                continue
            }
            if let old = best { candidates.lose(old.at, Reason(.costsMore)) }
            best = (score, pattern.weight, at, pattern)
        }
        return best.map { ($0.at, $0.pattern) }
    }

    /// How one empty machine of a type would be filled from what is left; `first` alone when it is given.
    private func pattern(of at: Int, first: Int?, limit: Int) -> Pattern {
        var pattern = Pattern()
        var machine = Hypothetical(at, candidates.all[at].type)
        for group in first.map({ $0..<($0 + 1) }) ?? queue.groups.indices {
            let one = queue.groups[group]
            guard one.unmet > 0, candidates.all[at].fits[group], first != nil || !one.isGang else { continue }
            let count = machine.take(one.demand, limit: min(limit, one.unmet))
            guard count > 0 else { continue }
            pattern.pieces.append((group, count))
            pattern.runTime = max(pattern.runTime, one.runTime)
            pattern.weight += yardstick.weight(of: one.key.need) * Int64(count)
        }
        return pattern
    }

    private mutating func keep(_ machine: Hypothetical) {
        if !machine.room.isZero, fresh.count < Autoscaler.freshLimit { fresh.append(machine) }
    }
}
