import ClusterModel

/// Operations that change what a node's resources are: reservations and volumes. The core keeps them as registry facts,
/// so that they are done once they are kept.
extension ControlCore {
    /// What an operation takes and makes.
    struct Conversion {
        var taken: [ResourceItem]
        var made: [ResourceItem]
        /// Whether what is made can be used by later operations of the same call.
        var isUsable = true
    }
    /// Why an operation is not done.
    enum OperationFault: Error {
        /// It breaks a rule.
        case invalid(String)
        /// What it takes is not free.
        case missing(String)
        var words: String {
            switch self {
            case .invalid(let words), .missing(let words): words
            }
        }
    }

    /// Does an operation with what is in the pool; its framework is told, if it wants to be.
    mutating func convert(_ operation: OfferOperation, _ accepting: inout Accepting) {
        let agent = state.nodes[accepting.node.index].agent
        do throws(OperationFault) {
            let role = state.path(of: accepting.role)
            if !operation.unauthorized.isEmpty { throw OperationFault.invalid(operation.unauthorized) }
            if case .create(let volumes) = operation.kind, volumes.contains(where: \.identity.isShared),
                !state.frameworks[accepting.framework.index].capabilities.contains(.sharedResources)
            {
                throw OperationFault.invalid("shared volumes are for frameworks with the capability SHARED_RESOURCES")
            }
            let conversion = try conversion(
                of: operation, on: accepting.node, role: role, principal: accepting.principal)
            let made = try change(conversion, of: accepting.node, pool: &accepting.pool)
            if conversion.isUsable {
                accepting.pool = accepting.pool + made
                accepting.made = accepting.made + made
            }
            finish(operation, accepting.framework, agent, conversion.made)
        } catch {
            fail(operation, accepting.framework, agent: agent, error.words)
        }
        // What was made and then used again by a later operation is no longer there to be given back.
        accepting.made = Self.common(accepting.made, accepting.pool)
    }

    /// What both hold, by identity, as far as the first goes.
    static func common(_ a: Holding, _ b: Holding) -> Holding {
        var result = Holding(a.plain.minimum(b.plain).clamped, b.extras.contains(a.extras) ? a.extras : Extras())
        for portion in a.special.all {
            guard let other = b.special[portion.identity] else { continue }
            var own = portion
            own.amount = portion.amount.minimum(other.amount)
            if !other.extras.contains(own.extras) { own.extras = Extras() }
            result.special.add(own)
        }
        return result
    }

    /// Makes a conversion true on a node, out of `pool`; answers what was made.
    mutating func change(
        _ conversion: Conversion, of node: NodeID, pool: inout Holding
    ) throws(OperationFault) -> Holding {
        guard let taken = state.holding(conversion.taken), let rest = Self.take(taken, from: pool),
            !taken.special.all.contains(where: { $0.copies > 0 && isInUse($0.identity, on: node) })
        else {
            throw .missing("Invalid operation: the resources are not all there; \(describe(pool)) is")
        }
        guard let made = intern(conversion.made) else {
            throw .missing("this cluster keeps \(IdentityTable.limit) kinds of resources; no more can be made")
        }
        pool = rest
        for portion in taken.special.all where portion.copies > 0 { pool.special.subtract(portion) }
        emit(.nodeConverted(NodeConverted(node: node, removed: taken, added: made)))
        return made
    }

    private func isInUse(_ identity: IdentityID, on node: NodeID) -> Bool {
        state.nodeDetails[node.index].specialHeld[identity] != nil
    }

    private func describe(_ holding: Holding) -> String {
        let text = ResourceText.format(holding.quantities, holding.extras)
        return text.isEmpty ? "nothing" : text
    }

    /// What an operation takes and makes on a node; `role` is that of the offers, nil for an operator.
    func conversion(
        of operation: OfferOperation, on node: NodeID, role: String?, principal: String
    ) throws(OperationFault) -> Conversion {
        if !operation.problem.isEmpty { throw .invalid(operation.problem) }
        switch operation.kind {
        case .launch, .launchGroup: throw .invalid("a launch needs offers")
        case .unsupported(let word): throw .invalid("\(word) is not supported by this core")
        case .reserve(let from, let to): return try reserve(from, to, role, principal)
        case .unreserve(let items): return try unreserve(items)
        case .create(let volumes): return try create(volumes, on: node)
        case .destroy(let volumes): return try destroy(volumes, on: node)
        case .grow(let volume, let by): return try grow(volume, by, on: node)
        case .shrink(let volume, let by): return try shrink(volume, by, on: node)
        }
    }

    private func checked(_ items: [ResourceItem]) throws(OperationFault) {
        if items.allSatisfy(\.isEmpty) { throw .invalid("no resources are named") }
        if let fault = Self.fault(in: items) { throw .invalid(fault) }
    }

