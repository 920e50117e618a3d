import ClusterModel
import ClusterSource
import ControlCore
import Dispatch
import Foundation
import Simulation
import Synchronization
import Testing

@testable import Recording

/// replay(record(x)) = x: what a film shows is what was, at every instant, after every event, over every core's life.
struct SessionTests {
    let folder = TemporaryFolder()

    private func smallSegments() -> RecordingLimits {
        var limits = RecordingLimits()
        limits.segmentBytes = 120_000
        limits.indexSeconds = 10
        return limits
    }

    @Test(arguments: [UInt64(1), 2]) func everyInstantIsShownAsItWas(seed: UInt64) throws {
        let world = try RecordedWorld(
            .small(seed: seed, coreCrashEvery: .seconds(45)), folder: folder.path, limits: smallSegments())
        #expect(world.turns.count > 300)
        let session = try RecordedSession(path: folder.path)
        var generator = SeededGenerator(seed: seed)
        var checked = 0
        for _ in 0..<60 {
            let position = Int.random(in: 0..<world.turns.count, using: &generator)
            let turn = world.turns[position]
            // Only the last turn of an instant says what the instant was like.
            if position + 1 < world.turns.count, world.turns[position + 1].time <= turn.time { continue }
            #expect(
                session.state(at: turn.time).fingerprint == turn.state.fingerprint, "seed \(seed), turn \(position)")
            checked += 1
        }
        #expect(checked > 15)
        #expect(session.gaps().allSatisfy { $0.reason == .notRecorded })
    }

    @Test func playingForwardShowsEveryTurn() throws {
        let world = try RecordedWorld(.small(seed: 3), folder: folder.path, limits: smallSegments())
        let session = try RecordedSession(path: folder.path)
        var playhead = session.shown.withLock(\.playhead)
        for (position, turn) in world.turns.enumerated() where !turn.events.isEmpty && position % 101 == 0 {
            let last = turn.state.sequence
            _ = playhead.advance(in: session.reader) { $0.sequence > last }
            guard playhead.state.fingerprint == turn.state.fingerprint else {
                Issue.record("turn \(position): the state differs")
                return
            }
        }
        #expect(session.reader.segments.count > 1)
    }

    @Test func decidingAgainGivesTheSameEvents() throws {
        for seed in UInt64(5)...6 {
            let folder = TemporaryFolder()
            let world = try RecordedWorld(
                .small(seed: seed, coreCrashEvery: .seconds(45)), folder: folder.path, limits: smallSegments())
            let report = try RecordingReader(path: folder.path).redecide(version: "test")
            #expect(report.difference == nil, "seed \(seed)")
            #expect(report.inputs == UInt64(world.turns.count))
            #expect(report.events == world.turns.reduce(0) { $0 + UInt64($1.events.count) })
            #expect(report.starts >= 1)
        }
    }

    @Test func aCoreThatDecidesOtherwiseIsFoundOut() throws {
        _ = try RecordedWorld(.small(seed: 8), folder: folder.path)
        let reader = try RecordingReader(path: folder.path)
        var count = 0
        let report = reader.redecide(start: { ControlCore(state: $0) }) { core, input, instant in
            let events = core.handle(input, at: instant).events
            count += events.count
            // From the hundredth event on, the last one of a turn is forgotten.
            return count < 100 ? events : Array(events.dropLast())
        }
        let difference = try #require(report.difference)
        #expect(difference.detail.contains("of the turn was") || difference.detail.contains("does not have"))
        #expect(reader.redecide(version: "another").otherVersions == ["test"])
    }

    @Test func eventsAreFoundForwardAndBack() throws {
        let world = try RecordedWorld(.small(seed: 9), folder: folder.path, limits: smallSegments())
        let session = try RecordedSession(path: folder.path)
        let notable = world.turns.flatMap(\.events).filter(\.event.isNotable)
        var found: [StampedEvent] = []
        var place = (session.span.lowerBound, UInt64(0))
        while let next = session.event(after: place.0, sequence: place.1, where: { $0.event.isNotable }) {
            found.append(next)
            place = (next.time, next.sequence)
        }
        #expect(found == notable)
        var back: [StampedEvent] = []
        place = (session.span.upperBound, UInt64.max)
        while let previous = session.event(before: place.0, sequence: place.1, where: { $0.event.isNotable }) {
            back.append(previous)
            place = (previous.time, previous.sequence)
        }
        #expect(back.reversed() == notable)
    }

    @Test func damageIsToldAndTheNextSnapshotPutsItRight() throws {
        var limits = smallSegments()
        limits.packBytes = 1_000
        let world = try RecordedWorld(.small(seed: 10), folder: folder.path, limits: limits)
        let reader = try RecordingReader(path: folder.path)
        let segment = try #require(reader.segments.first)
        var bytes = try readFile(segment.entry.path)
        for position in 40_000..<40_100 { bytes[position] ^= 0x3c }
        try writeFile(segment.entry.path, bytes)
        let session = try RecordedSession(path: folder.path)
        let gap = try #require(session.gaps().first)
        #expect(gap.reason == .damaged)
        let from = try #require(gap.fromMicroseconds)
        var wrong = 0
        var right = 0
        for (position, turn) in world.turns.enumerated() where position % 97 == 0 {
            if position + 1 < world.turns.count, world.turns[position + 1].time <= turn.time { continue }
            let state = session.state(at: turn.time)
            if state.fingerprint == turn.state.fingerprint { right += 1 } else { wrong += 1 }
            if turn.time.microseconds < from { #expect(wrong == 0, "before the damage") }
        }
        let last = try #require(world.turns.last)
        #expect(session.state(at: last.time).fingerprint == last.state.fingerprint)
        #expect(right > wrong)
        session.go(to: Instant(microseconds: from + 1_000))
        let report = reader.redecide()
        #expect(report.difference == nil)
        #expect(report.gaps.count >= 1)
    }

    @Test func marksAreSetForWhatMatters() throws {
        _ = try RecordedWorld(.small(seed: 11), folder: folder.path)
        let labels = try RecordedSession(path: folder.path).marks.map(\.text.label)
        #expect(labels.contains { $0.hasPrefix("core started") })
        #expect(labels.contains { $0.hasPrefix("scale out: ") })
    }

    @Test func snapshotsComeByCountAndBySize() {
        var planner = SnapshotPlanner(limits: RecordingLimits(), startMicroseconds: 0)
        var time: Int64 = 0
        /// Notes what comes `seconds` after the last.
        func note(_ events: Int, _ bytes: Int, after seconds: Int64 = 1) -> SnapshotPlanner.Choice {
            time += seconds * 1_000_000
            return planner.note(events: events, bytes: bytes, timeMicroseconds: time)
        }
        #expect(note(9_999, 10_000_000) == .none)
        // Before the size of the first snapshot is known, only the count can tell.
        #expect(note(1, 1) == .changes)
        planner.lastBytes = 2_000_000
        planner.wholeBytes = 20_000_000
        #expect(note(10, 2_000_000) == .none)
        #expect(note(10, 1) == .changes)
        // Half of everything has changed: begin anew.
        planner.lastBytes = 12_000_000
        #expect(note(10, 13_000_000) == .whole)
        // A small state does not call for snapshots all the time.
        planner.lastBytes = 5_000
        planner.wholeBytes = 5_000
        #expect(note(10, 256 << 10) == .none)
        #expect(note(10, 1) == .changes)
        // In a storm one a second, or one for very many events.
        (planner.lastBytes, planner.wholeBytes) = (5_000, 50_000)
        #expect(note(49_999, 10_000_000, after: 0) == .none)
        #expect(note(1, 1, after: 0) == .changes)
        #expect(note(49_999, 1, after: 0) == .none)
        #expect(note(0, 0) == .changes)
        planner.lastBytes = 1_000_000
        #expect(note(1, 1, after: 3_600) == .wholeInNewSegment)
        #expect(note(1, 64 << 20, after: 0) == .wholeInNewSegment)
    }

    // MARK: - As a source

    private func ask(_ session: RecordedSession, _ command: SeekCommand) -> ActionAnswer {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex(ActionAnswer())
        session.seek(command) { answer in
            result.withLock { $0 = answer }
            done.signal()
        }
        done.wait()
        return result.withLock(\.self)
    }

    @Test func theSourceShowsAndRefuses() throws {
        let world = try RecordedWorld(.small(seed: 12), folder: folder.path)
        let session = try RecordedSession(path: folder.path)
        #expect(session.abilities.seeks)
        #expect(session.abilities.actionsDisabled?.contains("past") == true)
        let wakes = Mutex(0)
        session.onChange { wakes.withLock { $0 += 1 } }
        let first = session.frame()
        #expect(first.mode == .past(speed: 0))
        #expect(first.now == session.span.lowerBound)

        #expect(ask(session, .end).accepted)
        let last = try #require(world.turns.last)
        #expect(session.frame().state.fingerprint == last.state.fingerprint)
        #expect(wakes.withLock(\.self) == 1)

        let notable = world.turns.flatMap(\.events).filter(\.event.isNotable)
        #expect(ask(session, .step(-1)).accepted)
        #expect(
            session.frame().state.sequence == notable[notable.count - 1].sequence
                || session.frame().state.sequence == notable[notable.count - 2].sequence)
        let here = session.frame().state.sequence
        #expect(ask(session, .step(-3)).accepted)
        #expect(session.frame().state.sequence < here)
        #expect(ask(session, .step(3)).accepted)
        #expect(session.frame().state.sequence == here)
        #expect(ask(session, .event(100)).accepted)
        #expect(session.frame().state.sequence == 100)
        #expect(!ask(session, .event(10_000_000)).accepted)
        #expect(ask(session, .stepSample(-1)).accepted)
        #expect(ask(session, .share(500)).accepted)
        // All of it is all of it, to the last microsecond: the last event may come within the last millisecond.
        #expect(ask(session, .share(1_000)).accepted)
        #expect(session.frame().now == session.span.upperBound)
        #expect(session.frame().state.fingerprint == last.state.fingerprint)
        #expect(ask(session, .start).accepted)
        #expect(session.frame().now == session.span.lowerBound)
        // The first instant may hold several events; before the first of them there is nothing.
        #expect(!ask(session, .step(-10_000)).accepted)
        #expect(!ask(session, .play(speed: -1)).accepted)

        let answer = Mutex(ActionAnswer(accepted: true, message: ""))
        let done = DispatchSemaphore(value: 0)
        session.perform(.note(NoteText(text: "x")), confirmed: "") { given in
            answer.withLock { $0 = given }
            done.signal()
        }
        done.wait()
        let wasAccepted = answer.withLock { $0.accepted }
        #expect(!wasAccepted)
        session.close()
    }

    @Test func playingReachesTheEndAndStops() throws {
        _ = try RecordedWorld(.small(seed: 13), folder: folder.path)
        let session = try RecordedSession(path: folder.path)
        #expect(ask(session, .play(speed: 1_000_000)).accepted)
        var frame = session.frame()
        for _ in 0..<3_000 where frame.now < session.span.upperBound || frame.mode != .past(speed: 0) {
            usleep(10_000)
            frame = session.frame()
        }
        #expect(frame.now == session.span.upperBound)
        #expect(frame.mode == .past(speed: 0))
        session.close()
    }

    @Test func densityCountsWhatWasNoSample() throws {
        let world = try RecordedWorld(.small(seed: 14), folder: folder.path)
        let session = try RecordedSession(path: folder.path)
        let counted = world.turns.flatMap(\.events).filter { !$0.event.isSample }.count
        #expect(session.density(buckets: 100).reduce(0, +) == UInt64(counted))
    }

    @Test func aFilmWithoutSnapshotsIsRefusedWithTheReason() throws {
        try writeFile(folder.path + "/demo.000001.rec", try segmentBytes([eventsRecord(1, atSecond: 0)]))
        do {
            _ = try RecordedSession(path: folder.path)
            Issue.record("opened")
        } catch {
            #expect("\(error)".contains("no snapshot that can be read"))
        }
    }
}
