import ClusterModel

/// The roles that seek something and those above them, with their shares as the call goes on. At each level the poorest
/// child that has a seeker beneath it goes first; siblings compete with each other only. A role that has seekers of
/// its own beside roles below it is held apart from these by a leaf of its own, `path/.`, of weight 1.
struct ShareTree {
    private struct Branch {
        var parent: Int
        var children: [Int] = []
        var path: [UInt8] = []
        var weight: Int64 = 1_000
        /// Those with a higher one come first, whatever their shares.
        var precedence: Int64 = 0
        var allocated = ResourceVector.zero
        var allocations: UInt64 = 0
        var share: UInt128 = 0
        /// The seekers' leaf that it is, or -1.
        var leaf = -1
        /// Open leaves at or beneath it.
        var open = 0
    }

    private var branches: [Branch] = [Branch(parent: -1)]
    private var branchOfLeaf: [Int] = []
    private let total: ResourceVector

    /// The tree over the roles of `leaves`, each of which is the leaf of its place in the list.
    init(_ state: ClusterState, leaves: [RoleID]) {
        total = state.total
        var branchOfRole: [RoleID: Int] = [:]
        for role in leaves { add(role, state, &branchOfRole) }
        let counts = state.roles.contains { !$0.parent.isNone } ? Self.countsBelow(state) : nil
        for (role, at) in branchOfRole { if let counts { branches[at].allocations = counts[role.index] } }
        for (leaf, role) in leaves.enumerated() {
            guard var at = branchOfRole[role] else { continue }
            if !branches[at].children.isEmpty { at = addOwnLeaf(of: role, at, state) }
            branches[at].leaf = leaf
            branchOfLeaf.append(at)
            var up = at
            while up >= 0 {
                branches[up].open += 1
                up = branches[up].parent
            }
        }
        if branches.count > 2 { for at in branches.indices { count(at) } }
    }

    @discardableResult
    private mutating func add(_ role: RoleID, _ state: ClusterState, _ known: inout [RoleID: Int]) -> Int {
        if let at = known[role] { return at }
        let row = state.roles[role.index]
        let parent = row.parent.isNone ? 0 : add(row.parent, state, &known)
        var branch = Branch(parent: parent)
        branch.path = Array(state.text(row.path).utf8)
        branch.weight = row.weight
        branch.precedence = state.configuration.offers.policy.policy.precedence(priority: row.priority)
        branch.allocated = row.allocated
        branch.allocations = row.allocations
        branches.append(branch)
        branches[parent].children.append(branches.count - 1)
        known[role] = branches.count - 1
        return branches.count - 1
    }

    private mutating func addOwnLeaf(of role: RoleID, _ parent: Int, _ state: ClusterState) -> Int {
        var branch = Branch(parent: parent)
        branch.path = branches[parent].path + Array("/.".utf8)
        branch.allocated = state.roles[role.index].allocated
        for row in state.roles where row.parent == role { branch.allocated -= row.allocated }
        branch.allocations = state.roles[role.index].allocations
        branches.append(branch)
        branches[parent].children.append(branches.count - 1)
        return branches.count - 1
    }

    /// Allocations of each role and all below it. A role stands behind the one above it in the table.
    private static func countsBelow(_ state: ClusterState) -> [UInt64] {
        var counts = state.roles.map(\.allocations)
        for slot in state.roles.indices.reversed() where !state.roles[slot].parent.isNone {
            counts[state.roles[slot].parent.index] += counts[slot]
        }
        return counts
    }

    /// The leaf whose turn it is; nil when none is open.
    func poorestLeaf() -> Int? {
        var at = 0
        while branches[at].open > 0 {
            if branches[at].leaf >= 0 { return branches[at].leaf }
            var best = -1
            for child in branches[at].children where branches[child].open > 0 {
                if best < 0 || isPoorer(child, than: best) { best = child }
            }
            guard best >= 0 else { return nil }
            at = best
        }
        return nil
    }

    private func isPoorer(_ one: Int, than other: Int) -> Bool {
        if branches[one].precedence != branches[other].precedence {
            return branches[one].precedence > branches[other].precedence
        }
        if branches[one].share != branches[other].share { return branches[one].share < branches[other].share }
        if branches[one].allocations != branches[other].allocations {
            return branches[one].allocations < branches[other].allocations
        }
        return branches[one].path.lexicographicallyPrecedes(branches[other].path)
    }

    /// Takes a leaf out of this call.
    mutating func close(_ leaf: Int) {
        var at = branchOfLeaf[leaf]
        while at >= 0 {
            branches[at].open -= 1
            at = branches[at].parent
        }
    }

    /// Books what was given to a leaf, up to the root.
    mutating func charge(_ leaf: Int, _ amount: ResourceVector, isNew: Bool) {
        guard branches.count > 2 else { return }
        var at = branchOfLeaf[leaf]
        while at > 0 {
            branches[at].allocated += amount
            if isNew { branches[at].allocations += 1 }
            count(at)
            at = branches[at].parent
        }
    }

    private mutating func count(_ at: Int) {
        branches[at].share = Self.share(of: branches[at].allocated, in: total, weight: branches[at].weight)
    }

    /// The dominant share: over all resources that the cluster has, the largest
    /// floor(allocated x 2^40 x 1000 / (total x weight in thousandths)), in 128 bits.
    static func share(of allocated: ResourceVector, in total: ResourceVector, weight: Int64) -> UInt128 {
        var largest: UInt128 = 0
        for lane in 0..<8 where total.lanes[lane] > 0 && allocated.lanes[lane] > 0 {
            let part = (UInt128(UInt64(allocated.lanes[lane])) << 40) * 1_000
            largest = max(largest, part / (UInt128(UInt64(total.lanes[lane])) * UInt128(UInt64(max(1, weight)))))
        }
        return largest
    }
}
