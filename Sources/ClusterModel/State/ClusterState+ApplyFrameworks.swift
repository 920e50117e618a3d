/// How events about frameworks outside change the state.
extension ClusterState {
    mutating func apply(_ e: IdentityAdded) {
        // Numbers are given in order; a damaged recording may hold others, which are passed over.
        guard e.id.index == identities.count else { return }
        _ = identities.intern(e.identity)
    }

    mutating func apply(_ e: FrameworkSubscribed) {
        let slot = e.framework.index
        guard slot > 0, slot <= frameworks.count, slot < Self.frameworkLimit else { return }
        if slot == frameworks.count { frameworks.append(FrameworkRow()) }
        while frameworkDetails.count <= slot { frameworkDetails.append(FrameworkDetails()) }
        let isNew = frameworks[slot].number == 0
        if isNew {
            frameworks[slot].number = (frameworks.map(\.number).max() ?? 0) + 1
            frameworkDetails[slot].registeredAt = now
        }
        let paths = e.said.info.roles
        var taken: [RoleID] = []
        for path in paths { taken.append(ensureRole(path)) }
        let name = texts.intern(e.said.info.name)
        frameworks[slot].name = name
        frameworks[slot].state = .active
        frameworks[slot].roles = taken.sorted()
        frameworks[slot].capabilities = e.said.info.capabilities
        setSuppressed(e.framework, e.said.suppressed)
        frameworkDetails[slot].info = e.said.info
        frameworkDetails[slot].constraints = e.said.constraints
        if frameworkDetails[slot].connection != e.connection { frameworkDetails[slot].reregisteredAt = now }
        frameworkDetails[slot].connection = e.connection
        frameworkDetails[slot].leftAt = .never
        frameworkDetails[slot].removeAt = .distantFuture
        while index.externalOf.count <= slot { index.externalOf.append([]) }
    }

    /// Most frameworks that a cluster has had.
    public static let frameworkLimit = 1_000_000
    /// Removed frameworks of which all is kept for the panes; of older ones only the number.
    public static let completedFrameworkLimit = 50

    mutating func apply(_ e: FrameworkLeft) {
        let slot = e.framework.index
        guard slot < frameworkDetails.count, frameworks[slot].isExternal else { return }
        frameworks[slot].state = e.isRemoved ? .removed : .disconnected
        frameworks[slot].suppressed = []
        frameworkDetails[slot].connection = 0
        frameworkDetails[slot].leftAt = now
        frameworkDetails[slot].removeAt = e.isRemoved ? .distantFuture : e.removeAt
        setDemand(nil, of: e.framework)
        if e.isRemoved { forgetFrameworks() }
    }

    /// Keeps of frameworks that were removed long ago only that they were.
    private mutating func forgetFrameworks() {
        var kept = 0
        for slot in frameworks.indices.reversed()
        where frameworks[slot].state == .removed && slot < frameworkDetails.count {
            kept += 1
            guard kept > Self.completedFrameworkLimit, !frameworkDetails[slot].info.wire.isEmpty else { continue }
            frameworkDetails[slot].info.wire = []
            frameworkDetails[slot].constraints = OfferConstraints()
        }
    }

    mutating func apply(_ e: RolesSuppressed) {
        guard e.framework.index < frameworks.count else { return }
        setSuppressed(e.framework, e.roles)
    }

    private mutating func setSuppressed(_ framework: FrameworkID, _ paths: [String]) {
        let roles = frameworks[framework.index].roles
        frameworks[framework.index].suppressed = roles.filter { paths.contains(path(of: $0)) }
    }

    mutating func apply(_ e: DemandTold) {
        guard e.framework.index < frameworkDetails.count else { return }
        setDemand(e.demand, of: e.framework)
    }

    /// Who tells a demand is in the index. One that is gone wants nothing; one that comes back tells again.
    private mutating func setDemand(_ demand: ToldDemand?, of framework: FrameworkID) {
        frameworkDetails[framework.index].demand = demand
        for role in frameworks[framework.index].roles {
            let wants = demand?.pieces.contains { $0.isGang && $0.role == role } ?? false
            gangs.told(GangState.Seat(framework, role), wants: wants)
        }
        let at = index.demanding.firstIndex { $0 >= framework } ?? index.demanding.count
        let isThere = at < index.demanding.count && index.demanding[at] == framework
        if isThere, demand == nil { index.demanding.remove(at: at) }
        if !isThere, demand != nil { index.demanding.insert(framework, at: at) }
    }

    mutating func apply(_ e: QuotaSet) {
        let id = ensureRole(e.role)
        roles[id.index].quota = e.quota
    }

    mutating func apply(_ e: OperationChanged) {
        let at = operations.firstIndex { $0.number >= e.operation.number } ?? operations.count
        let isThere = at < operations.count && operations[at].number == e.operation.number
        if e.isForgotten {
            if isThere { operations.remove(at: at) }
        } else if isThere {
            operations[at] = e.operation
        } else {
            operations.insert(e.operation, at: at)
            if operations.count > OperationRow.limit { operations.removeFirst() }
        }
        operationsEver = max(operationsEver, e.operation.number)
    }

    mutating func apply(_ e: MaintenanceChanged) {
        maintenance = e.windows
        machinesDown = e.down
        for slot in 0..<nodes.count where nodes[slot].isPresent { noteUnavailability(NodeID(slot)) }
    }

    mutating func apply(_ e: InverseOfferChanged) {
        inverseOffers.removeAll { $0.framework == e.offer.framework && $0.node == e.offer.node }
        if !e.isForgotten { inverseOffers.append(e.offer) }
        inverseEver = max(inverseEver, e.offer.number)
    }
}
