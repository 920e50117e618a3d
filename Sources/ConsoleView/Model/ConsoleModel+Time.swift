import ClusterModel
import ClusterSource

/// Moving through time. The same screen over another instant; the source does the moving.
extension ConsoleModel {
    mutating func travel(_ command: Command, _ given: String, frame: SourceFrame) -> [ConsoleEffect] {
        isPaused = command == .pause ? true : isPaused && command == .marks
        switch command {
        case .pause: return [.pause]
        case .goLive: return [.goLive]
        case .goTo: return goTo(given, frame)
        case .eventBack: return step(isForward: false)
        case .eventForward: return step(isForward: true)
        case .when: return when(given)
        case .difference: return difference(frame)
        case .sampleBack: return [.seek(.stepSample(-1))]
        case .sampleForward: return [.seek(.stepSample(1))]
        case .playStop: return [.seek(.play(speed: frame.speed == 0 ? 1_000 : 0))]
        case .slower: return [.seek(.play(speed: max(Self.slowest, (frame.speed == 0 ? 1_000 : frame.speed) / 2)))]
        case .faster: return [.seek(.play(speed: min(Self.fastest, (frame.speed == 0 ? 500 : frame.speed) * 2)))]
        case .normalSpeed: return [.seek(.play(speed: 1_000))]
        case .goEnd: return [.seek(.end)]
        case .marks: return marks(frame)
        default: return []
        }
    }

    /// Slowest and fastest playing, thousandths of real time.
    static let slowest: Int64 = 125
    static let fastest: Int64 = 1_024_000
    /// Most marks listed at once, the newest.
    static let marksListed = 500

    private mutating func goTo(_ given: String, _ frame: SourceFrame) -> [ConsoleEffect] {
        if given.isEmpty {
            prompt = Prompt(.palette, text: "go to ")
            return []
        }
        switch TimeExpression.parse(given, now: frame.now, offset: settings.utcOffset) {
        case .success(let command): return [.seek(command)]
        case .failure(let problem):
            say("go to: \(problem.message)", isError: true)
            return []
        }
    }

    /// To the next event that the event log shows.
    private func step(isForward: Bool) -> [ConsoleEffect] {
        guard let eventFilter else { return [.seek(.step(isForward ? 1 : -1))] }
        return [.find(MomentQuery(kind: .event(eventFilter, isForward: isForward)))]
    }

    private mutating func when(_ given: String) -> [ConsoleEffect] {
        if given.isEmpty {
            prompt = Prompt(.palette, text: "when ")
            return []
        }
        do throws(TextFault) {
            let query = try WhenQuery(given)
            say("looking \(query.isForward ? "forward" : "back") for \(query.text) ...")
            return [.find(MomentQuery(kind: .when(query)))]
        } catch {
            say("when: \(error.message)", isError: true)
            return []
        }
    }

    /// Keeps the instant that is shown as A, or shows what differs between A and it.
    private mutating func difference(_ frame: SourceFrame) -> [ConsoleEffect] {
        let here = Difference.Side(state: frame.state, instant: frame.now)
        guard let a = sideA, a.state.cluster == here.state.cluster else {
            sideA = here
            say("A is \(Show.clock(frame.now, offset: settings.utcOffset)): go to another instant and press D again")
            return []
        }
        sideA = nil
        let lines = Difference.lines(a, here, offset: settings.utcOffset)
        push(.page(PageView(title: "What differs", lines: lines)))
        return []
    }

    /// Lists the marks of the whole recording, newest first; without one, those that the state still remembers.
    private mutating func marks(_ frame: SourceFrame) -> [ConsoleEffect] {
        if let timeline = frame.timeline, !timeline.marks.isEmpty {
            let choices = timeline.marks.suffix(Self.marksListed).reversed().map { mark in
                ChoiceDialog.Choice(
                    text: "\(Show.date(mark.instant, offset: settings.utcOffset))  \(mark.text)",
                    detail: mark.isNote ? "note" : "#\(mark.sequence)", command: .instant(mark.instant))
            }
            dialog = .choice(ChoiceDialog(title: "Marks", choices: choices))
            return []
        }
        let found = frame.state.recent.reversed().compactMap { stamped -> ChoiceDialog.Choice? in
            guard let mark = EventLine.mark(stamped, frame.state) else { return nil }
            return ChoiceDialog.Choice(
                text: "\(Show.clock(stamped.time, offset: settings.utcOffset))  \(mark)",
                detail: "#\(stamped.sequence)",
                command: .mark(stamped.sequence))
        }
        guard !found.isEmpty else {
            say("marks: none in the last \(frame.state.recent.count) events; m sets one")
            return []
        }
        dialog = .choice(ChoiceDialog(title: "Marks", choices: Array(found.prefix(Self.marksListed))))
        return []
    }
}
