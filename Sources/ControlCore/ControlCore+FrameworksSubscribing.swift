import ClusterModel

/// Frameworks come, come back, change what they say of themselves, and go.
extension ControlCore {
    mutating func subscribe(_ call: FrameworkCall, _ said: ClusterModel.Subscription) {
        if !state.storeFault.isEmpty {
            let words = "the state store takes nothing (\(state.storeFault)); running tasks go on"
            return answer(call.request, CallVerdict(.unavailable, words))
        }
        var said = said
        if said.info.principal.isEmpty { said.info.principal = call.principal }
        let known = call.framework.isEmpty ? nil : state.framework(withID: call.framework)
        if let problem = obstacle(to: said, known, call.framework) {
            return answer(call.request, CallVerdict(.refusedOnStream, problem))
        }
        if let known { return comeBack(known, call, said) }
        let id = FrameworkID(state.frameworks.count)
        guard id.index < ClusterState.frameworkLimit else {
            let words = "this cluster has had \(ClusterState.frameworkLimit) frameworks; start a new one"
            return answer(call.request, CallVerdict(.refusedOnStream, words))
        }
        welcome(id, call, said)
    }

    private mutating func welcome(_ id: FrameworkID, _ call: FrameworkCall, _ said: ClusterModel.Subscription) {
        emit(.frameworkSubscribed(FrameworkSubscribed(framework: id, connection: call.connection, said: said)))
        let text = state.frameworkID(of: id)
        answer(call.request, CallVerdict(.accepted, "", framework: text))
        tell(id, .subscribed(framework: text))
        startCycle()
    }

    /// The new stream takes the place of the old one, whose offers are no more; statuses that were not acknowledged are
    /// told again.
    private mutating func comeBack(_ id: FrameworkID, _ call: FrameworkCall, _ said: ClusterModel.Subscription) {
        let old = state.frameworkDetails[id.index]
        if old.isConnected, old.connection != call.connection {
            direct(.tell(connection: old.connection, .error("Framework failed over")))
        }
        dropOffers(of: id)
        clearFilters(of: id, roles: state.frameworks[id.index].roles.map { state.path(of: $0) })
        // Who its tasks run as, and whether they outlive their agent, was settled when it came first.
        var said = said
        said.info.user = old.info.user
        said.info.checkpoint = old.info.checkpoint
        welcome(id, call, said)
        for job in state.externalJobs(of: id) { tellOldest(job) }
        for operation in state.operations where operation.framework == id { tell(operation) }
    }

    /// Why a subscription is refused, in one line; nil when it is not.
    private func obstacle(to said: ClusterModel.Subscription, _ known: FrameworkID?, _ text: String) -> String? {
        if !said.problem.isEmpty { return said.problem }
        if !text.isEmpty {
            guard let known else {
                return "Framework \(text) is not known to this cluster; subscribe without an id"
            }
            if state.frameworks[known.index].state == .removed { return "Framework has been removed" }
            let old = state.frameworkDetails[known.index].info.principal
            if old != said.info.principal {
                return "Changing the framework's principal from '\(old)' to '\(said.info.principal)' is not allowed"
            }
        }
        return Self.obstacle(to: said, in: state)
    }

    /// What is wrong with what a framework says of itself.
    static func obstacle(to said: ClusterModel.Subscription, in state: ClusterState) -> String? {
        let roles = said.info.roles
        if roles.count > FrameworkInfo.roleLimit { return "more than \(FrameworkInfo.roleLimit) roles" }
        if said.info.wire.count > FrameworkInfo.wireLimit {
            return "FrameworkInfo has \(said.info.wire.count) bytes, at most \(FrameworkInfo.wireLimit) are kept"
        }
        for role in roles {
            if let fault = RoleName.fault(role) { return fault }
            if !state.isAllowed(role: role) { return "Role '\(role)' is not present in the master's --roles" }
        }
        if Set(roles).count != roles.count { return "a role is given twice" }
        for role in said.suppressed where !roles.contains(role) {
            return "suppressed role '\(role)' is not one of the framework's roles"
        }
        for entry in said.constraints.roles {
            if !roles.contains(entry.role) {
                return "offer constraints name role '\(entry.role)', which is not subscribed"
            }
            if entry.groups.isEmpty || entry.groups.contains(where: \.isEmpty) {
                return "offer constraints of role '\(entry.role)' have an empty group"
            }
        }
        return nil
    }

