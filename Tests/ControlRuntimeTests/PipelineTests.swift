import CSys
import ClusterModel
import Synchronization
import Testing

@testable import ControlRuntime

/// The pipeline between core and disk: what leaves when, and what happens when the store fails.
@Suite struct PipelineTests {
    /// A store that confirms when it is told to.
    final class Store: RegistryKeeping {
        struct Failure: Error, CustomStringConvertible { var description: String { "disk full" } }
        struct State {
            var commits: [(facts: [FactChange], done: @Sendable ((any Error)?) -> Void)] = []
            var kept: [[UInt8]: [UInt8]] = [:]
        }
        let state = Mutex(State())
        func load() throws -> [(key: [UInt8], value: [UInt8])] { [] }
        func commit(_ changes: [FactChange], done: @escaping @Sendable ((any Error)?) -> Void) {
            state.withLock { $0.commits.append((changes, done)) }
        }
        func close() {}
        var waiting: Int { state.withLock { $0.commits.count } }
        /// Confirms the oldest commit, or lets it fail.
        func settle(fails: Bool = false) {
            let commit = state.withLock { state in
                let commit = state.commits.removeFirst()
                if !fails { for fact in commit.facts { state.kept[fact.key] = fact.value } }
                return commit
            }
            commit.done(fails ? Failure() : nil)
        }
    }

    final class World: Sendable {
        let left = Mutex<[String]>([])
        let reports = Mutex<[StoreChanged]>([])
        var log: [String] { left.withLock { $0 } }
    }

    func pipeline(_ store: Store, _ world: World, _ change: (inout RuntimeLimits) -> Void = { _ in }) -> CommitPipeline
    {
        var limits = RuntimeLimits()
        limits.storeRetryMilliseconds = 10
        change(&limits)
        return CommitPipeline(
            store: store, limits: limits,
            release: { consequences in
                let words = consequences.map { consequence in
                    switch consequence {
                    case .connect(let node, _): node
                    case .answer(let request, let answer):
                        "answer \(request) \(answer.accepted ? "yes" : "no: \(answer.message)")"
                    default: "?"
                    }
                }
                world.left.withLock { $0 += words }
            }, report: { change in world.reports.withLock { $0.append(change) } })
    }

    func turn(_ name: String, key: UInt8? = nil, value: UInt8 = 0, accepts: Bool? = nil) -> CommitPipeline.Turn {
        var turn = CommitPipeline.Turn()
        if let key { turn.facts = [FactChange(key: [key], value: [value])] }
        if !name.isEmpty { turn.consequences.append(.connect(node: name, address: "")) }
        if let accepts { turn.consequences.append(.answer(1, ActionAnswer(accepted: accepts, message: "m"))) }
        return turn
    }

    @Test func consequencesLeaveInOrderAndOnlyWhenKept() {
        let (store, world) = (Store(), World())
        let pipeline = pipeline(store, world)
        pipeline.submit(turn("at once"))
        #expect(world.log == ["at once"])
        pipeline.submit(turn("a", key: 1))
        pipeline.submit(turn("b"))
        pipeline.submit(turn("c", key: 2))
        #expect(world.log == ["at once"])
        store.settle()
        #expect(world.log == ["at once", "a"])
        store.settle()
        store.settle()
        #expect(world.log == ["at once", "a", "b", "c"])
        #expect(pipeline.drain(milliseconds: 10))
    }

    /// While consequences leave, the core's next turn is taken in, and does not overtake them.
    @Test func aTurnThatComesWhileOthersLeaveLeavesAfterThem() {
        let (store, world) = (Store(), World())
        let inner = Mutex<CommitPipeline?>(nil)
        let pipeline = CommitPipeline(
            store: store, limits: RuntimeLimits(),
            release: { consequences in
                for case .connect(let node, _) in consequences {
                    if node == "first" { inner.withLock(\.self)?.submit(Self.next) }
                    world.left.withLock { $0.append(node) }
                }
            }, report: { _ in })
        inner.withLock { $0 = pipeline }
        pipeline.submit(turn("first", key: 1))
        store.settle()
        #expect(world.log == ["first"] && store.waiting == 1)
        store.settle()
        #expect(world.log == ["first", "next"])
        inner.withLock { $0 = nil }
    }

    private static let next = CommitPipeline.Turn(consequences: [.connect(node: "next", address: "")])

    @Test func aFailureHoldsEverythingUntilTheNewestFactsAreKept() {
        let (store, world) = (Store(), World())
        let pipeline = pipeline(store, world)
        pipeline.submit(turn("a", key: 1, value: 1, accepts: true))
        pipeline.submit(turn("b", key: 1, value: 2))
        store.settle(fails: true)
        #expect(world.log.count == 1)
        #expect(world.log[0].hasPrefix("answer 1 no: not kept: the state store takes nothing (disk full)"))
        #expect(world.reports.withLock { $0 } == [StoreChanged(writable: false, message: "disk full")])
        // The commit that was under way succeeds: what rests on the failed one still waits.
        store.settle()
        pipeline.submit(turn("c", key: 2, value: 3, accepts: false))
        #expect(world.log.last == "answer 1 no: m")
        #expect(Support.wait { store.waiting == 1 })
        store.settle(fails: true)
        #expect(Support.wait { store.waiting == 1 })
        store.settle()
        #expect(Support.wait { world.log.suffix(3) == ["a", "b", "c"] }, "\(world.log)")
        #expect(store.state.withLock { $0.kept } == [[1]: [2], [2]: [3]])
        #expect(world.reports.withLock { $0.last } == .works)
        #expect(pipeline.drain(milliseconds: 1_000))
    }

    @Test func factsThatChangeDuringARetryAreWrittenBeforeAnythingLeaves() {
        let (store, world) = (Store(), World())
        let pipeline = pipeline(store, world)
        pipeline.submit(turn("a", key: 1, value: 1))
        store.settle(fails: true)
        #expect(Support.wait { store.waiting == 1 })
        pipeline.submit(turn("b", key: 1, value: 9))
        store.settle()
        #expect(world.log.isEmpty)
        #expect(Support.wait { store.waiting == 1 })
        store.settle()
        #expect(world.log == ["a", "b"])
        #expect(store.state.withLock { $0.kept } == [[1]: [9]])
        pipeline.close()
    }

    @Test func tooManyTurnsOnTheirWayMakeTheCoreWait() {
        let (store, world) = (Store(), World())
        let pipeline = pipeline(store, world) { $0.turnsInFlight = 2 }
        let isThrough = Mutex(false)
        let thread = PlainThread(name: "test") {
            for number in 0..<3 { pipeline.submit(turn("\(number)", key: UInt8(number))) }
            isThrough.withLock { $0 = true }
        }
        #expect(Support.wait { store.waiting == 2 })
        cs_sleep_ns(100_000_000)
        #expect(store.waiting == 2)
        #expect(!isThrough.withLock { $0 })
        store.settle()
        #expect(Support.wait { isThrough.withLock { $0 } })
        store.settle()
        store.settle()
        thread?.join()
        #expect(world.log == ["0", "1", "2"])
    }
}
