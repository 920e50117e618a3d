import Allocator
import ClusterModel

/// What will serve the queue without buying anything. What is there has just been offered to it by the live allocator;
/// here machines that are on their way are taken as ready, on a copy of the state, and the same allocator lends them.
struct Supply {
    /// The state in which coming machines are ready and what they will run is lent.
    private(set) var state: ClusterState
    /// Nodes whose machines are on their way, ascending.
    private(set) var coming: [NodeID] = []
    /// Nodes on their way out by the autoscaler's own will, ascending: cheaper to keep than to buy.
    private(set) var leaving: [NodeID] = []
    /// Leaving nodes that the queue wants.
    private(set) var kept: Set<NodeID> = []
    /// Ready nodes on which a gang counts.
    private(set) var claimed: Set<NodeID> = []
    private let now: Instant

    init(_ real: ClusterState, now: Instant) {
        state = real
        self.now = now
        for id in real.index.liveInstances {
            let row = real.instances[id.index]
            guard row.state != .stopping, real.nodes.contains(row.node.index) else { continue }
            let node = real.nodes[row.node.index]
            if node.state == .joining, node.instance == id { coming.append(row.node) }
            if node.state == .draining, node.removeWhenDrained, node.reason.isOfAutoscaler, node.connected {
                leaving.append(row.node)
            }
        }
        coming.sort()
        leaving.sort()
        for node in coming {
            tell(.nodeRegistered(NodeRegistered(node: node, total: state.nodes[node.index].total, state: .ready)))
        }
    }

    /// Lends what is coming, then what could be kept, to the groups in their order.
    mutating func serve(_ queue: inout QueueDemand) {
        for at in queue.groups.indices where queue.groups[at].unmet > 0 && !queue.groups[at].isGang {
            lend(&queue, at, to: coming)
        }
        for at in queue.groups.indices where queue.groups[at].unmet > 0 && queue.groups[at].isGang {
            while queue.groups[at].unmetGangs > 0, lendGang(&queue, at) {}
        }
        guard !leaving.isEmpty else { return }
        for node in leaving {
            tell(.nodeChanged(NodeChanged(node: node, state: .ready, reason: Reason(.returned))))
        }
        for at in queue.groups.indices where queue.groups[at].unmet > 0 && !queue.groups[at].isGang {
            for node in lend(&queue, at, to: leaving) { kept.insert(node) }
        }
        for at in queue.groups.indices where queue.groups[at].unmet > 0 && queue.groups[at].isGang {
            while queue.groups[at].unmetGangs > 0, lendGang(&queue, at) {}
        }
    }

    @discardableResult
    private mutating func lend(_ queue: inout QueueDemand, _ at: Int, to nodes: [NodeID]) -> [NodeID] {
        guard !nodes.isEmpty else { return [] }
        let group = queue.groups[at]
        var demand = group.demand
        demand.count = group.unmet
        demand.only = nodes
        let proposals = Allocator.propose(state, demands: [demand], candidates: [], now: now)
            .filter { $0.framework == .batch }
        let served = take(proposals, demand)
        queue.update(at) {
            $0.coming += served
            $0.unmet -= served
        }
        return proposals.map(\.node)
    }

    /// Lends room for one gang, if there is enough of it.
    private mutating func lendGang(_ queue: inout QueueDemand, _ at: Int) -> Bool {
        let group = queue.groups[at]
        var demand = group.demand
        demand.count = Int(group.key.gang)
        let proposals = Allocator.propose(state, demands: [demand], candidates: nil, now: now)
            .filter { $0.framework == .batch }
        guard !proposals.isEmpty else { return false }
        _ = take(proposals, demand)
        for proposal in proposals {
            if leaving.contains(proposal.node) { kept.insert(proposal.node) } else { claimed.insert(proposal.node) }
        }
        queue.update(at) {
            $0.coming += demand.count
            $0.unmet -= demand.count
        }
        return true
    }

    /// Nodes on which a piece goes now or soon, and which no other gang of this round counts on; at most `limit`.
    mutating func room(for demand: Demand, limit: Int) -> [NodeID] {
        var found: [NodeID] = []
        for slot in 0..<state.nodes.count where found.count < limit && state.nodes[slot].state.takesWork {
            let node = NodeID(slot)
            let row = state.nodes[slot]
            guard demand.need.fits(in: row.free), Demand.closedReason(of: node, in: state) == nil,
                demand.obstacle(
                    on: node, free: row.free, freeExtras: state.nodeDetails[slot].freeExtras, in: state) == nil
            else { continue }
            found.append(node)
        }
        return found
    }

    /// Books a piece of a gang on each of these nodes.
    mutating func claim(_ nodes: [NodeID], for demand: Demand) {
        for node in nodes {
            let extras = demand.take(from: state.nodeDetails[node.index].freeExtras) ?? Extras()
            lend(Proposal(framework: .batch, role: demand.role, node: node, resources: demand.need, extras: extras))
            if leaving.contains(node) { kept.insert(node) } else { claimed.insert(node) }
        }
    }

    /// Whether nothing is lent on a coming node.
    func isUnused(_ node: NodeID) -> Bool { state.nodes[node.index].offered.isZero }

    /// Writes proposals down in the copy; answers how many pieces they are.
    private mutating func take(_ proposals: [Proposal], _ demand: Demand) -> Int {
        var sum = ResourceVector.zero
        for proposal in proposals {
            sum += proposal.resources
            lend(proposal)
        }
        for lane in 0..<8 where demand.need.lanes[lane] > 0 { return Int(sum.lanes[lane] / demand.need.lanes[lane]) }
        return proposals.isEmpty ? 0 : demand.count
    }

    private mutating func lend(_ proposal: Proposal) {
        tell(
            .offerMade(
                OfferMade(
                    offer: OfferID(max(1, state.offers.count)), framework: proposal.framework, role: proposal.role,
                    node: proposal.node, resources: proposal.resources, extras: proposal.extras)))
    }

    private mutating func tell(_ event: Event) {
        state.apply(StampedEvent(sequence: state.sequence &+ 1, time: now, event: event))
    }
}

extension Reason {
    /// Whether a node drains because the autoscaler wants it gone, not a person.
    var isOfAutoscaler: Bool { code == .idle || code == .underused }
}
