import ClusterModel
import ClusterSource
import ConsoleView
import Synchronization
import Testing

@testable import Console

/// A source that writes down what it is asked.
final class FakeSource: ClusterSource {
    private struct Content {
        var frame: SourceFrame
        var asked: [String] = []
        var isClosed = false
    }
    private let content: Mutex<Content>
    let abilities: SourceAbilities

    init(_ kind: SourceAbilities.Kind, mode: SourceFrame.Mode = .live) {
        abilities = SourceAbilities(kind: kind, seeks: kind == .recording)
        content = Mutex(
            Content(
                frame: SourceFrame(
                    mode: mode, state: ClusterState(), now: Instant(microseconds: 1_795_348_800_000_000),
                    recording: RecordingStatus())))
    }

    var asked: [String] { content.withLock { $0.asked } }
    var isClosed: Bool { content.withLock { $0.isClosed } }
    private func note(_ text: String) { content.withLock { $0.asked.append(text) } }

    func frame() -> SourceFrame { content.withLock { $0.frame } }
    func onChange(_ wake: @escaping @Sendable () -> Void) {}
    func perform(_ action: Action, confirmed: String, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        note("perform \(action.word)")
        answer(ActionAnswer(accepted: true, message: "done: \(action.word)"))
    }
    func plan(_ action: Action, answer: @escaping @Sendable (ActionPlan) -> Void) {
        note("plan \(action.word)")
        answer(ActionPlan(refusal: "no"))
    }
    func explain(_ question: ExplainQuestion, answer: @escaping @Sendable (Explanation) -> Void) {
        answer(Explanation(headline: "so"))
    }
    func output(_ request: OutputRequest, receive: @escaping @Sendable (OutputPiece) -> Void) -> any OutputFollower {
        Nobody()
    }
    func seek(_ command: SeekCommand, answer: @escaping @Sendable (ActionAnswer) -> Void) {
        note("seek \(command)")
        if case .play(let speed) = command { content.withLock { $0.frame.mode = .past(speed: speed) } }
        answer(ActionAnswer(accepted: true, message: ""))
    }
    func close() { content.withLock { $0.isClosed = true } }
}

final class Nobody: OutputFollower {
    func cancel() {}
}

final class FakeScreen: ScreenServices {
    var copied: [String] = []
    var themes: [String] = []
    func copy(_ text: String) -> Bool {
        copied.append(text)
        return true
    }
    func useTheme(_ name: String) -> String? {
        themes.append(name)
        return nil
    }
    func shell(in folders: [String]) -> String? { nil }
    func run(_ words: [String]) -> String? { nil }
}

@Suite struct ConsoleSessionTests {
    private func session(_ live: FakeSource, past: FakeSource? = nil, clock: @escaping () -> Duration = { .zero })
        -> ConsoleSession
    {
        var settings = ConsoleModel.Settings()
        settings.abilities = live.abilities
        settings.hasPast = past != nil
        return ConsoleSession(live, settings: settings, openPast: { past }, clock: clock, wake: {})
    }
    private let size = Size(width: 100, height: 30)

    @Test func actionsReachTheLiveSourceAndAnswersAreShown() {
        let live = FakeSource(.embedded)
        let (session, screen) = (session(live), FakeScreen())
        session.handle("::submit -- true".dropFirst().map { Key.character($0) } + [.enter], screen)
        #expect(live.asked == ["perform submit"])
        session.takeReplies(screen)
        #expect(session.grid(size: size, glyphs: .ascii).text.contains("done: submit"))
    }

    @Test func pauseStandsStillAndCountsBehindThePresent() {
        let live = FakeSource(.embedded)
        let past = FakeSource(.recording, mode: .past(speed: 0))
        var seconds = 0
        let (session, screen) = (session(live, past: past, clock: { .seconds(seconds) }), FakeScreen())
        #expect(session.grid(size: size, glyphs: .ascii).text.contains("LIVE"))
        #expect(session.needsClock)
        session.handle([.character("p")], screen)
        #expect(!session.needsClock, "a pause needs no clock")
        seconds = 12
        #expect(session.grid(size: size, glyphs: .ascii).text.contains("PAUSED -0:12"))
        #expect(past.asked.count == 1)
        session.handle([.character(" ")], screen)
        let replay = session.grid(size: size, glyphs: .ascii).text
        #expect(replay.contains("REPLAY 12:00:00 x1"), "\(replay)")
        session.handle([.character("L")], screen)
        #expect(past.isClosed)
        #expect(session.grid(size: size, glyphs: .ascii).text.contains("LIVE"))
    }

    @Test func aPauseWithoutARecordingOnlyStandsStill() {
        let (session, screen) = (session(FakeSource(.embedded)), FakeScreen())
        session.handle([.character("p"), .character(",")], screen)
        let text = session.grid(size: size, glyphs: .ascii).text
        #expect(text.contains("no recording"))
        #expect(session.isPast)
    }

    @Test func themesAreTriedOnAndQuitEnds() {
        let (session, screen) = (session(FakeSource(.attached)), FakeScreen())
        session.handle("::theme light".dropFirst().map { Key.character($0) } + [.enter], screen)
        #expect(screen.themes == ["light"])
        session.handle([.character("q")], screen)
        #expect(session.exit == .leave)
    }

    @Test func outputThatIsNotTakenIsBounded() {
        let inbox = Inbox()
        for index in 0..<200 {
            inbox.put(
                .output(
                    OutputPiece(
                        offset: Int64(index) * 65_536, bytes: Array(repeating: 0, count: 65_536), isLast: index == 199),
                    ticket: 1))
        }
        let taken = inbox.take()
        #expect(taken.count <= Inbox.outputLimit / 65_536)
        if case .output(let last, _)? = taken.last {
            #expect(last.isLast)
        } else {
            Issue.record("the last piece is missing")
        }
        #expect(inbox.take().isEmpty)
    }
}
