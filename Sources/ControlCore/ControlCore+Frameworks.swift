import ClusterModel

/// What frameworks outside say: who may say it, and to which part of the core it goes.
extension ControlCore {
    mutating func frameworkCalled(_ call: FrameworkCall) {
        if case .subscribe(let said) = call.call { return subscribe(call, said) }
        guard let id = state.framework(withID: call.framework), let details = state.details(of: id),
            state.frameworks[id.index].state != .removed
        else { return answer(call.request, CallVerdict(.unknownFramework, "Framework cannot be found")) }
        if call.call == .disconnected {
            if details.connection == call.connection { leave(id, "its stream ended") }
            return
        }
        if !call.principal.isEmpty, call.principal != details.info.principal {
            let words = "\(call.principal) is not the principal of framework \(call.framework)"
            return answer(call.request, CallVerdict(.wrongPrincipal, words))
        }
        guard details.isConnected else {
            return answer(call.request, CallVerdict(.notSubscribed, "Framework is not subscribed"))
        }
        guard details.connection == call.connection else {
            return answer(call.request, CallVerdict(.wrongStream, "The stream ID is not that of the present stream"))
        }
        if !state.storeFault.isEmpty {
            let words = "the state store takes nothing (\(state.storeFault)); running tasks go on"
            return answer(call.request, CallVerdict(.unavailable, words))
        }
        answer(call.request, obey(call, id))
    }

    private mutating func obey(_ call: FrameworkCall, _ id: FrameworkID) -> CallVerdict {
        switch call.call {
        case .subscribe, .disconnected, .request: break
        case .updateFramework(let said): return update(id, said)
        case .teardown: remove(id, "it was torn down")
        case .accept(let acceptance): accept(acceptance, id, principal: call.principal)
        case .commit(let said): return commit(said, id, principal: call.principal)
        case .decline(let answer): decline(answer, id)
        case .acceptInverse(let answer): answerInverse(answer, id, .accept)
        case .declineInverse(let answer): answerInverse(answer, id, .decline)
        case .demand(let pieces): return takeDemand(pieces, id)
        case .revive(let roles): return revive(roles, id)
        case .suppress(let roles): return suppress(roles, id)
        case .kill(let wish): kill(wish, id)
        case .shutdown(let name): shutDown(name, id)
        case .acknowledge(let what): acknowledge(what, id)
        case .acknowledgeOperation(let what): acknowledge(what, id)
        case .reconcile(let questions): reconcile(questions, id)
        case .reconcileOperations(let questions): reconcileOperations(questions, id)
        case .message(let message): pass(message, id)
        }
        return CallVerdict()
    }

    /// Answers whoever made a call, if anybody waits.
    mutating func answer(_ request: UInt64, _ verdict: CallVerdict) {
        if request > 0 { direct(.verdict(request: request, verdict)) }
    }

    /// Tells a framework something, if it has a stream.
    mutating func tell(_ framework: FrameworkID, _ event: FrameworkEvent) {
        guard let connection = state.details(of: framework)?.connection, connection != 0 else { return }
        direct(.tell(connection: connection, event))
    }

    /// Frameworks outside that have a stream, ascending.
    var connectedFrameworks: [FrameworkID] {
        state.frameworkDetails.indices.lazy.filter { state.frameworkDetails[$0].isConnected }.map { FrameworkID($0) }
    }

    /// Whether a framework knows of unreachable and gone tasks.
    func isPartitionAware(_ framework: FrameworkID) -> Bool {
        state.frameworks[framework.index].capabilities.contains(.partitionAware)
    }

    /// Ends executors and bytes: what goes to an agent is told when its node can be reached, and never twice.
    mutating func notify(_ node: NodeID?, _ notice: AgentNotice) {
        guard let node, state.nodes.contains(node.index), state.nodes[node.index].connected else { return }
        direct(.notice(node: state.name(of: node), notice))
    }

    private mutating func shutDown(_ name: ExecutorName, _ id: FrameworkID) {
        guard let node = state.node(withAgentID: name.agent) else { return }
        let agent = state.nodes[node.index].agent
        guard !state.nodes[node.index].isSimulated,
            let job = state.job(ofExecutor: name.executor, on: agent, of: id),
            let row = state.external(job), hasProcess(row, on: node)
        else {
            return notify(
                node, .shutdownExecutor(framework: state.frameworkID(of: id), executor: name.executor))
        }
        requestKill(TaskID(job: job, index: 0), Reason(.killed), user: state.name(of: id))
    }

    private mutating func pass(_ message: ExecutorMessage, _ id: FrameworkID) {
        guard let node = state.node(withAgentID: message.to.agent) else { return }
        let notice = AgentNotice.message(
            framework: state.frameworkID(of: id), executor: message.to.executor, data: message.data)
        notify(node, notice)
    }

