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
        case .eventBack: return [.seek(.step(-1))]
        case .eventForward: return [.seek(.step(1))]
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

    /// Lists named marks and automatic ones that the state still remembers, newest first.
    private mutating func marks(_ frame: SourceFrame) -> [ConsoleEffect] {
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
        dialog = .choice(ChoiceDialog(title: "Marks", choices: Array(found.prefix(200))))
        return []
    }
}
