import ClusterModel

/// Shares, and the orders that follow from them: who is poorest, at each level of the tree and within each role. An
/// order is put right where something has moved, not everywhere.
extension RoleTree {
    /// floor(allocated x 2^40 x 1000 / (total x weight in thousandths)), the largest over all lanes that count.
    func share(of amount: ResourceVector, weight: Int64) -> UInt128 {
        // Only lanes that come near the largest in floating point are looked at exactly.
        let parts = SIMD8<Double>(amount.lanes) * perUnit
        let top = parts.max()
        guard top > 0 else { return 0 }
        let near = parts .>= top * (1 - 0x1p-40)
        var largest: UInt128 = 0
        for lane in 0..<8 where near[lane] {
            let part = UInt64(amount.lanes[lane]).multipliedFullWidth(by: 1_000 << 40)
            let (whole, overflow) = UInt64(total.lanes[lane]).multipliedReportingOverflow(by: UInt64(weight))
            let one: UInt128
            if !overflow, part.high < whole {
                one = UInt128(Self.quotient(part, by: whole))
            } else {
                one = (UInt128(part.high) << 64 | UInt128(part.low)) / (UInt128(total.lanes[lane]) * UInt128(weight))
            }
            largest = max(largest, one)
        }
        return largest
    }

    /// floor(dividend / divisor), for a dividend whose upper half is below the divisor. An estimate with a fraction is
    /// off by one at most below 2^50 and put right, which takes a third of the time of a division of 128 bits.
    static func quotient(_ dividend: (high: UInt64, low: UInt64.Magnitude), by divisor: UInt64) -> UInt64 {
        let estimate = (Double(dividend.high) * 0x1p64 + Double(dividend.low)) / Double(divisor)
        guard estimate < 0x1p50 else { return divisor.dividingFullWidth(dividend).quotient }
        let near = UInt64(estimate)
        let product = near.multipliedFullWidth(by: divisor)
        // What the estimate leaves over, modulo 2^128; below zero when it is too large.
        let (low, borrow) = dividend.low.subtractingReportingOverflow(product.low)
        let high = dividend.high &- product.high &- (borrow ? 1 : 0)
        if high >> 63 != 0 { return near - 1 }
        return high > 0 || low >= divisor ? near + 1 : near
    }

    mutating func refresh(_ branch: Int) { share[branch] = share(of: allocated[branch], weight: weight[branch]) }

    /// Most of a branch that are put right one by one; when more have moved, all are sorted.
    static let movedLimit = 8

    /// The order of a branch must be put right: as a whole, or where one has moved.
    mutating func leaveUnsorted(_ branch: Int, moved one: Int? = nil) {
        if !isUnsorted[branch] {
            isUnsorted[branch] = true
            unsorted.append(branch)
            moved[branch] = one.map { [$0] }
        } else if let one, let known = moved[branch], known.count < Self.movedLimit {
            if !known.contains(one) { moved[branch]?.append(one) }
        } else {
            moved[branch] = nil
        }
    }

    func goesBefore(_ one: Int, _ other: Int) -> Bool {
        if precedence[one] != precedence[other] { return precedence[one] > precedence[other] }
        if share[one] != share[other] { return share[one] < share[other] }
        if count[one] != count[other] { return count[one] < count[other] }
        return path[one].utf8.lexicographicallyPrecedes(path[other].utf8)
    }
    func seekerGoesBefore(_ one: Int, _ other: Int) -> Bool {
        if seekerShare[one] != seekerShare[other] { return seekerShare[one] < seekerShare[other] }
        if seekerCount[one] != seekerCount[other] { return seekerCount[one] < seekerCount[other] }
        return seekerFramework[one] < seekerFramework[other]
    }

    /// Whether a walk meets seeker `one` before `other`. O(depth).
    func isMet(_ one: Int, before other: Int) -> Bool {
        if seekerRole[one] == seekerRole[other] { return seekerGoesBefore(one, other) }
        var (a, b) = (way(to: one), way(to: other))
        while let last = a.last, last == b.last {
            a.removeLast()
            b.removeLast()
        }
        guard let first = a.last, let second = b.last else { return a.count < b.count }
        return goesBefore(first, second)
    }
    /// Branches from a seeker's own leaf up to the root.
    private func way(to seeker: Int) -> [Int] {
        var way: [Int] = []
        var at = ownOfRole[seekerRole[seeker]]
        while at >= 0 {
            way.append(at)
            at = parent[at]
        }
        return way
    }

