import ClusterModel
import Testing

@testable import Allocator
@testable import Workloads

/// The queue: order, arrays, gangs, requirements, and what stands in the way.
@Suite struct BatchTests {
    @Test func arraysFillTheNodes() {
        var world = World()
        world.node("n0", cpus: 4)
        world.node("n1", cpus: 4)
        let job = world.submit(cpus: 1, count: 10, limit: 60)
        let placement = world.round()
        #expect(placement.launches.map(\.task.index) == Array(0..<8))
        #expect(placement.launches.allSatisfy { $0.attempt == 1 && $0.deadline == world.now + .seconds(60) })
        #expect(world.state.jobs[job.index].queued == 2)
        #expect(world.state.violation() == nil)
        let node = world.end(placement.launches[3].task)
        let next = world.round(candidates: [node])
        #expect(next.launches.map(\.task.index) == [8])
        #expect(next.launches.first?.node == node)
        #expect(world.state.openOffers.isEmpty)
    }

    @Test func prioritiesWithinARole() {
        var world = World()
        world.node("n0", cpus: 1)
        world.submit()
        let urgent = world.submit { $0.priority = 5 }
        #expect(world.round().launches.map(\.task.job) == [urgent])
    }

    @Test func gatesAndBackOff() {
        var world = World()
        world.node("n0", cpus: 1)
        let held = world.submit { $0.hold = true }
        #expect(world.round().launches.isEmpty)
        #expect(Batch.explain(held, in: world.state, now: world.now).reason.code == .heldByUser)
        let job = world.submit()
        let task = TaskID(job: job, index: 0)
        #expect(world.round().launches.map(\.task) == [task])
        world.tell(.taskRequeued(TaskRequeued(task: task, notBefore: world.now + .seconds(5), countsAsFailure: true)))
        #expect(Batch.demands(world.state, now: world.now).isEmpty)
        #expect(Batch.explain(job, in: world.state, now: world.now).reason == Reason(.retryBackoff, 5))
        world.now = world.now + .seconds(5)
        #expect(world.round().launches.map(\.attempt) == [2])
    }

    @Test func requirementsPortsAndWords() {
        var world = World()
        var extras = Extras()
        extras.set(Extras.Ranges(name: "ports", bounds: [31_000, 31_002]))
        extras.set(Extras.Words(name: "licenses", items: ["a"]))
        world.node("n0", cpus: 8, attributes: [Attribute(name: "gpu", text: "t4")])
        let rich = world.node("n1", cpus: 8, extras: extras, attributes: [Attribute(name: "gpu", text: "a100")])
        let job = world.submit(count: 2) {
            $0.requirement = "gpu=a100"
            $0.ports = 2
        }
        let licensed = world.submit { $0.words = [Extras.Words(name: "licenses", items: ["a"])] }
        let placement = world.round()
        #expect(placement.launches.map(\.node) == [rich, rich])
        #expect(placement.launches.map(\.task.job) == [job, licensed])
        #expect(placement.launches[0].extras.ranges.first?.bounds == [31_000, 31_001])
        #expect(world.state.violation() == nil)
        let answer = Batch.explain(job, in: world.state, now: world.now)
        #expect(answer.verdicts.map(\.passes) == [false, false])
        #expect(answer.verdicts.map(\.detail) == ["gpu is t4", "its ports or words are taken"])
    }

    @Test func gangsStartTogetherOrNotAtAll() {
        var world = World()
        for number in 0..<3 { world.node("n\(number)", cpus: 2) }
        let filler = world.submit(cpus: 2, limit: 100)
        #expect(world.round().launches.map(\.node) == [NodeID(0)])
        let gang = world.submit(cpus: 2) { $0.nodes = 3 }
        let waiting = world.round()
        #expect(waiting.launches.isEmpty)
        #expect(Batch.explain(gang, in: world.state, now: world.now).reason.code == .waitsForResources)
        let node = world.end(TaskID(job: filler, index: 0))
        let placement = world.round(candidates: [node])
        #expect(placement.launches.map(\.rank) == [0, 1, 2])
        #expect(Set(placement.launches.map(\.node)).count == 3)
        #expect(placement.decisions.map(\.about) == [.gang])
        #expect(placement.decisions.first?.winner == "n0,n1,n2")
        #expect(world.state.violation() == nil)
    }