    /// A change without a new stream: all or nothing.
    mutating func update(_ id: FrameworkID, _ said: ClusterModel.Subscription) -> CallVerdict {
        let old = state.frameworkDetails[id.index].info
        var said = said
        if said.info.principal.isEmpty { said.info.principal = old.principal }
        if !said.problem.isEmpty { return CallVerdict(.invalid, said.problem) }
        if said.info.user != old.user { return CallVerdict(.invalid, "Updating 'FrameworkInfo.user' is unsupported") }
        if said.info.principal != old.principal {
            return CallVerdict(.invalid, "Updating 'FrameworkInfo.principal' is unsupported")
        }
        if said.info.checkpoint != old.checkpoint {
            return CallVerdict(.invalid, "Updating 'FrameworkInfo.checkpoint' is unsupported")
        }
        if let problem = Self.obstacle(to: said, in: state) { return CallVerdict(.invalid, problem) }
        let before = state.frameworks[id.index]
        let connection = state.frameworkDetails[id.index].connection
        for offer in state.openOffers where state.offers[offer.index].framework == id {
            let role = state.path(of: state.offers[offer.index].role)
            if !said.info.roles.contains(role) { close(offer, .rescinded) }
        }
        let awake = before.suppressed.map { state.path(of: $0) }
            .filter { said.info.roles.contains($0) && !said.suppressed.contains($0) }
        let dropped = before.roles.map { state.path(of: $0) }.filter { !said.info.roles.contains($0) }
        clearFilters(of: id, roles: awake + dropped)
        emit(.frameworkSubscribed(FrameworkSubscribed(framework: id, connection: connection, said: said)))
        if !awake.isEmpty { startCycle() } else { queueChanged = true }
        return CallVerdict()
    }

    /// A framework's stream has ended: it is offered nothing, and waited for as long as it said.
    mutating func leave(_ id: FrameworkID, _ message: String) {
        dropOffers(of: id)
        clearFilters(of: id, roles: state.frameworks[id.index].roles.map { state.path(of: $0) })
        let patience = state.frameworkDetails[id.index].info.failoverTimeout
        guard patience > .zero else { return remove(id, message) }
        emit(.frameworkLeft(FrameworkLeft(framework: id, isRemoved: false, removeAt: now + patience, message: message)))
    }

    /// Its time is over.
    mutating func removeIfOverdue(_ id: FrameworkID) {
        guard id.index < state.frameworkDetails.count, state.frameworks[id.index].state == .disconnected else { return }
        let due = state.frameworkDetails[id.index].removeAt
        guard due <= now else { return deadlines.add(.framework, id.raw, at: due) }
        remove(id, "it did not come back in time")
    }

    /// A framework is gone for good, and with it its tasks: agents end them, nobody is told.
    mutating func remove(_ id: FrameworkID, _ message: String) {
        guard state.frameworks[id.index].state != .removed else { return }
        tell(id, .closed)
        dropOffers(of: id)
        clearFilters(of: id, roles: state.frameworks[id.index].roles.map { state.path(of: $0) })
        for operation in state.operations where operation.framework == id {
            emit(.operationChanged(OperationChanged(operation: operation, isForgotten: true)))
        }
        let text = state.frameworkID(of: id)
        var nodes: Set<NodeID> = []
        emit(.frameworkLeft(FrameworkLeft(framework: id, isRemoved: true, message: message)))
        for job in state.externalJobs(of: id) {
            let task = TaskID(job: job, index: 0)
            if let row = state.row(of: task), row.state.isPlaced { nodes.insert(row.node) }
            endUntold(job, .killed, .frameworkRemoved)
        }
        for node in nodes.sorted() { notify(node, .shutdownFramework(framework: text)) }
        queueChanged = true
    }

    /// Closes all offers of a framework without a word: whoever held them is not there.
    private mutating func dropOffers(of id: FrameworkID) {
        for offer in state.openOffers where state.offers[offer.index].framework == id {
            close(offer, .rescinded, isTold: false)
        }
        for offer in state.inverseOffers where offer.framework == id {
            emit(.inverseOfferChanged(InverseOfferChanged(offer: offer, isForgotten: true)))
        }
    }
}