    /// Makes every order right again after changes from outside a walk. Costs what was changed.
    mutating func settle() {
        if isStale {
            isStale = false
            for branch in path.indices {
                if open[branch] > 0 { refresh(branch) }
                leaveUnsorted(branch)
            }
            for seeker in waits.indices where waits[seeker] {
                seekerShare[seeker] = share(of: seekerAllocated[seeker], weight: 1_000)
            }
        }
        for branch in unsorted {
            isUnsorted[branch] = false
            let few = moved[branch]
            if isOwn[branch] {
                var order = seekers[branch]
                seekers[branch] = []
                putRight(&order, few, seekerGoesBefore)
                seekers[branch] = order
            } else {
                var order = children[branch]
                children[branch] = []
                putRight(&order, few, goesBefore)
                children[branch] = order
            }
        }
        unsorted.removeAll(keepingCapacity: true)
    }
    /// Sorts an order of which all but a few are in their places.
    private func putRight(_ order: inout [Int], _ few: [Int]?, _ goesBefore: (Int, Int) -> Bool) {
        guard let few else {
            if !isInOrder(order, goesBefore) { order.sort(by: goesBefore) }
            return
        }
        let there = few.filter { one in
            guard let at = order.firstIndex(of: one) else { return false }
            let isRight =
                (at == 0 || !goesBefore(one, order[at - 1]))
                && (at + 1 == order.count || !goesBefore(order[at + 1], one))
            // In its place among its neighbours: it stays, unless one of them has moved too.
            if isRight, few.count == 1 { return false }
            order.remove(at: at)
            return true
        }
        for one in there {
            var (low, high) = (0, order.count)
            while low < high {
                let middle = (low + high) / 2
                if goesBefore(order[middle], one) { low = middle + 1 } else { high = middle }
            }
            order.insert(one, at: low)
        }
    }
    private func isInOrder(_ list: [Int], _ goesBefore: (Int, Int) -> Bool) -> Bool {
        guard list.count > 1 else { return true }
        for at in 1..<list.count where goesBefore(list[at], list[at - 1]) { return false }
        return true
    }

    /// Books an amount on a seeker and all above it. Orders are put right by `settle`, or by `advance` within a walk.
    mutating func charge(_ seeker: Int, _ amount: ResourceVector, counts: UInt64) {
        seekerAllocated[seeker] += amount
        seekerCount[seeker] += counts
        let own = ownOfRole[seekerRole[seeker]]
        if waits[seeker] {
            seekerShare[seeker] = share(of: seekerAllocated[seeker], weight: 1_000)
            leaveUnsorted(own, moved: seeker)
        }
        var at = own
        while at >= 0 {
            allocated[at] += amount
            count[at] += counts
            let above = parent[at]
            if above >= 0, open[at] > 0 {
                refresh(at)
                leaveUnsorted(above, moved: at)
            }
            at = above
        }
    }

    /// Books an amount on a seeker, but on nobody above it.
    mutating func charge(seekerOnly seeker: Int, _ amount: ResourceVector) {
        seekerAllocated[seeker] += amount
        guard waits[seeker] else { return }
        seekerShare[seeker] = share(of: seekerAllocated[seeker], weight: 1_000)
        leaveUnsorted(ownOfRole[seekerRole[seeker]], moved: seeker)
    }
    /// Books an amount on one branch alone.
    mutating func charge(branchOnly branch: Int, _ amount: ResourceVector) {
        allocated[branch] += amount
        guard parent[branch] >= 0, open[branch] > 0 else { return }
        refresh(branch)
        leaveUnsorted(parent[branch], moved: branch)
    }

    /// Books a new offer in a walk, all orders being right before and after: whoever was given something goes back.
    mutating func advance(_ seeker: Int, _ amount: ResourceVector) {
        seekerAllocated[seeker] += amount
        seekerCount[seeker] += 1
        let own = ownOfRole[seekerRole[seeker]]
        seekerShare[seeker] = share(of: seekerAllocated[seeker], weight: 1_000)
        if seekers[own].count > 1 { moveSeekerBack(seeker, in: own) }
        var at = own
        while at >= 0 {
            allocated[at] += amount
            count[at] += 1
            let above = parent[at]
            if above >= 0 {
                refresh(at)
                if children[above].count > 1 { moveBranchBack(at, in: above) }
            }
            at = above
        }
    }
    private mutating func moveSeekerBack(_ seeker: Int, in own: Int) {
        guard let from = seekers[own].firstIndex(of: seeker) else { return }
        var (low, high) = (from + 1, seekers[own].count)
        while low < high {
            let middle = (low + high) / 2
            if seekerGoesBefore(seekers[own][middle], seeker) { low = middle + 1 } else { high = middle }
        }
        Self.move(&seekers[own], from, to: low - 1)
    }
    private mutating func moveBranchBack(_ branch: Int, in above: Int) {
        guard let from = children[above].firstIndex(of: branch) else { return }
        var (low, high) = (from + 1, children[above].count)
        while low < high {
            let middle = (low + high) / 2
            if goesBefore(children[above][middle], branch) { low = middle + 1 } else { high = middle }
        }
        Self.move(&children[above], from, to: low - 1)
    }
    private static func move(_ list: inout [Int], _ from: Int, to place: Int) {
        guard place > from else { return }
        list.withUnsafeMutableBufferPointer { items in
            guard let base = items.baseAddress else { return }
            let moved = base[from]
            (base + from).update(from: base + from + 1, count: place - from)
            base[place] = moved
        }
    }
}
