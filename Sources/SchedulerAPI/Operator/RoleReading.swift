import ClusterModel

/// Amounts as roles are told of them: scalars, and how many numbers or words there are of anything else.
struct RoleAmounts: Equatable {
    private var scalars = ResourceVector.zero
    private var counts: [String: Double] = [:]

    /// Nothing.
    init() {}
    /// Scalars alone.
    init(_ scalars: ResourceVector) { self.scalars = scalars }
    /// What some resources come to.
    init(_ items: some Sequence<ResourceItem>) {
        for item in items {
            scalars += item.amount
            for ranges in item.extras.ranges { counts[ranges.name, default: 0] += Double(ranges.count) }
            for words in item.extras.words { counts[words.name, default: 0] += Double(words.items.count) }
        }
    }

    static func += (a: inout Self, b: Self) {
        a.scalars += b.scalars
        a.counts.merge(b.counts, uniquingKeysWith: +)
    }
    static func -= (a: inout Self, b: Self) {
        a.scalars -= b.scalars
        a.counts.merge(b.counts.mapValues { -$0 }, uniquingKeysWith: +)
    }
    static func + (a: Self, b: Self) -> Self {
        var sum = a
        sum += b
        return sum
    }

    /// Names and numbers of what there is, names ascending.
    func numbers(_ mapping: ResourceMapping) -> [(name: String, value: Double)] {
        (mapping.numbers(scalars) + counts.filter { $0.value > 0 }.map { (name: $0.key, value: $0.value) })
            .sorted { $0.name < $1.name }
    }
}

/// What roles hold, are offered and have reserved, each with the roles below it: all that have frameworks, a weight or
/// quota of their own, something held or reserved, and those above them. O(tasks + offers + reservations).
struct RoleReading {
    struct Row {
        var path: String
        /// Nil for a role that only reservations, or roles below it, speak of.
        var role: RoleRow?
        var frameworks: [FrameworkID] = []
        /// Of tasks and executors.
        var allocated = RoleAmounts()
        var offered = RoleAmounts()
        /// Of all agents, held or not.
        var reserved = RoleAmounts()
        /// Of what is reserved, what nobody holds, offered or not.
        fileprivate var idle = RoleAmounts()
        /// Of what is reserved, what is offered.
        fileprivate var offeredReserved = RoleAmounts()

        /// What counts against the role's quota.
        var consumed: RoleAmounts { allocated + idle }
        /// The same, with what is offered.
        var consumedOrOffered: RoleAmounts {
            var sum = allocated + idle + offered
            sum -= offeredReserved
            return sum
        }
    }

    /// By path, ascending.
    private(set) var rows: [Row] = []
    private var slots: [String: Int] = [:]

    init(_ state: borrowing ClusterState) {
        let only = state.configuration.offers.onlyRoles
        for path in only.isEmpty ? [] : only + ["*"] { _ = slot(of: path) }
        readRoles(state)
        readNodes(state)
        for offer in state.openOffers {
            let items = state.items(state.holding(of: offer))
            add(RoleAmounts(items), to: state.path(of: state.offers[offer.index].role), \.offered)
            for (role, amounts) in Self.reserved(in: items) { add(amounts, to: role, \.offeredReserved) }
        }
        if !only.isEmpty { rows.removeAll { row in !Self.chain(only + ["*"], has: row.path) } }
        rows.sort { $0.path < $1.path }
    }

    private mutating func readRoles(_ state: borrowing ClusterState) {
        for slot in state.frameworks.indices
        where state.frameworks[slot].isExternal && state.frameworks[slot].state != .removed {
            for role in state.frameworks[slot].roles {
                rows[self.slot(of: state.path(of: role))].frameworks.append(FrameworkID(slot))
            }
        }
        for row in state.roles where row.weight != 1_000 || !row.quota.isDefault {
            _ = slot(of: state.text(row.path))
        }
    }

    private mutating func readNodes(_ state: borrowing ClusterState) {
        var allocated: [RoleID: RoleAmounts] = [:]
        for node in state.presentNodes {
            let special = state.nodeDetails[node.index].special
            if !special.isEmpty {
                for (role, amounts) in Self.reserved(in: state.items(Holding(.zero, Extras(), special))) {
                    add(amounts, to: role, \.reserved)
                    add(amounts, to: role, \.idle)
                }
            }
            for task in state.index.tasksOnNode[node.index] {
                guard let row = state.row(of: task), row.state.isPlaced, state.contains(task.job) else { continue }
                let role = state.jobs[task.job.index].role
                let held = state.holding(of: task, row)
                // Most tasks hold what is plain, and there may be very many of them.
                if held.special.isEmpty, held.extras.isEmpty {
                    allocated[role, default: RoleAmounts()] += RoleAmounts(held.plain)
                    continue
                }
                let items = state.items(held)
                allocated[role, default: RoleAmounts()] += RoleAmounts(items)
                for (role, amounts) in Self.reserved(in: items) { each(from: role) { $0.idle -= amounts } }
            }
        }
        for (role, amounts) in allocated { add(amounts, to: state.path(of: role), \.allocated) }
        for slot in rows.indices {
            if let id = state.role(at: rows[slot].path) { rows[slot].role = state.roles[id.index] }
        }
    }

    private static func reserved(in items: [ResourceItem]) -> [(role: String, amounts: RoleAmounts)] {
        items.compactMap { item in item.identity.role.map { ($0, RoleAmounts(CollectionOfOne(item))) } }
    }

    private static func chain(_ roles: [String], has path: String) -> Bool {
        roles.contains { ResourceIdentity.isRole($0, atOrBelow: path) }
    }

    private mutating func add(
        _ amounts: RoleAmounts, to path: String, _ part: WritableKeyPath<Row, RoleAmounts>
    ) {
        each(from: path) { $0[keyPath: part] += amounts }
    }

    /// Does something to a role and all above it.
    private mutating func each(from path: String, _ change: (inout Row) -> Void) {
        guard !path.isEmpty else { return }
        _ = slot(of: path)
        var end = path.endIndex
        while true {
            change(&rows[slot(of: String(path[..<end]))])
            guard let slash = path[..<end].lastIndex(of: "/") else { return }
            end = slash
        }
    }

    /// Where a role is among the rows; it and those above it are put there when they are not.
    private mutating func slot(of path: String) -> Int {
        if let known = slots[path] { return known }
        if let slash = path.lastIndex(of: "/") { _ = slot(of: String(path[..<slash])) }
        slots[path] = rows.count
        rows.append(Row(path: path, role: nil))
        return rows.count - 1
    }
}