    private func reserve(
        _ from: [ResourceItem], _ to: [ResourceItem], _ role: String?, _ principal: String
    ) throws(OperationFault) -> Conversion {
        try checked(to)
        var source = from
        for item in to {
            guard let layer = item.identity.reservations.last, layer.kind == .dynamic else {
                throw .invalid("a resource is not dynamically reserved")
            }
            if item.identity.volume != nil { throw .invalid("a persistent volume cannot be reserved") }
            if item.identity.isRevocable { throw .invalid("revocable resources cannot be reserved") }
            if let role, layer.role != role {
                throw .invalid("a reservation for '\(layer.role)' is not for the offer's role '\(role)'")
            }
            if !state.isAllowed(role: layer.role) { throw .invalid("role '\(layer.role)' is not allowed") }
            if !principal.isEmpty, !layer.principal.isEmpty, layer.principal != principal {
                throw .invalid("the reservation's principal '\(layer.principal)' is not '\(principal)'")
            }
            guard from.isEmpty else { continue }
            var before = item
            before.identity.reservations.removeLast()
            source.append(before)
        }
        if !from.isEmpty {
            guard role == nil else { throw .invalid("'source' can only be given by an operator") }
            try checked(from)
            let sums = (
                from.reduce(ResourceVector.zero) { $0 + $1.amount }, to.reduce(ResourceVector.zero) { $0 + $1.amount }
            )
            if sums.0 != sums.1 { throw .invalid("'source' and 'resources' are not equal in amount") }
        }
        return Conversion(taken: source, made: to)
    }

    private func unreserve(_ items: [ResourceItem]) throws(OperationFault) -> Conversion {
        try checked(items)
        var made: [ResourceItem] = []
        for item in items {
            guard item.identity.reservations.last?.kind == .dynamic else {
                throw .invalid("a resource is not dynamically reserved")
            }
            if item.identity.volume != nil { throw .missing("a persistent volume must be destroyed first") }
            var after = item
            after.identity.reservations.removeLast()
            made.append(after)
        }
        return Conversion(taken: items, made: made)
    }

    private func create(_ volumes: [ResourceItem], on node: NodeID) throws(OperationFault) -> Conversion {
        try checked(volumes)
        var known: [(role: String, id: String)] = []
        for portion in state.nodeDetails[node.index].special.all {
            let identity = state.identities[portion.identity]
            if let volume = identity.volume { known.append((identity.role ?? "", volume.id)) }
        }
        var source: [ResourceItem] = []
        for item in volumes {
            guard let volume = item.identity.volume else { throw .invalid("a resource is no persistent volume") }
            guard let role = item.identity.role else { throw .invalid("a persistent volume must be on reserved disk") }
            if let fault = Self.fault(inID: volume.id) { throw .invalid("volume id '\(volume.id)' \(fault)") }
            if volume.isReadOnly { throw .invalid("a persistent volume must be read-write") }
            if volume.containerPath.isEmpty { throw .invalid("a persistent volume needs a container path") }
            if known.contains(where: { $0 == (role, volume.id) }) {
                throw .invalid("there is a persistent volume '\(volume.id)' of role '\(role)' already")
            }
            known.append((role, volume.id))
            source.append(Self.withoutVolume(item))
        }
        return Conversion(taken: source, made: volumes)
    }

    private static func withoutVolume(_ item: ResourceItem) -> ResourceItem {
        var plain = item
        plain.identity.volume = nil
        plain.identity.isShared = false
        return plain
    }

    private func destroy(_ volumes: [ResourceItem], on node: NodeID) throws(OperationFault) -> Conversion {
        try checked(volumes)
        let special = state.nodeDetails[node.index].special
        let tasks = state.index.tasksOnNode[node.index].compactMap { state.taskSpecial[$0] }
        for item in volumes {
            guard let volume = item.identity.volume else { throw .invalid("a resource is no persistent volume") }
            guard let portion = special.all.first(where: { state.identities[$0.identity] == item.identity }),
                item.amount == portion.amount
            else {
                throw .invalid("the agent has no persistent volume '\(volume.id)' like that")
            }
            if tasks.contains(where: { $0[portion.identity] != nil }) {
                throw .invalid("the persistent volume '\(volume.id)' is in use by tasks")
            }
        }
        return Conversion(taken: volumes, made: volumes.map(Self.withoutVolume))
    }

    private func resizable(_ volume: ResourceItem, on node: NodeID) throws(OperationFault) {
        try checked([volume])
        guard volume.identity.volume != nil else { throw .invalid("the resource is no persistent volume") }
        if volume.identity.isShared { throw .invalid("a shared volume cannot be resized") }
        if volume.identity.disk == .mount { throw .invalid("a volume on a mount disk cannot be resized") }
        if state.nodes[node.index].lacks.contains(.resizeVolume) { throw .invalid("the agent cannot resize volumes") }
    }

    private func grow(
        _ volume: ResourceItem, _ by: ResourceItem, on node: NodeID
    ) throws(OperationFault) -> Conversion {
        try resizable(volume, on: node)
        try checked([by])
        guard by.identity == Self.withoutVolume(volume).identity else {
            throw .invalid("the addition is not disk of the volume's kind")
        }
        var made = volume
        made.amount += by.amount
        return Conversion(taken: [volume, by], made: [made], isUsable: false)
    }

    private func shrink(_ volume: ResourceItem, _ by: Int64, on node: NodeID) throws(OperationFault) -> Conversion {
        try resizable(volume, on: node)
        guard by > 0, by < volume.amount.disk else {
            throw .invalid("a volume shrinks by more than nothing and less than all of it")
        }
        var made = volume
        made.amount.disk -= by
        var rest = Self.withoutVolume(volume)
        rest.amount = ResourceVector(cpus: 0, mem: 0, disk: by)
        return Conversion(taken: [volume], made: [made, rest], isUsable: false)
    }
}
