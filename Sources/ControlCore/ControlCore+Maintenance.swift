import ClusterModel

/// Announced maintenance: machines in the schedule are offered with the time of it, and asked back by inverse offers;
/// machines that are down are not there.
extension ControlCore {
    mutating func schedule(_ windows: [MaintenanceWindow], _ user: String) -> CallVerdict {
        if let problem = obstacle(to: windows) { return CallVerdict(.invalid, problem) }
        let before = state.presentNodes.map { state.nodeDetails[$0.index].unavailability }
        let nodes = state.presentNodes
        emit(.maintenanceChanged(MaintenanceChanged(windows: windows, down: state.machinesDown, user: user)))
        for (node, old) in zip(nodes, before) where state.nodeDetails[node.index].unavailability != old {
            // Whoever holds something of it learns of the change as soon as can be: by new offers.
            rescindOffers(of: node)
            for offer in state.inverseOffers where offer.node == node {
                if offer.isOpen { tell(offer.framework, .rescindInverse(offer: state.offerID(offer.id))) }
                emit(.inverseOfferChanged(InverseOfferChanged(offer: offer, isForgotten: true)))
            }
            startCycle(on: node)
        }
        return CallVerdict()
    }

    private func obstacle(to windows: [MaintenanceWindow]) -> String? {
        for window in windows {
            if window.machines.isEmpty { return "List of machines in the maintenance window is empty" }
            if window.unavailability.durationNanoseconds < -1 { return "Unavailability 'duration' is negative" }
        }
        let named = windows.flatMap(\.machines)
        if let fault = fault(in: named) { return fault }
        if named.count > MaintenanceWindow.machineLimit {
            return "the schedule has \(named.count) machines, at most \(MaintenanceWindow.machineLimit) are kept"
        }
        for machine in state.machinesDown
        where !windows.contains(where: { $0.machines.contains { $0.isSame(as: machine) } }) {
            return "Machine '\(machine.hostname)' is deactivated and cannot be removed from the schedule"
        }
        for node in state.presentNodes where state.nodes[node.index].awaitsAcknowledgement {
            let machine = state.machine(of: node)
            if windows.contains(where: { $0.machines.contains { $0.isSame(as: machine) } }) {
                return "Machine '\(machine.hostname)' has an agent that is draining"
            }
        }
        return nil
    }

    /// What is wrong with how machines are named; nil when nothing is.
    private func fault(in machines: [MaintenanceWindow.Machine]) -> String? {
        var seen: Set<MaintenanceWindow.Machine> = []
        for machine in machines {
            if machine.hostname.isEmpty, machine.ip.isEmpty { return "Both 'hostname' and 'ip' are empty" }
            if !machine.ip.isEmpty, !Self.isAddress(machine.ip) { return "'\(machine.ip)' is no IPv4 address" }
            let own = MaintenanceWindow.Machine(hostname: machine.hostname.lowercased(), ip: machine.ip)
            guard seen.insert(own).inserted else { return "Machine '\(machine.hostname)' is named twice" }
        }
        return nil
    }

