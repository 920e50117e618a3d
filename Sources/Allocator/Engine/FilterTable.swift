import ClusterModel

/// Refusals, by node: this framework does not want to see this much of it for this role again before then. A node's
/// refusals lie side by side, ascending by seeker, each in 16 bytes; amounts stand apart, each once a node. To forget
/// all of one seeker costs nothing: its epoch moves on.
struct FilterTable: Sendable {
    struct Entry: Sendable {
        var seeker: Int32
        var amount: UInt16
        var epoch: UInt16
        var until: Int64
    }
    /// Most different amounts kept for one node; what goes beyond shares the newest's place.
    static let amountLimit = 256
    /// Refusals that end within one such span of microseconds are looked at together.
    static let bucketShift: Int64 = 17

    private(set) var entries: [[Entry]] = []
    private(set) var amounts: [[Holding]] = []
    private(set) var epochs: [UInt16] = []
    /// Node and seeker of refusals that end in a span of time, by the span's number.
    private var buckets: [Int64: [(agent: Int32, seeker: Int32)]] = [:]
    /// The spans' numbers, descending.
    private var spans: [Int64] = []

    mutating func growAgents(to count: Int) {
        while entries.count < count {
            entries.append([])
            amounts.append([])
        }
    }
    mutating func growSeekers(to count: Int) { while epochs.count < count { epochs.append(0) } }

    /// The moment by which some refusals will have ended; nil when there are none.
    var nextEnd: Instant? {
        spans.last.map {
            Instant(microseconds: $0 >= Int64.max >> Self.bucketShift ? .max : ($0 + 1) << Self.bucketShift)
        }
    }

    /// Puts a refusal down; an older one of the same seeker there gives way. True when one did: what it hid may be
    /// shown again.
    mutating func set(_ agent: Int, _ seeker: Int, _ holding: Holding, until: Instant) -> Bool {
        var gaveWay = false
        let place = self.place(of: seeker, on: agent)
        let entry = Entry(
            seeker: Int32(seeker), amount: amount(holding, on: agent), epoch: epochs[seeker],
            until: until.microseconds)
        if place < entries[agent].count, entries[agent][place].seeker == Int32(seeker) {
            entries[agent][place] = entry
            gaveWay = true
        } else {
            entries[agent].insert(entry, at: place)
        }
        let span = until.microseconds >> Self.bucketShift
        if buckets[span] == nil { addSpan(span) }
        buckets[span, default: []].append((Int32(agent), Int32(seeker)))
        return gaveWay
    }

    private mutating func addSpan(_ span: Int64) {
        var (low, high) = (0, spans.count)
        while low < high {
            let middle = (low + high) / 2
            if spans[middle] > span { low = middle + 1 } else { high = middle }
        }
        spans.insert(span, at: low)
    }

    private mutating func amount(_ holding: Holding, on agent: Int) -> UInt16 {
        if let known = amounts[agent].lastIndex(of: holding) { return UInt16(known) }
        if amounts[agent].count >= Self.amountLimit { tidy(agent) }
        amounts[agent].append(holding)
        return UInt16(amounts[agent].count - 1)
    }

    /// Throws away what no longer counts on a node.
    private mutating func tidy(_ agent: Int) {
        var used: [Int] = []
        var kept: [Entry] = []
        for var entry in entries[agent] where entry.epoch == epochs[Int(entry.seeker)] {
            if let known = used.firstIndex(of: Int(entry.amount)) {
                entry.amount = UInt16(known)
            } else {
                used.append(Int(entry.amount))
                entry.amount = UInt16(used.count - 1)
            }
            kept.append(entry)
        }
        amounts[agent] = used.map { amounts[agent][$0] }
        entries[agent] = kept
    }

    private func place(of seeker: Int, on agent: Int) -> Int {
        let wanted = Int32(seeker)
        return entries[agent].withUnsafeBufferPointer { list in
            var (low, high) = (0, list.count)
            while low < high {
                let middle = (low + high) / 2
                if list[middle].seeker < wanted { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    /// Whether anybody refused anything of a node.
    func hasEntries(_ agent: Int) -> Bool { !entries[agent].isEmpty }

    /// The number of the amount that a seeker refuses of a node now; nil when it refuses nothing.
    func amount(of seeker: Int, on agent: Int, at now: Instant) -> Int? {
        let at = place(of: seeker, on: agent)
        guard at < entries[agent].count else { return nil }
        let entry = entries[agent][at]
        guard entry.seeker == Int32(seeker), entry.epoch == epochs[seeker], entry.until > now.microseconds else {
            return nil
        }
        return Int(entry.amount)
    }

    /// Until when a refusal hides `holding`; nil when none does. O(log refusals of the node).
    func hides(_ agent: Int, _ seeker: Int, _ holding: Holding, at now: Instant) -> Instant? {
        if entries[agent].isEmpty { return nil }
        let at = place(of: seeker, on: agent)
        guard at < entries[agent].count else { return nil }
        let entry = entries[agent][at]
        guard entry.seeker == Int32(seeker), entry.epoch == epochs[seeker], entry.until > now.microseconds,
            Self.covers(amounts[agent][Int(entry.amount)], holding)
        else { return nil }
        return Instant(microseconds: entry.until)
    }

    /// Whether a refused amount holds all of a candidate; copies of shared volumes do not count.
    static func covers(_ refused: Holding, _ candidate: Holding) -> Bool {
        guard candidate.plain.fits(in: refused.plain) else { return false }
        if !candidate.extras.isEmpty, candidate.extras != refused.extras, !refused.extras.contains(candidate.extras) {
            return false
        }
        return candidate.special.all.allSatisfy { portion in
            guard let own = refused.special[portion.identity] else { return false }
            return portion.amount.fits(in: own.amount)
                && (portion.extras.isEmpty || own.extras.contains(portion.extras))
        }
    }

    /// Forgets all of one seeker, everywhere. O(1).
    mutating func clear(seeker: Int) {
        epochs[seeker] &+= 1
        // Numbers come round after 65,536 times: then what is old really goes.
        if epochs[seeker] == 0 {
            for agent in entries.indices { entries[agent].removeAll { $0.seeker == Int32(seeker) } }
        }
    }
    /// Forgets everything.
    mutating func clearAll() {
        for agent in entries.indices { clear(agent: agent) }
        buckets = [:]
        spans = []
    }
    /// Forgets all on one node.
    mutating func clear(agent: Int) {
        entries[agent] = []
        amounts[agent] = []
    }

    /// Takes refusals that have ended by `now` out, and calls `ended` with their nodes. Costs what has ended.
    mutating func expire(by now: Instant, _ ended: (Int) -> Void) {
        while let span = spans.last, span <= now.microseconds >> Self.bucketShift {
            spans.removeLast()
            var later: [(agent: Int32, seeker: Int32)] = []
            for (agent, seeker) in buckets.removeValue(forKey: span) ?? [] {
                let at = place(of: Int(seeker), on: Int(agent))
                guard at < entries[Int(agent)].count else { continue }
                let entry = entries[Int(agent)][at]
                guard entry.seeker == seeker, entry.until >> Self.bucketShift == span else { continue }
                if entry.until > now.microseconds {
                    later.append((agent, seeker))
                } else {
                    entries[Int(agent)].remove(at: at)
                    if entries[Int(agent)].isEmpty { amounts[Int(agent)] = [] }
                    ended(Int(agent))
                }
            }
            guard later.isEmpty else {
                buckets[span] = later
                spans.append(span)
                return
            }
        }
    }
}
