import ClusterModel
import ClusterSource
import Dispatch
import Simulation
import Synchronization
import Testing

@testable import Recording

/// Looking through a film for a moment, and seeing all of it at a glance.
@Suite struct FindingTests {
    private func film(_ seed: UInt64) throws -> (RecordedWorld, TemporaryFolder) {
        let folder = TemporaryFolder()
        var limits = RecordingLimits()
        limits.segmentBytes = 40_000
        return (try RecordedWorld(.small(seed: seed), folder: folder.path, limits: limits), folder)
    }

    private func find(_ session: RecordedSession, _ search: MomentSearch) -> ActionAnswer {
        let answer = Mutex<ActionAnswer?>(nil)
        let done = DispatchSemaphore(value: 0)
        session.find(search) { found in
            answer.withLock { $0 = found }
            done.signal()
        }
        done.wait()
        return answer.withLock { $0 } ?? ActionAnswer(accepted: false, message: "none")
    }

    private static func running(_ state: ClusterState) -> Int { state.roles.reduce(0) { $0 + Int($1.placed) } }

    /// Places where a condition begins to hold, found by looking at every turn as it was lived.
    @Test(arguments: [UInt64(3), 4]) func conditionsAreFoundForwardAndBack(seed: UInt64) throws {
        let (world, _folder) = try film(seed)
        defer { withExtendedLifetime(_folder) {} }
        let most = world.turns.map { Self.running($0.state) }.max() ?? 0
        let limit = max(1, most / 2)
        @Sendable func isTrue(_ state: ClusterState) -> Bool { Self.running(state) >= limit }
        // Turns of one instant are one step of the search.
        var steps: [(Instant, Bool)] = []
        for turn in world.turns {
            if steps.last?.0 == turn.time { steps.removeLast() }
            steps.append((turn.time, isTrue(turn.state)))
        }
        var rises: [Instant] = []
        for (before, after) in zip(steps, steps.dropFirst()) where !before.1 && after.1 { rises.append(after.0) }
        try #require(!rises.isEmpty, "seed \(seed)")
        let session = try RecordedSession(path: world.folder)
        let forward = MomentSearch(.state { state, _ in isTrue(state) }, isForward: true, words: "when")
        var back = forward
        back.isForward = false
        var found: [Instant] = []
        while find(session, forward).accepted { found.append(session.frame().now) }
        #expect(found == rises, "seed \(seed)")
        session.go(to: session.span.upperBound)
        var backwards: [Instant] = []
        while find(session, back).accepted, backwards.count <= rises.count { backwards.append(session.frame().now) }
        #expect(backwards.reversed() == rises, "seed \(seed)")
    }

    @Test func eventsAreFoundByWhatTheyAreAbout() throws {
        let (world, _folder) = try film(5)
        defer { withExtendedLifetime(_folder) {} }
        let session = try RecordedSession(path: world.folder)
        let search = MomentSearch(
            .event { stamped, _ in if case .taskEnded = stamped.event { true } else { false } }, isForward: true,
            words: "ends")
        let ends = world.turns.flatMap(\.events).filter { if case .taskEnded = $0.event { true } else { false } }
        var count = 0
        while find(session, search).accepted { count += 1 }
        #expect(count == ends.count && count > 0)
        let answer = find(session, search)
        #expect(answer.message.contains("no such moment after"))
    }

    @Test func aLaterCommandEndsASearch() throws {
        let (world, _folder) = try film(6)
        defer { withExtendedLifetime(_folder) {} }
        let session = try RecordedSession(path: world.folder)
        let started = DispatchSemaphore(value: 0)
        let answered = DispatchSemaphore(value: 0)
        let message = Mutex("")
        // Never true, and slow: without the later command it would look at every event.
        session.find(
            MomentSearch(
                .event { _, _ in
                    started.signal()
                    return false
                }, isForward: true, words: "never")
        ) { answer in
            message.withLock { $0 = answer.message }
            answered.signal()
        }
        started.wait()
        let moved = DispatchSemaphore(value: 0)
        session.seek(.end) { _ in moved.signal() }
        answered.wait()
        moved.wait()
        #expect(session.frame().now == session.span.upperBound)
        #expect(["search ended", "never: no such moment after this one"].contains(message.withLock { $0 }))
    }

    @Test func theTimelineComesByItself() throws {
        let (world, _folder) = try film(7)
        defer { withExtendedLifetime(_folder) {} }
        let session = try RecordedSession(path: world.folder)
        #expect(session.frame().timeline == nil)
        let woken = DispatchSemaphore(value: 0)
        session.onChange { woken.signal() }
        woken.wait()
        let timeline = try #require(session.frame().timeline)
        #expect(timeline.density.count == Timeline.parts)
        let events = world.turns.flatMap(\.events).filter { !$0.event.isSample }.count
        #expect(timeline.density.reduce(0, +) == UInt64(events))
        #expect(timeline.marks.contains { $0.text.hasPrefix("core started") })
    }
}