    /// Four numbers below 256 without leading zeros.
    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { part in UInt8(part).map { "\($0)" == part } ?? false }
    }

    mutating func takeDown(_ machines: [MaintenanceWindow.Machine], _ user: String) -> CallVerdict {
        if machines.isEmpty { return CallVerdict(.invalid, "List of machines is empty") }
        if let fault = fault(in: machines) { return CallVerdict(.invalid, fault) }
        for machine in machines {
            guard state.maintenance.contains(where: { $0.machines.contains { $0.isSame(as: machine) } }) else {
                return CallVerdict(.invalid, "Machine '\(machine.hostname)' is not part of a maintenance schedule")
            }
            if state.machinesDown.contains(where: { $0.isSame(as: machine) }) {
                return CallVerdict(.invalid, "Machine '\(machine.hostname)' is not in DRAINING mode")
            }
        }
        let down = state.machinesDown + machines
        emit(.maintenanceChanged(MaintenanceChanged(windows: state.maintenance, down: down, user: user)))
        for node in state.presentNodes where machines.contains(where: { $0.isSame(as: state.machine(of: node)) }) {
            notify(node, .shutdown)
            removeAgent(node, .lost, .agentRemoved, Reason(.removedByOperator))
        }
        return CallVerdict()
    }

    mutating func bringUp(_ machines: [MaintenanceWindow.Machine], _ user: String) -> CallVerdict {
        if machines.isEmpty { return CallVerdict(.invalid, "List of machines is empty") }
        if let fault = fault(in: machines) { return CallVerdict(.invalid, fault) }
        for machine in machines where !state.machinesDown.contains(where: { $0.isSame(as: machine) }) {
            return CallVerdict(.invalid, "Machine '\(machine.hostname)' is not in DOWN mode")
        }
        func stays(_ machine: MaintenanceWindow.Machine) -> Bool { !machines.contains { $0.isSame(as: machine) } }
        var windows: [MaintenanceWindow] = []
        for window in state.maintenance {
            let left = window.machines.filter(stays)
            if !left.isEmpty {
                windows.append(MaintenanceWindow(machines: left, unavailability: window.unavailability))
            }
        }
        let down = state.machinesDown.filter(stays)
        emit(.maintenanceChanged(MaintenanceChanged(windows: windows, down: down, user: user)))
        return CallVerdict()
    }

    // Inverse offers.

    /// Asks those who hold something of machines that will not be there to let go; `nodes` are those of this cycle.
    mutating func askBack(_ nodes: [NodeID]?) {
        guard !state.maintenance.isEmpty else { return }
        var asked: [FrameworkID: [InverseOfferTold]] = [:]
        for node in nodes ?? state.presentNodes {
            guard state.nodes.contains(node.index), state.nodes[node.index].state == .ready,
                let unavailability = state.nodeDetails[node.index].unavailability
            else { continue }
            for id in holders(of: node) where state.frameworks[id.index].state == .active {
                let known = state.inverseOffers.first { $0.framework == id && $0.node == node }
                if let known, known.isOpen || known.quietUntil > now { continue }
                var row = known ?? InverseOfferRow()
                row.id = InverseOfferRow.id(number: state.inverseEver + 1)
                (row.framework, row.node, row.isOpen) = (id, node, true)
                emit(.inverseOfferChanged(InverseOfferChanged(offer: row)))
                var told = InverseOfferTold()
                told.id = state.offerID(row.id)
                told.framework = state.frameworkID(of: id)
                told.agent = state.agentID(of: node)
                told.unavailability = unavailability
                asked[id, default: []].append(told)
            }
        }
        for id in asked.keys.sorted() { tell(id, .inverseOffers(asked[id] ?? [])) }
    }

    /// Frameworks outside that hold something of a node, ascending.
    private func holders(of node: NodeID) -> [FrameworkID] {
        var found: Set<FrameworkID> = []
        for task in state.index.tasksOnNode[node.index] {
            if let row = state.external(task.job) { found.insert(row.framework) }
        }
        for offer in state.openOffers where state.offers[offer.index].node == node {
            found.insert(state.offers[offer.index].framework)
        }
        return found.filter { state.frameworks[$0.index].isExternal }.sorted()
    }

    mutating func answerInverse(_ answer: OfferAnswer, _ id: FrameworkID, _ said: InverseOfferRow.Answer) {
        for text in answer.offers {
            if let offer = state.offer(withID: text) { answerInverse(offer, answer.refuse, id, said) }
        }
    }

    mutating func answerInverse(
        _ offer: OfferID, _ refuse: Interval, _ id: FrameworkID, _ said: InverseOfferRow.Answer
    ) {
        guard var row = state.inverseOffers.first(where: { $0.id == offer && $0.framework == id && $0.isOpen }) else {
            return
        }
        row.isOpen = false
        row.answer = said
        row.answeredAt = now
        row.quietUntil = refuse > .zero ? now + filterTime(refuse) : .never
        emit(.inverseOfferChanged(InverseOfferChanged(offer: row)))
        queueChanged = true
    }

    /// Asks again of what was answered, from the next cycle on.
    mutating func clearInverseQuiet(of id: FrameworkID) {
        for offer in state.inverseOffers where offer.framework == id && offer.quietUntil > now {
            var open = offer
            open.quietUntil = .never
            emit(.inverseOfferChanged(InverseOfferChanged(offer: open)))
        }
    }
}
