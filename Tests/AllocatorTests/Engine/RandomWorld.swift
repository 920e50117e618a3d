import Allocator
import ClusterModel

/// SplitMix64, so that a seed stands for a world.
struct Dice {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
    mutating func below(_ n: Int) -> Int { Int(next() % UInt64(max(1, n))) }
    mutating func once(in n: Int) -> Bool { below(n) == 0 }
}

/// A random world that is told to the engine and to the slow allocator alike, step by step.
struct RandomWorld {
    var dice: Dice
    var engine: OfferEngine
    var slow = SlowAllocator()
    var now = Instant(microseconds: 1_000_000_000)
    /// What stands out, and whether it is only offered.
    var open: [Grant] = []
    let hasSpecial: Bool
    let hasQuota: Bool
    private static let paths = ["a", "b", "a/x", "a/y", "a/x/1", "c"]

    init(seed: UInt64, compatible: Bool, quota: Bool, special: Bool) {
        dice = Dice(seed)
        slow.rules.compatibility = compatible ? .mesos111 : .none
        slow.rules.minimums = [ResourceVector(cpus: 10), ResourceVector(cpus: 0, mem: 32 << 20)]
        (hasSpecial, hasQuota) = (special, quota)
        let leftOut = dice.once(in: 4)
        if leftOut { slow.unshared = [3] }
        engine = OfferEngine(rules: slow.rules, unshared: leftOut ? 1 << 3 : 0)
        makeIdentities()
        for path in Self.paths {
            _ = engine.ensureRole(path)
            slow.roles.append(path)
            slow.weights.append(1_000)
            slow.quotas.append(Quota())
        }
        // The engine names roles as it meets them; the slow allocator takes them in the engine's order.
        slow.roles = (0..<Self.paths.count).map { engine.path(ofRole: $0) }
        for _ in 0..<1 + dice.below(4) { addFramework() }
        for _ in 0..<dice.below(3) { addAgent() }
    }

    private mutating func makeIdentities() {
        var volume = ResourceIdentity(reservedFor: "a", .dynamic)
        volume.volume = .init(id: "v", containerPath: "d")
        volume.isShared = true
        var deep = ResourceIdentity(reservedFor: "a")
        deep.reservations.append(.init(.dynamic, role: "a/x"))
        var mount = ResourceIdentity()
        (mount.disk, mount.diskRoot) = (.mount, "/m")
        var path = ResourceIdentity()
        (path.disk, path.diskRoot) = (.path, "/p")
        var revocable = ResourceIdentity()
        revocable.isRevocable = true
        for identity in [ResourceIdentity(reservedFor: "b"), volume, deep, mount, path, revocable] {
            _ = slow.identities.intern(identity)
        }
        engine.learn(slow.identities)
    }

    private mutating func amounts() -> ResourceVector {
        ResourceVector(
            cpus: Int64(dice.below(5)) * 1_000, mem: Int64(dice.below(5)) * 256 << 20,
            disk: Int64(dice.below(3)) * 100 << 20)
    }

    private mutating func agentFacts() -> AgentFacts {
        var facts = AgentFacts(amounts())
        if dice.once(in: 4) { facts.total.gpus = 1_000 }
        if dice.once(in: 3) { facts.extras.set(Extras.Ranges(name: "ports", bounds: [31_000, 31_009])) }
        if dice.once(in: 3) { facts.attributes = [Attribute(name: "rack", text: dice.once(in: 2) ? "r1" : "s1")] }
        if dice.once(in: 6) { facts.lacks = dice.once(in: 2) ? .multiRole : .hierarchicalRole }
        facts.hostname = "h\(dice.below(3))"
        if hasSpecial, dice.once(in: 2) {
            for _ in 0...dice.below(3) {
                let id = IdentityID(1 + dice.below(6))
                let identity = slow.identities[id]
                if facts.special[id] != nil { continue }
                let amount =
                    identity.volume != nil || identity.disk != .root
                    ? ResourceVector(cpus: 0, disk: 64 << 20)
                    : ResourceVector(cpus: Int64(1 + dice.below(2)) * 500, mem: 64 << 20)
                facts.special.add(Portion(id, amount, copies: identity.isShared ? 1 : 0))
            }
        }
        return facts
    }