    private mutating func decline(_ answer: OfferAnswer, _ id: FrameworkID) {
        for text in answer.offers {
            if let offer = openOffer(text, of: id) {
                close(offer, .declined, refuse: declineTime(answer.refuse))
            } else if let known = state.offer(withID: text) {
                answerInverse(known, answer.refuse, id, .decline)
            }
        }
    }

    /// The open offer of a framework with that id.
    func openOffer(_ text: String, of id: FrameworkID) -> OfferID? {
        guard let offer = state.offer(withID: text), state.offers.contains(offer.index),
            state.offers[offer.index].outcome == .open, state.offers[offer.index].framework == id
        else { return nil }
        return offer
    }

    /// How long a refusal holds: at least over the next cycle, so that the same is not offered in it again.
    func filterTime(_ refuse: Interval) -> Interval {
        guard refuse > .zero else { return .zero }
        let interval = state.configuration.offers.interval
        return max(min(refuse, OfferAnswer.longest), interval > .zero ? interval + Interval(microseconds: 1) : .zero)
    }

    /// How long a decline holds: never for less than keeps the rate of offers within bounds.
    func declineTime(_ refuse: Interval) -> Interval {
        isCyclic ? filterTime(refuse) : max(OfferAnswer.shortest, filterTime(refuse))
    }

    private mutating func revive(_ roles: [String], _ id: FrameworkID) -> CallVerdict {
        let all = state.frameworks[id.index].roles.map { state.path(of: $0) }
        let named = roles.isEmpty ? all : roles.filter { all.contains($0) }
        let kept = state.frameworks[id.index].suppressed.map { state.path(of: $0) }.filter { !named.contains($0) }
        emit(.rolesSuppressed(RolesSuppressed(framework: id, roles: kept)))
        clearFilters(of: id, roles: named)
        clearInverseQuiet(of: id)
        startCycle()
        return CallVerdict()
    }

    /// What a framework would take takes the place of what it told before. The reference has no such thing: there it
    /// is passed over.
    private mutating func takeDemand(_ pieces: [DemandPiece], _ id: FrameworkID) -> CallVerdict {
        guard state.configuration.offers.has(.demand) else { return CallVerdict() }
        guard pieces.count <= DemandPiece.limit else {
            return CallVerdict(.invalid, "More than \(DemandPiece.limit) kinds of pieces are requested at once")
        }
        guard pieces.reduce(0, { $0 + Int($1.count) }) <= Int(DemandPiece.countLimit) else {
            return CallVerdict(.invalid, "More than \(DemandPiece.countLimit) pieces are requested at once")
        }
        var told = ToldDemand()
        for piece in pieces where piece.count > 0 {
            let role: RoleID
            switch ownRole(piece.role, id, of: "A request") {
            case .success(let own): role = own
            case .failure(let refusal): return refusal.verdict
            }
            guard piece.need.isNonNegative, !piece.need.isZero else {
                return CallVerdict(.invalid, "A request asks for nothing, or for less")
            }
            // All pieces of all requests together can then be counted.
            let most = Int64.max / Int64(DemandPiece.limit) / Int64(piece.count)
            guard piece.need.fits(in: ResourceVector(lanes: SIMD8(repeating: most))) else {
                return CallVerdict(.invalid, "A request asks for more than any cluster has")
            }
            guard !piece.isGang || state.configuration.offers.has(.gangs) else {
                return CallVerdict(.invalid, "Requests for pieces together are switched off in this cluster")
            }
            guard !piece.isGang || (2...DemandPiece.gangLimit).contains(piece.count) && piece.ports == 0 else {
                let most = DemandPiece.gangLimit
                return CallVerdict(.invalid, "A request for pieces together is for 2 to \(most) of them, without ports")
            }
            told.pieces.append(
                .init(role: role, need: piece.need, ports: piece.ports, count: piece.count, isGang: piece.isGang))
        }
        emit(.demandTold(DemandTold(framework: id, demand: told)))
        startCycle()
        return CallVerdict()
    }

    private mutating func suppress(_ roles: [String], _ id: FrameworkID) -> CallVerdict {
        let all = state.frameworks[id.index].roles.map { state.path(of: $0) }
        let now = state.frameworks[id.index].suppressed.map { state.path(of: $0) }
        let named = roles.isEmpty ? all : all.filter { roles.contains($0) || now.contains($0) }
        if named != now { emit(.rolesSuppressed(RolesSuppressed(framework: id, roles: named))) }
        return CallVerdict()
    }

    /// Takes back refusals for these roles.
    mutating func clearFilters(of id: FrameworkID, roles: [String]) {
        for role in roles.compactMap({ state.role(at: $0) })
        where state.filters.contains(where: { $0.framework == id && $0.role == role }) {
            emit(.filtersCleared(FiltersCleared(framework: id, role: role, expiredBy: .distantFuture)))
        }
    }
}
