import ClusterModel
import ControlCore
import Testing

/// Whatever dies and comes back, a framework learns of each of its tasks once, in its true state.
@Suite struct FrameworkPropertyTests {
    /// A small generator; the seed stands in the test's name.
    struct Dice {
        var state: UInt64
        mutating func roll(_ sides: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(max(1, sides)))
        }
    }

    /// What the framework has seen of the ends of its tasks.
    struct Seen {
        var ends: [String: FrameworkTaskState] = [:]
        var uuids: Set<[UInt8]> = []
        var twice: [String] = []
        mutating func note(_ told: UpdateTold) {
            guard told.update.state.isTerminal, !told.update.uuid.isEmpty,
                uuids.insert(told.update.uuid).inserted
            else { return }
            if ends[told.task] != nil { twice.append(told.task) }
            ends[told.task] = told.update.state
        }
    }

    @Test(arguments: 1...12) func eachTaskOnceInItsTrueState(seed: Int) throws {
        var dice = Dice(state: UInt64(seed))
        var world = FrameworkDriver()
        for number in 1...3 { world.node("a\(number)", "cpus:8;mem:8192") }
        world.subscribe("F1", ["role1"], [.partitionAware], failover: .minutes(600))
        let id = world.id("F1")
        var (isUp, number, seen) = (true, 0, Seen())
        var truth: [String: (node: String, state: FrameworkTaskState)] = [:]
        var silent: Set<String> = []

        func listen() {
            for event in world.take("F1") {
                guard let told = event.status else { continue }
                seen.note(told)
                if !told.update.uuid.isEmpty, dice.roll(3) > 0 { world.acknowledge("F1", told) }
            }
        }
        func comeBack() {
            world.subscribe("F1", ["role1"], id: id, [.partitionAware], failover: .minutes(600))
            isUp = true
        }

        for _ in 0..<150 {
            switch dice.roll(10) {
            case 0, 1, 2:
                let room = ResourceVector(cpus: 1_000, mem: 64 << 20)
                guard isUp,
                    let offer = world.offers("F1").first(where: {
                        !silent.contains($0.node) && room.fits(in: $0.holding.plain)
                    })
                else { break }
                number += 1
                truth["t\(number)"] = (offer.node, .staging)
                world.launch("F1", on: offer.node, [world.task("t\(number)", "cpus:1;mem:64", on: offer.node)])
            case 3, 4, 5:
                let alive = truth.filter { !$0.value.state.isTerminal && !silent.contains($0.value.node) }
                guard let name = alive.keys.sorted().randomElement(&dice), let old = truth[name] else { break }
                let next: FrameworkTaskState =
                    old.state == .staging ? .running : [.finished, .failed, .killed][dice.roll(3)]
                truth[name] = (old.node, next)
                world.status(old.node, name, next)
            case 6:
                if isUp { world.call("F1", .disconnected) } else { comeBack() }
                if dice.roll(2) == 0, !isUp { comeBack() } else { isUp = world.isConnected(id) }
            case 7:
                let node = "a\(1 + dice.roll(3))"
                if silent.remove(node) != nil {
                    world.hello(node)
                } else {
                    silent.insert(node)
                    world.tell(.agentGone(AgentGone(node: node, message: "silent")))
                }
            case 8 where dice.roll(4) == 0:
                try world.restartCore()
                for node in ["a1", "a2", "a3"] where !silent.contains(node) { world.hello(node) }
                isUp = false
            default: world.pass(.seconds(Int64(dice.roll(60))))
            }
            if isUp { listen() }
        }
        for node in silent.sorted() { world.hello(node) }
        if !isUp { comeBack() }
        for _ in 0..<60 {
            listen()
            world.pass(.minutes(11))
        }
        let ended = truth.filter { $0.value.state.isTerminal }
        #expect(seen.twice == [], "seed \(seed)")
        #expect(seen.ends == ended.mapValues(\.state), "seed \(seed)")
        _ = world.take("F1")
        world.call("F1", .reconcile([]))
        let answers = world.take("F1").compactMap(\.status)
        let alive = truth.filter { !$0.value.state.isTerminal }
        #expect(Set(answers.map(\.task)) == Set(alive.keys) && answers.count == alive.count, "seed \(seed)")
        for answer in answers { #expect(answer.update.state == alive[answer.task]?.state, "seed \(seed)") }
        #expect(world.state.violation() == nil)
    }
}

extension Array {
    fileprivate func randomElement(_ dice: inout FrameworkPropertyTests.Dice) -> Element? {
        isEmpty ? nil : self[dice.roll(count)]
    }
}

extension FrameworkDriver {
    func isConnected(_ id: String) -> Bool {
        state.framework(withID: id).flatMap { state.details(of: $0) }?.isConnected ?? false
    }

    /// The core is killed, and a new one takes up what was kept.
    mutating func restartCore() throws {
        let epoch = state.epoch
        driver.core = ControlCore(state: try ClusterState(facts: driver.facts()))
        var start = CoreStart()
        (start.cluster, start.epoch) = ("test", epoch + 1)
        tell(.start(start))
    }
}