    mutating func addAgent() {
        let facts = agentFacts()
        slow.agents.append(facts)
        engine.setAgent(slow.agents.count - 1, facts)
    }

    mutating func addFramework() {
        var facts = FrameworkFacts()
        if dice.once(in: 2) { facts.capabilities.insert(.gpuResources) }
        if dice.once(in: 2) { facts.capabilities.insert(.multiRole) }
        if dice.once(in: 2) { facts.capabilities.insert(.sharedResources) }
        if dice.once(in: 2) { facts.capabilities.insert(.revocableResources) }
        if dice.once(in: 2) { facts.capabilities.insert(.reservationRefinement) }
        for role in slow.roles.indices where dice.once(in: 3) { facts.subscriptions.append(subscription(role)) }
        if facts.subscriptions.isEmpty { facts.subscriptions = [subscription(dice.below(slow.roles.count))] }
        slow.frameworks.append(facts)
        slow.demands.append([:])
        slow.counts.append([:])
        engine.setFramework(slow.frameworks.count - 1, facts)
    }

    private mutating func subscription(_ role: Int) -> RoleFacts {
        var result = RoleFacts(role: role, isSuppressed: dice.once(in: 8))
        if dice.once(in: 5) { result.minimums = dice.once(in: 2) ? [] : [ResourceVector(cpus: 2_000)] }
        if dice.once(in: 5) {
            let predicates: [OfferConstraints.Predicate] = [
                .exists, .notExists, .textEquals, .textNotEquals, .textMatches, .textNotMatches,
            ]
            let predicate = predicates[dice.below(6)]
            let isPattern = predicate == .textMatches || predicate == .textNotMatches
            result.constraints = [[.init(.attribute, "rack", predicate, isPattern ? "r.*" : "r1")]]
            if dice.once(in: 3) { result.constraints.append([.init(.hostname, "", .textEquals, "h1")]) }
        }
        return result
    }

    /// One random happening.
    mutating func step() {
        let (framework, agent) = (dice.below(slow.frameworks.count), dice.below(slow.agents.count))
        switch dice.below(20) {
        case 0: if slow.agents.count < 6 { addAgent() }
        case 1: if slow.frameworks.count < 6 { addFramework() }
        case 2: change(framework) { $0.isActive.toggle() }
        case 3:
            let at = dice.below(slow.frameworks[framework].subscriptions.count)
            change(framework) { $0.subscriptions[at].isSuppressed.toggle() }
        case 4:
            engine.revive(framework)
            slow.refused.removeAll { $0.framework == framework }
        case 5 where !slow.agents.isEmpty:
            slow.agents[agent].isOpen.toggle()
            engine.setAgent(agent, isOpen: slow.agents[agent].isOpen)
        case 6 where !slow.agents.isEmpty:
            let before = slow.agents[agent]
            slow.agents[agent].total += ResourceVector(cpus: 1_000)
            if dice.once(in: 2) { slow.agents[agent].attributes = [Attribute(name: "rack", text: "r\(dice.below(9))")] }
            engine.setAgent(agent, slow.agents[agent])
            if before.attributes != slow.agents[agent].attributes { slow.refused.removeAll { $0.agent == agent } }
        case 7:
            let (role, weight) = (dice.below(slow.roles.count), Int64(1 + dice.below(4)) * 500)
            slow.weights[role] = weight
            try? engine.setRole(role, weight: weight)
        case 8 where hasQuota: changeQuota()
        case 9: tellDemand(framework)
        case 10: now = now + .milliseconds(Int64(dice.below(4_000)))
        default: answer()
        }
    }

