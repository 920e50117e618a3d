/// Registry facts of frameworks outside: who they are, what they know of their tasks, what operators have set for them.
extension ClusterState {
    /// The facts that change with an event about frameworks.
    func frameworkKeys(touchedBy event: Event) -> [RegistryKey] {
        switch event {
        case .frameworkSubscribed(let e):
            [.framework(e.framework)] + e.said.info.roles.compactMap { role(at: $0) }.map { .role($0) }
        case .frameworkLeft(let e): [.framework(e.framework)]
        case .demandTold(let e): [.framework(e.framework)]
        case .quotaSet(let e): role(at: e.role).map { [.role($0)] } ?? []
        case .externalTaskAdded(let e): [.externalTask(e.job)]
        case .externalTaskUpdated(let e): [.externalTask(e.job)]
        case .externalTaskAcknowledged(let e): [.externalTask(e.job)]
        case .operationChanged(let e): [.operation(e.operation.number), .cluster]
        case .nodeConverted(let e): [.node(e.node)]
        case .nodeRedeclared(let e): [.node(e.node)]
        case .maintenanceChanged: [.maintenance]
        case .agentMarked(let e): e.isGone ? [.goneAgents, .node(e.node)] : [.node(e.node)]
        default: []
        }
    }

    /// Such a fact as it is now; nil when it is to be deleted.
    func frameworkFact(for key: RegistryKey) -> [UInt8]? {
        var coder = WireWriter(capacity: 512)
        switch key {
        case .framework(let id):
            guard id.index < frameworkDetails.count, frameworks[id.index].isExternal else { return nil }
            var (row, details, name) = (frameworks[id.index], frameworkDetails[id.index], name(of: id))
            coder.record(&row)
            coder.record(&details)
            coder.text(&name)
        case .externalTask(let id):
            guard var row = external(id) else { return nil }
            coder.record(&row)
        case .operation(let number):
            guard var row = operations.first(where: { $0.number == number }) else { return nil }
            coder.record(&row)
        case .maintenance:
            var (windows, down) = (maintenance, machinesDown)
            coder.list(&windows)
            coder.list(&down)
        case .goneAgents:
            var gone = goneAgents
            coder.elements(&gone, empty: 0) { $0.uint(&$1) }
        default: return nil
        }
        return coder.output.bytes
    }

    /// Takes up such a fact. Streams end with the core that had them.
    mutating func restoreFramework(_ key: RegistryKey, _ coder: inout WireReader) {
        switch key {
        case .framework(let id):
            var (row, details, name) = (FrameworkRow(), FrameworkDetails(), "")
            coder.record(&row)
            coder.record(&details)
            coder.text(&name)
            row.name = texts.intern(name)
            row.offers = 0
            row.suppressed = []
            if row.state != .removed { row.state = .disconnected }
            details.connection = 0
            while frameworks.count <= id.index, frameworks.count < Self.frameworkLimit {
                frameworks.append(FrameworkRow())
            }
            while frameworkDetails.count < frameworks.count { frameworkDetails.append(FrameworkDetails()) }
            guard id.index < frameworks.count else { return coder.fail() }
            frameworks[id.index] = row
            frameworkDetails[id.index] = details
        case .externalTask(let id):
            var row = ExternalTask()
            coder.record(&row)
            row.toldAt = .never
            row.tellings = 0
            externalTasks.materialize(id.index, with: ExternalTask())
            externalTasks.update(id.index) { $0 = row }
        case .operation:
            var row = OperationRow()
            coder.record(&row)
            row.toldAt = .never
            operations.append(row)
        case .maintenance:
            coder.list(&maintenance)
            coder.list(&machinesDown)
        case .goneAgents: coder.elements(&goneAgents, empty: 0) { $0.uint(&$1) }
        default: break
        }
    }

    /// What is not plain, with identities in full: numbers of identities are those of one state.
    func wire(special: Portions, _ coder: inout WireWriter) {
        var all = special.all
        coder.elements(&all, empty: Portion()) { coder, portion in
            var identity = identities[portion.identity]
            coder.record(&identity)
            coder.uint(&portion.copies)
            coder.value(&portion.amount)
            coder.value(&portion.extras)
        }
    }

    /// Reads it back, numbering identities anew.
    mutating func readSpecial(_ coder: inout WireReader) -> Portions {
        var found: [(ResourceIdentity, Portion)] = []
        coder.elements(&found, empty: (ResourceIdentity(), Portion())) { coder, entry in
            coder.record(&entry.0)
            coder.uint(&entry.1.copies)
            coder.value(&entry.1.amount)
            coder.value(&entry.1.extras)
        }
        var result = Portions()
        for (identity, portion) in found {
            guard let id = identities.intern(identity) else { continue }
            var own = portion
            own.identity = id
            result.add(own)
        }
        return result
    }
}
