import ClusterModel

/// A machine that the provider really has.
struct SimulatedMachine: Sendable {
    let order: InstanceOrder
    /// Whether it will never say anything.
    let isSilent: Bool
}

/// What a provider does with a machine, later than it was asked.
enum MachineStep: Sendable { case boots, ends, isMissed }

/// Simulated providers: quick and honest, or slow, lying, failing, losing what they made.
extension World {
    mutating func create(_ order: InstanceOrder) {
        if let known = machines[order.name] {
            // One that has not come up yet will say so when it has.
            if known.isSilent || agents[order.name] == nil { return }
            return seen(order, .booting, after: .milliseconds(10), address: order.name)
        }
        if made.contains(order.name) { return seen(order, .gone, after: .milliseconds(10)) }
        let isBad = now < calmFrom
        if isBad, random.once(in: scenario.providerFailureOneIn) {
            // Half of the failures are certain: nothing was made.
            let state: InstanceRow.State = random.once(in: 2) ? .gone : .requested
            return seen(order, state, after: .milliseconds(200), failed: true)
        }
        let isSilent = isBad && random.once(in: scenario.silentMachineOneIn)
        machines[order.name] = SimulatedMachine(order: order, isSilent: isSilent)
        made.insert(order.name)
        if isBad, random.once(in: scenario.providerLieOneIn) {
            schedule(.machine(order.name, .boots), after: pace())
            return seen(order, .requested, after: .milliseconds(300), failed: true)
        }
        seen(order, .requested, after: .milliseconds(50))
        schedule(.machine(order.name, .boots), after: pace())
    }

    mutating func destroy(_ order: InstanceOrder) {
        guard machines[order.name] != nil else { return seen(order, .gone, after: .milliseconds(100)) }
        schedule(.machine(order.name, .ends), after: scenario.autoscales ? pace() : .zero)
    }

    mutating func machine(_ name: String, _ step: MachineStep) {
        guard let machine = machines[name] else { return }
        switch step {
        case .boots:
            guard !machine.isSilent else { return }
            if agents[name] == nil { agents[name] = SimulatedAgent(name: name, type: machine.order.type) }
            seen(machine.order, .booting, after: .milliseconds(1), address: name)
        case .ends:
            unplug(name)
            machines[name] = nil
            seen(machine.order, .gone, after: .milliseconds(100))
        case .isMissed:
            machines[name] = nil
            seen(machine.order, .gone, after: .milliseconds(1))
        }
    }

    /// A machine vanishes; its provider notices after a while.
    mutating func loseMachine() {
        guard now < calmFrom, let name = random.pick(machines.keys.sorted().filter { agents[$0] != nil }) else {
            return
        }
        unplug(name)
        schedule(.machine(name, .isMissed), after: .seconds(random.number(in: 1...40)))
    }

    mutating func scheduleLoss() {
        guard scenario.machineLossEvery > .zero, now < calmFrom else { return }
        schedule(.machineLost, after: mean(scenario.machineLossEvery, &random))
    }

    /// Its agent is gone and with it whatever ran there.
    private mutating func unplug(_ name: String) {
        if let agent = agents[name] {
            for key in agent.runs.keys.sorted() {
                if let status = agents[name]?.end(key, at: now, Reason(.killed), signal: 9) {
                    referee.sawEnd(key, on: name, status)
                }
            }
        }
        agents[name] = nil
    }

    private mutating func pace() -> Interval {
        .milliseconds(random.number(in: 500...max(501, scenario.providerTakes.milliseconds)))
    }

    private mutating func seen(
        _ order: InstanceOrder, _ state: InstanceRow.State, after wait: Interval, address: String = "",
        failed: Bool = false
    ) {
        let seen = InstanceSeen(
            instance: order.instance, state: state, address: address, failed: failed,
            message: failed ? "no capacity" : "")
        schedule(.input(.instanceSeen(seen), fromLink: nil, node: order.name), after: wait)
    }

    /// After the calm: whatever the provider has, the core knows of, and nothing is waited for that is not there.
    mutating func judgeMachines(_ state: ClusterState) {
        for (name, machine) in machines.sorted(by: { $0.key < $1.key }) {
            let number = machine.order.instance.index
            guard state.instances.contains(number), state.instances[number].state != .gone else {
                referee.fail("machine \(name) is there and bills, and nobody accounts for it")
                continue
            }
        }
    }
}

/// Watches the autoscaler from outside: what it buys stays within the budget, and it does not send away what it has
/// just bought.
struct ScalingWatch: Sendable {
    private var lastWish: [String: Instant] = [:]

    /// The first broken promise among these events, in words.
    mutating func note(_ events: [StampedEvent], _ state: ClusterState, now: Instant) -> String? {
        for stamped in events {
            switch stamped.event {
            case .instanceWished(let e):
                lastWish[state.name(of: e.pool)] = now
                guard e.reason.code != .poolMinimum else { continue }
                let hard = state.configuration.budgetPerHour.micros
                let rate = state.index.liveInstances.reduce(Int64(0)) { $0 + state.instances[$1.index].pricePerHour }
                if hard > 0, rate > hard {
                    return "\(e.name) was bought: \(rate)/h are promised, the budget is \(hard)/h"
                }
            case .nodeChanged(let e)
            where e.state == .draining && (e.reason.code == .idle || e.reason.code == .underused):
                if let found = flapping(e, state, now) { return found }
            default: break
            }
        }
        return nil
    }

    private func flapping(_ e: NodeChanged, _ state: ClusterState, _ now: Instant) -> String? {
        guard state.nodes.contains(e.node.index) else { return nil }
        let row = state.nodes[e.node.index]
        guard let spec = state.spec(of: row.pool), !row.joinedAt.isNever else { return nil }
        if now - row.joinedAt < spec.scaling.idleFor {
            return "\(e.name) was sent away \((now - row.joinedAt).seconds) s after it had come"
        }
        if let wish = lastWish[spec.name], now - wish < spec.scaling.coolDown {
            return "\(e.name) was sent away \((now - wish).seconds) s after \(spec.name) was grown"
        }
        return nil
    }
}
