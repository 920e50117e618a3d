import ClusterModel

/// What operators ask for over the API: each wish is judged whole before anything is changed.
extension ControlCore {
    mutating func operatorCalled(_ call: OperatorCall) {
        if !state.storeFault.isEmpty {
            let words = "refused: the state store takes nothing (\(state.storeFault)); running tasks go on"
            return answer(call.request, CallVerdict(.unavailable, words))
        }
        let verdict = obey(call.wish, user: call.principal)
        emit(
            .acted(
                Acted(
                    user: call.principal, action: call.wish.word, accepted: verdict.outcome == .accepted,
                    result: verdict.message)))
        answer(call.request, verdict)
    }

    private mutating func obey(_ wish: OperatorWish, user: String) -> CallVerdict {
        switch wish {
        case .teardown(let framework):
            guard let id = state.framework(withID: framework), state.frameworks[id.index].state != .removed else {
                return CallVerdict(.invalid, "No framework found with specified ID \(framework)")
            }
            remove(id, "torn down by \(user.isEmpty ? "an operator" : user)")
            return CallVerdict()
        case .quota(let quotas, let force, let isFirst): return setQuotas(quotas, force: force, isFirst: isFirst, user)
        case .weights(let weights): return setWeights(weights)
        case .operation(let agent, let operation): return operate(agent, operation, user)
        case .maintenance(let windows): return schedule(windows, user)
        case .machinesDown(let machines): return takeDown(machines, user)
        case .machinesUp(let machines): return bringUp(machines, user)
        case .drain(let agent, let grace, let marksGone): return drain(agent, grace, marksGone)
        case .deactivate(let agent): return deactivate(agent)
        case .reactivate(let agent): return reactivate(agent)
        case .markGone(let agent): return markGone(agent)
        }
    }

    private mutating func setWeights(_ weights: [RoleSpec]) -> CallVerdict {
        for spec in weights {
            if let fault = RoleName.fault(spec.path) { return CallVerdict(.invalid, fault) }
            if !state.isAllowed(role: spec.path) { return CallVerdict(.invalid, "Role '\(spec.path)' is not allowed") }
            if spec.weight <= 0 {
                return CallVerdict(.invalid, "the weight of role '\(spec.path)' must be greater than 0")
            }
        }
        var isInUse = false
        for spec in weights {
            let role = state.role(at: spec.path)
            if let role, connectedFrameworks.contains(where: { state.frameworks[$0.index].roles.contains(role) }) {
                isInUse = true
            }
            emit(
                .roleChanged(
                    RoleChanged(role: role ?? RoleID(state.roles.count), path: spec.path, weight: spec.weight)))
        }
        // Everything is shared out anew.
        if isInUse { for offer in state.openOffers { close(offer, .rescinded) } }
        queueChanged = true
        return CallVerdict()
    }

    /// An operation on what is free on an agent; offers give way to it.
    private mutating func operate(_ agent: String, _ operation: OfferOperation, _ user: String) -> CallVerdict {
        guard let node = state.node(withAgentID: agent) else {
            return CallVerdict(.invalid, "No agent found with specified ID \(agent)")
        }
        do throws(OperationFault) {
            if !operation.unauthorized.isEmpty { throw OperationFault.invalid(operation.unauthorized) }
            let conversion = try conversion(of: operation, on: node, role: nil, principal: user)
            makeRoom(for: conversion.taken, on: node)
            var pool = state.freeHolding(of: node)
            _ = try change(conversion, of: node, pool: &pool)
            freed.append(node)
            return CallVerdict()
        } catch {
            switch error {
            case .missing(let words): return CallVerdict(.conflict, words)
            case .invalid(let words): return CallVerdict(.invalid, words)
            }
        }
    }

    /// Takes offers of a node back, one by one, until `items` are free or none is left.
    private mutating func makeRoom(for items: [ResourceItem], on node: NodeID) {
        func isFree() -> Bool {
            guard let wanted = state.holding(items) else { return false }
            return Self.take(wanted, from: state.freeHolding(of: node)) != nil
        }
        for offer in state.openOffers where state.offers[offer.index].node == node {
            if isFree() { return }
            close(offer, .rescinded, refuse: filterTime(.seconds(5)))
        }
    }
}

extension OperatorWish {
    /// The call's word.
    public var word: String {
        switch self {
        case .teardown: "teardown"
        case .quota: "update quota"
        case .weights: "update weights"
        case .operation: "operation"
        case .maintenance: "update maintenance"
        case .machinesDown: "start maintenance"
        case .machinesUp: "stop maintenance"
        case .drain: "drain agent"
        case .deactivate: "deactivate agent"
        case .reactivate: "reactivate agent"
        case .markGone: "mark agent gone"
        }
    }
}
