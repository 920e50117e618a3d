import ClusterModel

/// The tree of roles with their shares, kept as things change. Every role has a branch and, beneath it, a leaf of its
/// own (`path/.`, weight 1) that competes with the roles below it and holds its frameworks in their order. Only
/// branches that somebody waits in stand in the order of their parent, so that a walk meets nobody who cannot be
/// served.
struct RoleTree: Sendable {
    static let root = 0
    // By branch.
    var path: [String] = [""]
    var parent: [Int] = [-1]
    /// The branch's role; -1 for the root.
    var role: [Int] = [-1]
    /// Whether the branch is a role's own leaf.
    var isOwn: [Bool] = [false]
    var weight: [Int64] = [1_000]
    var precedence: [Int64] = [0]
    var allocated: [ResourceVector] = [.zero]
    var count: [UInt64] = [0]
    var share: [UInt128] = [0]
    /// Children in which somebody waits, in order.
    var children: [[Int]] = [[]]
    /// Seekers who wait in it.
    var open: [Int] = [0]
    var isUnsorted: [Bool] = [false]
    var unsorted: [Int] = []
    /// Those few in an unsorted branch that may stand in the wrong place; nil = anybody may.
    var moved: [[Int]?] = [[]]

    // By role.
    var branchOfRole: [Int] = []
    var ownOfRole: [Int] = []
    var roleByPath: [String: Int] = [:]

    // By seeker: a framework in a role.
    var seekerRole: [Int] = []
    var seekerFramework: [Int] = []
    var seekerAllocated: [ResourceVector] = []
    var seekerCount: [UInt64] = []
    var seekerShare: [UInt128] = []
    var waits: [Bool] = []
    /// Seekers who wait, in order, by branch; filled for own leaves only.
    var seekers: [[Int]] = [[]]

    /// All that the cluster has; shares are parts of it.
    var total = ResourceVector.zero
    var lanes: [Int] = []
    /// About how large a part of the total one unit of a lane is; zero for lanes that do not count.
    var perUnit = SIMD8<Double>.zero
    var unshared: UInt8 = 0
    var isStale = false

    var roleCount: Int { branchOfRole.count }
    func path(ofRole index: Int) -> String { path[branchOfRole[index]] }
    func role(at path: String) -> Int? { roleByPath[path] }

    /// The role at `path`; it and those above it come into being by being named.
    mutating func ensureRole(_ text: String) -> Int {
        if let known = roleByPath[text] { return known }
        var above = Self.root
        if let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) {
            above = branchOfRole[ensureRole(String(text[..<slash]))]
        }
        let index = branchOfRole.count
        roleByPath[text] = index
        branchOfRole.append(add(text, parent: above, role: index, isOwn: false))
        ownOfRole.append(add(text + "/.", parent: branchOfRole[index], role: index, isOwn: true))
        return index
    }

    private mutating func add(_ text: String, parent above: Int, role index: Int, isOwn own: Bool) -> Int {
        path.append(text)
        parent.append(above)
        role.append(index)
        isOwn.append(own)
        weight.append(1_000)
        precedence.append(0)
        allocated.append(.zero)
        count.append(0)
        share.append(0)
        children.append([])
        open.append(0)
        isUnsorted.append(false)
        moved.append([])
        seekers.append([])
        return path.count - 1
    }

    mutating func setWeight(ofRole index: Int, _ thousandths: Int64, precedence first: Int64) {
        let branch = branchOfRole[index]
        weight[branch] = thousandths
        precedence[branch] = first
        refresh(branch)
        leaveUnsorted(parent[branch])
    }

    /// Names what does not count in shares: bit n for lane n.
    mutating func leaveOut(_ mask: UInt8) {
        unshared = mask
        setTotal(total)
    }

    /// Sets what shares are parts of. Shares are made anew before the next walk.
    mutating func setTotal(_ amount: ResourceVector) {
        total = amount
        lanes = (0..<8).filter { amount.lanes[$0] > 0 && unshared & (1 << UInt8($0)) == 0 }
        perUnit = .zero
        for lane in lanes { perUnit[lane] = 1 / Double(amount.lanes[lane]) }
        isStale = true
    }

    // Seekers.

    mutating func addSeeker(framework: Int, role index: Int) -> Int {
        seekerFramework.append(framework)
        seekerRole.append(index)
        seekerAllocated.append(.zero)
        seekerCount.append(0)
        seekerShare.append(0)
        waits.append(false)
        return seekerFramework.count - 1
    }

    /// Puts a seeker into the order, or takes it out.
    mutating func setWaits(_ seeker: Int, _ isWaiting: Bool) {
        guard waits[seeker] != isWaiting else { return }
        waits[seeker] = isWaiting
        let own = ownOfRole[seekerRole[seeker]]
        if isWaiting {
            seekerShare[seeker] = share(of: seekerAllocated[seeker], weight: 1_000)
            seekers[own].append(seeker)
        } else if let at = seekers[own].firstIndex(of: seeker) {
            seekers[own].remove(at: at)
        }
        leaveUnsorted(own)
        var at = own
        while at >= 0 {
            open[at] += isWaiting ? 1 : -1
            let above = parent[at]
            if above >= 0, isWaiting, open[at] == 1 {
                refresh(at)
                children[above].append(at)
                leaveUnsorted(above)
            } else if above >= 0, !isWaiting, open[at] == 0, let place = children[above].firstIndex(of: at) {
                children[above].remove(at: place)
            }
            at = above
        }
    }

    /// Sets how often a seeker has been given something, for a tree that is made anew.
    mutating func restoreCounts(_ seeker: Int, _ number: UInt64) { seekerCount[seeker] = number }
    /// Sets how often a role's own leaf has been given something; those above count with it.
    mutating func restoreCounts(ofRole index: Int, _ number: UInt64) {
        var at = ownOfRole[index]
        while at >= 0 {
            count[at] += number
            at = parent[at]
        }
    }

    mutating func setCount(_ seeker: Int, _ number: UInt64) {
        guard seekerCount[seeker] != number else { return }
        seekerCount[seeker] = number
        if waits[seeker] { leaveUnsorted(ownOfRole[seekerRole[seeker]]) }
    }
    mutating func setCount(ofRole index: Int, _ number: UInt64) {
        var at = ownOfRole[index]
        let old = count[at]
        guard old != number else { return }
        while at >= 0 {
            count[at] = count[at] &- old &+ number
            if parent[at] >= 0 { leaveUnsorted(parent[at]) }
            at = parent[at]
        }
    }

    /// Whether `ancestor` is `role` or stands above it.
    func isRole(_ index: Int, atOrBelow ancestor: Int) -> Bool {
        var at = branchOfRole[index]
        let wanted = branchOfRole[ancestor]
        while at > 0 {
            if at == wanted { return true }
            at = parent[at]
        }
        return false
    }
}
