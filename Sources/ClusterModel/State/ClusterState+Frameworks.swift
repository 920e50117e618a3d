/// Questions about frameworks outside: their ids as text, their tasks, what nodes have for them. O(1) unless said.
extension ClusterState {
    /// What a framework knows of the task of `job`; nil when it is none of a framework outside.
    public func external(_ job: JobID) -> ExternalTask? {
        guard externalTasks.contains(job.index) else { return nil }
        let row = externalTasks[job.index]
        return row.kind == .none ? nil : row
    }
    /// What is said of a framework outside; nil for others.
    public func details(of framework: FrameworkID) -> FrameworkDetails? {
        guard framework.index < frameworkDetails.count, frameworks[framework.index].isExternal else { return nil }
        return frameworkDetails[framework.index]
    }

    /// A framework's id, `CLUSTER-0003`.
    public func frameworkID(of framework: FrameworkID) -> String {
        guard framework.index < frameworks.count, frameworks[framework.index].isExternal else { return "" }
        let digits = "\(frameworks[framework.index].number - 1)"
        return cluster + "-" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
    /// The framework with that id. O(frameworks) at worst.
    public func framework(withID text: String) -> FrameworkID? {
        guard let number = number(in: text, after: "-"), number < UInt64(UInt32.max) else { return nil }
        let wanted = UInt32(number) + 1
        let near = frameworks.indices.dropFirst(Int(number))
        let slot = near.first { frameworks[$0].number == wanted } ?? frameworks.firstIndex { $0.number == wanted }
        return slot.map { FrameworkID($0) }
    }
    /// An agent's id, `CLUSTER-S12`.
    public func agentID(number: UInt32) -> String { number == 0 ? "" : "\(cluster)-S\(number - 1)" }
    /// The id of a node's agent.
    public func agentID(of node: NodeID) -> String {
        nodes.contains(node.index) ? agentID(number: nodes[node.index].agent) : ""
    }
    /// The number of the agent with that id; 0 when it is none of this cluster's.
    public func agentNumber(_ text: String) -> UInt32 {
        number(in: text, after: "-S").map { $0 < UInt64(agentsEver) ? UInt32($0) + 1 : 0 } ?? 0
    }
    /// The node whose agent has that id, unless it was removed.
    public func node(withAgentID text: String) -> NodeID? { index.nodeByAgent[agentNumber(text)] }
    /// An offer's id, `CLUSTER-O7`. Numbers begin anew with each leadership, so that it is part of them.
    public func offerID(_ offer: OfferID) -> String {
        "\(cluster)-O\((max(1, epoch) - 1) << 32 | UInt64(offer.raw))"
    }
    /// The offer with that id, whatever became of it; nil when it never was.
    public func offer(withID text: String) -> OfferID? {
        guard let number = number(in: text, after: "-O"), number >> 32 == max(1, epoch) - 1 else { return nil }
        return OfferID(raw: UInt32(truncatingIfNeeded: number))
    }

    /// The number behind `CLUSTER` and a mark.
    private func number(in text: String, after mark: String) -> UInt64? {
        let bytes = Array(text.utf8)
        let head = Array((cluster + mark).utf8)
        guard bytes.count > head.count, bytes.count <= head.count + 20, bytes.starts(with: head) else { return nil }
        let digits = bytes[head.count...]
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }

    /// The job of a framework's task that has not come to its end, or whose end was not acknowledged.
    public func job(ofTask name: String, of framework: FrameworkID) -> JobID? {
        index.externalByName[ExternalName(task: name, of: framework)]
    }
    /// The job of a framework's executor on an agent.
    public func job(ofExecutor name: String, on agent: UInt32, of framework: FrameworkID) -> JobID? {
        index.externalByName[ExternalName(executor: name, on: agent, of: framework)]
    }
    /// Tasks and executors of a framework that have not come to their end, or whose end was not acknowledged,
    /// ascending. O(n log n).
    public func externalJobs(of framework: FrameworkID) -> [JobID] {
        framework.index < index.externalOf.count ? index.externalOf[framework.index].sorted() : []
    }

    /// A node's host name: as declared, as its machine says, or its own name.
    public func hostname(of node: NodeID) -> String {
        let details = nodeDetails[node.index]
        return !details.hostname.isEmpty ? details.hostname : !details.host.isEmpty ? details.host : name(of: node)
    }
    /// A node's machine as maintenance names it. Agents are reached over this machine.
    public func machine(of node: NodeID) -> MaintenanceWindow.Machine {
        MaintenanceWindow.Machine(hostname: hostname(of: node), ip: ip(of: node))
    }
    /// A node's address as frameworks are told it.
    public func ip(of node: NodeID) -> String { "127.0.0.1" }

    /// All that a node has.
    public func totalHolding(of node: NodeID) -> Holding {
        let details = nodeDetails[node.index]
        return Holding(nodes[node.index].total, details.extras, details.special)
    }
    /// What of a node nobody holds. Shared volumes are in it however many hold them.
    public func freeHolding(of node: NodeID) -> Holding {
        let (row, details) = (nodes[node.index], nodeDetails[node.index])
        guard row.free.isNonNegative else { return Holding(.zero, details.freeExtras, freeSpecial(of: node)) }
        return Holding(row.free, details.freeExtras, freeSpecial(of: node))
    }
    /// What of a node that is not plain nobody holds; shared volumes always.
    public func freeSpecial(of node: NodeID) -> Portions {
        let details = nodeDetails[node.index]
        if details.specialHeld.isEmpty { return details.special }
        var rest = details.special
        for held in details.specialHeld.all where held.copies == 0 { rest.subtract(held) }
        return rest
    }
    /// What an open offer lends.
    public func holding(of offer: OfferID) -> Holding {
        let row = offers[offer.index]
        return Holding(
            row.resources - row.accepted, offerExtras[offer] ?? Extras(), offerSpecial[offer] ?? Portions())
    }

    /// Resources in full, as they are spoken of outside.
    public func items(_ holding: Holding) -> [ResourceItem] {
        var items: [ResourceItem] = []
        let plain = ResourceItem(ResourceIdentity(), holding.plain, holding.extras)
        if !plain.isEmpty { items.append(plain) }
        for portion in holding.special.all {
            items.append(ResourceItem(identities[portion.identity], portion.amount, portion.extras))
        }
        return items
    }
    /// Resources as the state holds them; nil when one has an identity that is not known, and when they are more than
    /// can be counted.
    public func holding(_ items: [ResourceItem]) -> Holding? {
        var result = Holding()
        for item in items where !item.isEmpty {
            guard let id = identities.find(item.identity) else { return nil }
            if id == .plain {
                result.plain += item.amount
                result.extras = result.extras + item.extras
            } else {
                result.special.add(Portion(id, item.amount, item.extras, copies: item.identity.isShared ? 1 : 0))
            }
            let sum = id == .plain ? result.plain : result.special[id]?.amount ?? .zero
            if !sum.isNonNegative { return nil }
        }
        return result
    }
}

extension MaintenanceWindow.Machine {
    /// Whether both mean one machine: addresses alike, and host names but for their case.
    public func isSame(as other: Self) -> Bool {
        ip == other.ip && hostname.lowercased() == other.hostname.lowercased()
    }
}