    @Test func headIsPromisedAStartAndOthersGoBesideIt() {
        var world = World()
        world.node("n0", cpus: 4)
        world.node("n1", cpus: 4)
        world.submit(cpus: 3, limit: 100)
        world.submit(cpus: 3, limit: 200)
        #expect(world.round().launches.count == 2)
        let head = world.submit(cpus: 4)
        let long = world.submit(cpus: 1, limit: 1_000)
        let short = world.submit(cpus: 1, limit: 50)
        let placement = world.round()
        // n0 is promised to the head in 100 s: the short one ends before, the long one goes to n1.
        let nodes = Dictionary(uniqueKeysWithValues: placement.launches.map { ($0.task.job, $0.node) })
        #expect(nodes == [short: NodeID(0), long: NodeID(1)])
        #expect(placement.decisions.allSatisfy { $0.about == .backfill && $0.runnerUp == "job-\(head.raw)" })
        #expect(world.state.jobs[head.index].expectedStart == world.now + .seconds(100))
        #expect(Batch.expectedStart(head, in: world.state, now: world.now) == world.now + .seconds(100))
        let other = world.submit(cpus: 1, limit: 1_000)
        #expect(world.round().launches.isEmpty)
        let answer = Batch.explain(other, in: world.state, now: world.now)
        #expect(answer.reason.code == .waitsForResources)
    }

    @Test func reservedNodesAreExplained() {
        var world = World()
        world.node("n0", cpus: 4)
        world.submit(cpus: 3, limit: 100)
        world.round()
        let head = world.submit(cpus: 4)
        let long = world.submit(cpus: 1)
        #expect(world.round().launches.isEmpty)
        let answer = Batch.explain(long, in: world.state, now: world.now)
        #expect(answer.reason == Reason(.reserved, Int64(head.raw)))
        #expect(answer.verdicts.first?.detail == "reserved for job-\(head.raw), which starts in 1m40s")
        #expect(Batch.explain(head, in: world.state, now: world.now).headline.contains("n0 is reserved for it"))
    }

    @Test func impossibleNowIsNoHead() {
        var world = World()
        world.node("n0", cpus: 2)
        let never = world.submit(cpus: 8)
        let small = world.submit(cpus: 1)
        #expect(world.round().launches.map(\.task.job) == [small])
        #expect(Batch.explain(never, in: world.state, now: world.now).reason.code == .noNodeMatches)
        #expect(Batch.expectedStart(never, in: world.state, now: world.now) == nil)
    }

    @Test func rolesShareEqually() {
        var world = World()
        for number in 0..<4 { world.node("n\(number)", cpus: 4) }
        world.submit("a", cpus: 1, count: 100)
        world.submit("b", cpus: 1, count: 100)
        world.round()
        #expect(["a", "b"].map { world.state.roles[world.role($0).index].placed } == [8, 8])
    }

    @Test func staleOffersArePassedOver() {
        var world = World()
        let node = world.node("n0", cpus: 2)
        world.submit(cpus: 1, count: 2)
        let proposals = Allocator.propose(
            world.state, demands: Batch.demands(world.state, now: world.now), now: world.now)
        let offers = world.lend(proposals)
        world.tell(.nodeChanged(NodeChanged(node: node, state: .draining, reason: Reason(.drained))))
        #expect(Batch.place(offers: offers, in: world.state, now: world.now).launches.isEmpty)
        world.tell(.nodeChanged(NodeChanged(node: node, state: .ready)))
        #expect(Batch.place(offers: offers + [OfferID(raw: 99)], in: world.state, now: world.now).launches.count == 2)
        world.tell(.offerClosed(OfferClosed(offer: offers[0], outcome: .rescinded)))
        #expect(Batch.place(offers: offers, in: world.state, now: world.now).launches.isEmpty)
    }

    @Test func demandsAreBoundedAndGrouped() {
        var world = World()
        for number in 0..<1_000 { world.submit(cpus: Int64(1 + number % 50)) }
        let demands = Batch.demands(world.state, now: world.now)
        #expect(demands.count <= Batch.demandLimit)
        #expect(demands.reduce(0) { $0 + $1.count } == 1_000)
        #expect(demands.prefix(50).map(\.need.cpus) == (1...50).map { $0 * 1_000 })
    }
}