    private mutating func change(_ framework: Int, _ body: (inout FrameworkFacts) -> Void) {
        let before = slow.frameworks[framework]
        body(&slow.frameworks[framework])
        let after = slow.frameworks[framework]
        engine.setFramework(framework, after)
        slow.refused.removeAll { one in
            guard one.framework == framework else { return false }
            if !after.isActive { return true }
            let was = before.subscriptions.first { $0.role == one.role }?.isSuppressed ?? false
            let isNow = after.subscriptions.first { $0.role == one.role }?.isSuppressed ?? false
            return was && !isNow
        }
    }

    private mutating func changeQuota() {
        let role = dice.below(slow.roles.count)
        var quota = Quota()
        if dice.once(in: 2) {
            quota.guarantees = ResourceVector(cpus: Int64(dice.below(4)) * 500, mem: Int64(dice.below(3)) * 128 << 20)
        }
        if dice.once(in: 2) { quota.limit(0, to: quota.guarantees.cpus + Int64(dice.below(3)) * 500) }
        if dice.once(in: 3) { quota.limit(2, to: Int64(dice.below(2)) * 100 << 20) }
        guard (try? engine.setQuota([(slow.roles[role], quota)], isForced: true)) != nil else { return }
        slow.quotas[role] = quota
    }

    private mutating func tellDemand(_ framework: Int) {
        let role = slow.frameworks[framework].subscriptions[0].role
        var pieces: [Piece]?
        if !dice.once(in: 3) {
            pieces = (0..<dice.below(3)).map { _ in
                Piece(ResourceVector(cpus: Int64(1 + dice.below(3)) * 500, mem: 64 << 20), count: 1 + dice.below(4))
            }
        }
        slow.demands[framework][role] = pieces
        engine.tellDemand(framework, role: role, pieces)
    }

    /// Something that was offered or is used is given back, with or without a refusal.
    private mutating func answer() {
        guard !open.isEmpty else { return }
        let one = open.remove(at: dice.below(open.count))
        engine.giveBack(one.framework, role: one.role, agent: one.agent, one.holding)
        if let at = slow.held.firstIndex(where: {
            $0.framework == one.framework && $0.role == one.role && $0.agent == one.agent && $0.holding == one.holding
        }) {
            slow.held.remove(at: at)
        }
        if dice.once(in: 2) {
            let until = now + .milliseconds(Int64(100 + dice.below(6_000)))
            engine.refuse(one.framework, role: one.role, agent: one.agent, one.holding, until: until)
            slow.refused.removeAll {
                $0.framework == one.framework && $0.role == one.role && $0.agent == one.agent
            }
            slow.refused.append(
                .init(
                    framework: one.framework, role: one.role, agent: one.agent, holding: one.holding, until: until))
        }
    }

    /// An engine that is told the present world at once.
    func madeAnew() -> OfferEngine {
        var fresh = OfferEngine(rules: slow.rules, unshared: slow.unshared.isEmpty ? 0 : 1 << 3)
        for path in slow.roles { fresh.ensureRole(path) }
        fresh.learn(slow.identities)
        for (agent, facts) in slow.agents.enumerated() { fresh.setAgent(agent, facts) }
        for (framework, facts) in slow.frameworks.enumerated() { fresh.setFramework(framework, facts) }
        for (framework, told) in slow.demands.enumerated() {
            for (role, pieces) in told.sorted(by: { $0.key < $1.key }) {
                fresh.tellDemand(framework, role: role, pieces)
            }
        }
        for role in slow.roles.indices {
            try? fresh.setRole(role, weight: slow.weights[role])
            fresh.restoreCount(ofRole: role, slow.counts.reduce(0) { $0 + ($1[role] ?? 0) })
            for framework in slow.frameworks.indices {
                fresh.restoreCount(of: framework, role: role, slow.counts[framework][role] ?? 0)
            }
            try? fresh.setQuota([(slow.roles[role], slow.quotas[role])], isForced: true)
        }
        for one in slow.held { fresh.take(one.framework, role: one.role, agent: one.agent, one.holding) }
        for one in slow.refused where one.until > now {
            fresh.refuse(one.framework, role: one.role, agent: one.agent, one.holding, until: one.until)
        }
        return fresh
    }
}
