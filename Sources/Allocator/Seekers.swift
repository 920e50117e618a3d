import ClusterModel

/// One framework that seeks resources for one role.
struct Seeker {
    let framework: FrameworkID
    let role: RoleID
    /// Whether it tells no demand and is offered all of a node.
    var takesAll = false
    /// What it wants, in its own order.
    var wants: [Want] = []
    /// Wants before this one have come to their end.
    var firstWant = 0
    /// The next slot that a seeker of whole nodes looks at.
    var cursor = 0
    /// Whether it may still be given something in this call.
    var isOpen = true
    // What orders it among the seekers of its role.
    var allocated = ResourceVector.zero
    var allocations: UInt64 = 0
    var share: UInt128 = 0
}

/// A demand on its way through the candidates.
struct Want {
    /// Its place among the demands.
    let number: Int
    var remaining: Int
    /// The slot it stands at; those before it have no room for it any more.
    var cursor = 0
    /// Whether the node at the cursor is known to be of the right kind.
    var suits = false
}

/// What is given in one step: one piece, one whole node, or all pieces of a gang.
struct Take {
    var parts: [(slot: Int, amount: ResourceVector, extras: Extras)]
    /// What goes with the only part that is not plain.
    var special = Portions()
}

/// All who seek, and the order among frameworks of one role.
struct Seekers {
    var all: [Seeker] = []
    /// Roles of seekers, by leaf; each once.
    private(set) var roles: [RoleID] = []
    private var ofLeaf: [[Int]] = []
    private let sharesCounted: Bool
    private let total: ResourceVector
    let demands: [Demand]

    /// Those who could be given something of `nodes`; a demand for which none of a few nodes has room is left out.
    init(_ state: ClusterState, demands: [Demand], nodes: inout FreeNodes) {
        self.demands = demands
        var leafOfRole = Array(repeating: Int32(-1), count: state.roles.count)
        var speaking = Set<FrameworkID>([.batch])
        var found: [Seeker] = []
        var leaves: [[Int]] = []
        var names: [RoleID] = []
        func seeker(_ framework: FrameworkID, _ role: RoleID) -> Int {
            if leafOfRole[role.index] < 0 {
                leafOfRole[role.index] = Int32(names.count)
                names.append(role)
                leaves.append([])
            }
            let leaf = Int(leafOfRole[role.index])
            if let known = leaves[leaf].first(where: { found[$0].framework == framework }) { return known }
            var fresh = Seeker(framework: framework, role: role)
            let row = state.frameworks[framework.index]
            fresh.allocated = row.allocated
            fresh.allocations = row.allocations
            leaves[leaf].append(found.count)
            found.append(fresh)
            return found.count - 1
        }
        var last: (framework: FrameworkID, role: RoleID, at: Int)?
        for number in demands.indices where demands[number].count > 0 {
            let (framework, role) = (demands[number].framework, demands[number].role)
            guard role.index < state.roles.count else { continue }
            if framework != .batch { speaking.insert(framework) }
            guard demands[number].only != nil || nodes.mayHold(demands[number].need, in: state),
                Self.closedReason(of: framework, in: state) == nil
            else { continue }
            if last?.framework != framework || last?.role != role {
                last = (framework, role, seeker(framework, role))
            }
            let at = last?.at ?? 0
            found[at].wants.append(Want(number: number, remaining: demands[number].count))
        }
        for slot in state.frameworks.indices where !speaking.contains(FrameworkID(slot)) {
            guard Self.closedReason(of: FrameworkID(slot), in: state) == nil else { continue }
            for role in state.frameworks[slot].roles where role.index < state.roles.count {
                found[seeker(FrameworkID(slot), role)].takesAll = true
            }
        }
        all = found
        roles = names
        ofLeaf = leaves
        sharesCounted = leaves.contains { $0.count > 1 }
        total = state.total
        if sharesCounted { for at in all.indices { count(at) } }
    }

    /// Why nothing goes to the framework; nil when something may.
    static func closedReason(of framework: FrameworkID, in state: ClusterState) -> Reason? {
        guard framework.index < state.frameworks.count else { return Reason(.disconnected) }
        switch state.frameworks[framework.index].state {
        case .active: return nil
        case .suppressed: return Reason(.suppressed)
        case .disconnected, .removed: return Reason(.disconnected)
        }
    }

    private mutating func count(_ at: Int) {
        all[at].share = ShareTree.share(of: all[at].allocated, in: total, weight: 1_000)
    }

    /// The open seeker of a leaf with the lowest share, then the fewest allocations, then the lowest number.
    func poorest(at leaf: Int) -> Int? {
        var best: Int?
        for at in ofLeaf[leaf] where all[at].isOpen {
            guard let old = best else {
                best = at
                continue
            }
            let (a, b) = (all[at], all[old])
            if (a.share, a.allocations, a.framework) < (b.share, b.allocations, b.framework) { best = at }
        }
        return best
    }

    /// Takes a seeker out of this call.
    mutating func close(_ at: Int) { all[at].isOpen = false }

    /// Books what a seeker was given.
    mutating func charge(_ at: Int, _ amount: ResourceVector, isNew: Bool) {
        guard sharesCounted else { return }
        let framework = all[at].framework
        for other in all.indices where all[other].framework == framework {
            all[other].allocated += amount
            if isNew { all[other].allocations += 1 }
            count(other)
        }
    }
}
