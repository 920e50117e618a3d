import ClusterModel
import ClusterSource
import ConsoleView
import Glibc

/// What only a screen can do for a session.
protocol ScreenServices: AnyObject {
    /// Puts a text on the clipboard; false when it is too long.
    func copy(_ text: String) -> Bool
    /// Uses a theme; answers what is wrong with it, or nil.
    func useTheme(_ name: String) -> String?
    /// Leaves the screen to a program; answers what went wrong, or nil.
    func run(_ words: [String]) -> String?
    /// Leaves the screen to a shell in the first of the folders that exists; answers what went wrong, or nil.
    func shell(in folders: [String]) -> String?
}

/// A console without its screen: the model, the live source, and the source of the past while one looks back. All calls
/// come from one thread; answers of the sources arrive through the inbox.
final class ConsoleSession {
    /// The view state.
    private(set) var model: ConsoleModel
    /// The end, once somebody asked for it.
    private(set) var exit: QuitChoice?

    private let live: any ClusterSource
    private let openPast: (() -> (any ClusterSource)?)?
    private var past: (any ClusterSource)?
    private var follower: (any OutputFollower)?
    private let inbox = Inbox()
    private let wake: @Sendable () -> Void
    /// What is remembered of the picture that was drawn last. Not the picture: as long as somebody holds on to a state,
    /// each change of it copies what it touches.
    private var shown: Seen
    /// The picture that stands still during a pause, and when it was taken on the machine's clock.
    private var frozen: (frame: SourceFrame, at: Duration)?
    private let clock: () -> Duration

    /// A session on `live`. `wake` is called from any thread when there is something to be drawn; `clock` is a clock
    /// that nobody sets.
    init(
        _ live: any ClusterSource, settings: ConsoleModel.Settings, openPast: (() -> (any ClusterSource)?)?,
        clock: @escaping () -> Duration, wake: @escaping @Sendable () -> Void
    ) {
        self.live = live
        self.openPast = openPast
        self.wake = wake
        self.clock = clock
        model = ConsoleModel(settings: settings)
        shown = Seen(live.frame())
        live.onChange(wake)
    }

    /// Whether a past instant is shown.
    var isPast: Bool { frozen != nil || shown.isPast }
    /// Whether the picture changes with the clock alone.
    var needsClock: Bool { model.showsClock && !isPast }

    /// Whether the cluster has ended as somebody asked: its core goes, and nothing more will be seen.
    var isOver: Bool {
        let state = live.frame().state
        return state.isEnding && state.index.liveInstances.isEmpty
    }

    /// Takes keys in order; what they ask for is done before it returns.
    func handle(_ keys: [Key], _ services: any ScreenServices) {
        var frame = currentFrame()
        for key in keys where exit == nil {
            for effect in model.handle(key, frame: frame) {
                carryOut(effect, frame, services)
                if effect.movesInTime { frame = currentFrame() }
            }
        }
    }

    /// Takes over what the sources have answered meanwhile; answers whether there was anything.
    @discardableResult
    func takeReplies(_ services: any ScreenServices) -> Bool {
        let replies = inbox.take()
        for reply in replies {
            for effect in model.receive(reply) { carryOut(effect, currentFrame(), services) }
        }
        return !replies.isEmpty
    }

    /// Takes the built-in theme that goes with the terminal's ground, unless somebody has chosen one meanwhile.
    func useGround(isLight: Bool, _ services: any ScreenServices) {
        let theme: Theme = isLight ? .light : .dark
        guard model.settings.theme == Theme.dark.name, theme.name != model.settings.theme else { return }
        if services.useTheme(theme.name) == nil { model.settings.theme = theme.name }
    }

    /// What is new since the picture that was drawn last.
    enum News { case none, measured, happened }

    /// Looks at the source without drawing. While the present stands still nothing is asked of it.
    func news() -> News {
        if frozen != nil, past == nil { return .none }
        let frame = (past ?? live).frame()
        if frame.isPast { return .happened }
        let now = Seen(frame)
        guard now == shown else {
            var measured = now
            measured.measurements = shown.measurements
            return measured == shown ? .measured : .happened
        }
        return .none
    }

    /// The picture to show now.
    func grid(size: Size, glyphs: GlyphSet) -> Grid {
        let frame = currentFrame()
        shown = Seen(frame)
        model.prepare(frame, size: size)
        return ConsoleRenderer.render(model, frame, glyphs: glyphs)
    }

    /// Ends following and the source of the past. The live source is its owner's.
    func close() {
        follower?.cancel()
        past?.close()
    }

