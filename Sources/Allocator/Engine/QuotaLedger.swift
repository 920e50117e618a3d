import ClusterModel

/// What roles have of what they may have, and how much must be kept free for what they were promised: charged up the
/// tree at every booking, so that nothing is summed up again.
struct QuotaLedger: Sendable {
    private(set) var parent: [Int] = []
    private(set) var quota: [Quota] = []
    /// Unreserved resources that may not be taken back, offered to and used by the role and those below it.
    private var used: [ResourceVector] = []
    /// Everything reserved for the role and those below it, whether anybody uses it or not.
    private var reserved: [ResourceVector] = []
    /// What must be kept free for the role: what is missing to its guarantee, or to those below it if that is more.
    private var required: [ResourceVector] = []
    private var requiredBelow: [ResourceVector] = []
    /// What must be kept free for all guarantees together.
    private(set) var requiredHeadroom = ResourceVector.zero
    /// Unreserved resources that are free now and may not be taken back, on nodes that count.
    private(set) var freeHeadroom = ResourceVector.zero
    /// Roles with a guarantee or limit.
    private(set) var quotaCount = 0
    private(set) var guaranteeCount = 0

    mutating func addRole(parent above: Int) {
        parent.append(above)
        quota.append(Quota())
        used.append(.zero)
        reserved.append(.zero)
        required.append(.zero)
        requiredBelow.append(.zero)
    }

    mutating func set(_ role: Int, _ next: Quota) {
        quotaCount += (next.isDefault ? 0 : 1) - (quota[role].isDefault ? 0 : 1)
        guaranteeCount += (next.guarantees.isZero ? 0 : 1) - (quota[role].guarantees.isZero ? 0 : 1)
        quota[role] = next
        require(role)
    }

    func consumption(of role: Int) -> ResourceVector { used[role] + reserved[role] }
    /// What a role's guarantee still lacks.
    func unmet(_ role: Int) -> ResourceVector { (quota[role].guarantees - consumption(of: role)).clamped }
    /// What is free beyond all guarantees.
    var surplus: ResourceVector { (freeHeadroom - requiredHeadroom).clamped }

    /// Books unreserved use on a role and those above it.
    mutating func use(_ role: Int, _ amount: ResourceVector) {
        var at = role
        while at >= 0 {
            used[at] += amount
            if guaranteeCount > 0 { require(at) }
            at = parent[at]
        }
    }
    /// Books a reservation on a role and those above it.
    mutating func reserve(_ role: Int, _ amount: ResourceVector) {
        var at = role
        while at >= 0 {
            reserved[at] += amount
            if guaranteeCount > 0 { require(at) }
            at = parent[at]
        }
    }
    mutating func addFree(_ amount: ResourceVector) { freeHeadroom += amount }

    private mutating func require(_ role: Int) {
        var at = role
        while at >= 0 {
            let missing = unmet(at)
            let next = ResourceVector(lanes: pointwiseMax(missing.lanes, requiredBelow[at].lanes))
            let delta = next - required[at]
            if delta.isZero { return }
            required[at] = next
            at = parent[at]
            if at >= 0 { requiredBelow[at] += delta } else { requiredHeadroom += delta }
        }
    }

    /// How much more a role may have, lane by lane (`Int64.max` = no limit), by its own limit and, unless `ownOnly`, by
    /// those of all above it.
    func room(_ role: Int, ownOnly: Bool) -> ResourceVector {
        var room = ResourceVector(lanes: SIMD8(repeating: .max))
        var at = role
        while at >= 0 {
            if quota[at].limited != 0 {
                let left = (quota[at].limits - consumption(of: at)).clamped
                for lane in 0..<8 where quota[at].isLimited(lane) {
                    room.lanes[lane] = min(room.lanes[lane], left.lanes[lane])
                }
            }
            if ownOnly { break }
            at = parent[at]
        }
        return room
    }
    /// The role whose limit leaves least in a lane.
    func binding(_ role: Int, lane: Int, ownOnly: Bool) -> Int {
        var (best, least) = (role, Int64.max)
        var at = role
        while at >= 0 {
            if quota[at].isLimited(lane) {
                let left = quota[at].limits.lanes[lane] - consumption(of: at).lanes[lane]
                if left < least { (best, least) = (at, left) }
            }
            if ownOnly { break }
            at = parent[at]
        }
        return best
    }
}