    private func currentFrame() -> SourceFrame {
        guard let frozen else { return live.frame() }
        // The clock runs on behind a pause; nothing is asked of the core for it.
        let passed = clock() - frozen.at
        model.liveNow =
            frozen.frame.now
            + .milliseconds(passed.components.seconds * 1_000 + passed.components.attoseconds / 1_000_000_000_000_000)
        guard let past else { return frozen.frame }
        var frame = past.frame()
        if model.isPaused {
            // Until one moves, the very picture that was paused: the film may be a moment behind it.
            var still = frozen.frame
            still.span = frame.span
            return still
        }
        if !frame.isPast { frame.mode = .past(speed: 0) }
        return frame
    }

    // MARK: Effects

    private func carryOut(_ effect: ConsoleEffect, _ frame: SourceFrame, _ services: any ScreenServices) {
        let (inbox, wake) = (inbox, wake)
        @Sendable func answer(_ reply: ConsoleReply) {
            inbox.put(reply)
            wake()
        }
        switch effect {
        case .plan(let action, let ticket): live.plan(action) { answer(.plan($0, ticket: ticket)) }
        case .perform(let action, let confirmed, let ticket):
            live.perform(action, confirmed: confirmed) { answer(.answer($0, ticket: ticket)) }
        case .explain(let question, let ticket):
            (past ?? live).explain(question) { answer(.explanation($0, ticket: ticket)) }
        case .follow(let request, let ticket):
            follower?.cancel()
            follower = live.output(request) { answer(.output($0, ticket: ticket)) }
        case .unfollow:
            follower?.cancel()
            follower = nil
        case .pause: pause(frame)
        case .seek(let command): seek(command, frame)
        case .find(let query): find(query, frame)
        case .goLive: goLive()
        case .copy(let text): if !services.copy(text) { model.say("too long to copy", isError: true) }
        case .setTheme(let name): if let problem = services.useTheme(name) { model.say(problem, isError: true) }
        case .shell(let node, let task): shell(node, task, frame, services)
        case .quit(let choice): exit = choice
        }
    }

    /// Keeps the picture and enters the past at its instant.
    private func pause(_ frame: SourceFrame) {
        guard !frame.isPast else { return }
        enterPast(frame)
        if past != nil { seek(.to(frame.now), frame) }
    }

    private func enterPast(_ present: SourceFrame) {
        guard frozen == nil, live.abilities.kind != .recording else { return }
        var frame = present
        frame.mode = .past(speed: 0)
        frozen = (frame, clock())
        past = openPast?()
        past?.onChange(wake)
        shown = Seen(frame)
    }

    private func seek(_ command: SeekCommand, _ frame: SourceFrame) {
        enterPast(frame)
        guard let source = live.abilities.kind == .recording ? live : past else {
            return model.say("there is no recording to look back into", isError: true)
        }
        let (inbox, wake) = (inbox, wake)
        source.seek(command) { answer in
            if !answer.accepted { inbox.put(.notice(answer.message, isError: true)) }
            wake()
        }
    }

    private func find(_ query: MomentQuery, _ frame: SourceFrame) {
        enterPast(frame)
        guard let source = live.abilities.kind == .recording ? live : past else {
            return model.say("there is no recording to look back into", isError: true)
        }
        let (inbox, wake) = (inbox, wake)
        source.find(query.search) { answer in
            inbox.put(.notice(answer.message, isError: !answer.accepted))
            wake()
        }
    }

    private func goLive() {
        past?.close()
        past = nil
        frozen = nil
        shown = Seen(live.frame())
    }

    private func shell(
        _ node: String, _ task: TaskID?, _ frame: SourceFrame, _ services: any ScreenServices
    ) {
        guard let id = frame.state.node(named: node) else {
            return model.say("there is no node \(node)", isError: true)
        }
        let address = frame.state.nodeDetails[id.index].address
        if let far = SSHAddress(far: address) { return farShell(far, task, frame.state, services) }
        guard address.hasPrefix("/"), let slash = address.lastIndex(of: "/") else {
            return model.say(
                "shell: \(node) is not on this machine (\(address.isEmpty ? "no address" : address))", isError: true)
        }
        let folder = String(address[..<slash])
        var folders = [folder]
        if let task, let row = frame.state.row(of: task) {
            folders = [
                "\(folder)/tasks/\(task.job.raw).\(task.index).\(row.attempt)",
                "\(folder)/tasks/\(task.packed).\(row.attempt)", folder,
            ]
        }
        if let problem = services.shell(in: folders) { model.say(problem, isError: true) }
    }

    /// A shell on a node that ssh reaches, in the task's folder when there is one.
    private func farShell(
        _ address: SSHAddress, _ task: TaskID?, _ state: ClusterState, _ services: any ScreenServices
    ) {
        let configuration = getenv("BELLOWS_SSH_CONFIG").map { String(cString: $0) } ?? ""
        let words = address.shell(
            configuration: configuration, acceptsNewHostKeys: state.configuration.acceptsNewHostKeys,
            folder: task.map { state.sandbox(of: $0) } ?? "")
        if let problem = services.run(words) { model.say(problem, isError: true) }
    }
}
