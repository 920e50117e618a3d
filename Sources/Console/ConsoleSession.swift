import ClusterModel
import ClusterSource
import ConsoleView

/// What only a screen can do for a session.
protocol ScreenServices: AnyObject {
    /// Puts a text on the clipboard; false when it is too long.
    func copy(_ text: String) -> Bool
    /// Uses a theme; answers what is wrong with it, or nil.
    func useTheme(_ name: String) -> String?
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
    /// The picture that was drawn last, which keys refer to.
    private var shown: SourceFrame
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
        shown = live.frame()
        live.onChange(wake)
    }

    /// Whether a past instant is shown.
    var isPast: Bool { frozen != nil || shown.isPast }
    /// Whether the picture changes with the clock alone.
    var needsClock: Bool { model.showsClock && !isPast }

    /// Takes keys in order; what they ask for is done before it returns.
    func handle(_ keys: [Key], _ services: any ScreenServices) {
        for key in keys where exit == nil {
            for effect in model.handle(key, frame: shown) { carryOut(effect, services) }
        }
    }

    /// Takes over what the sources have answered meanwhile.
    func takeReplies(_ services: any ScreenServices) {
        for reply in inbox.take() {
            for effect in model.receive(reply) { carryOut(effect, services) }
        }
    }

    /// The picture to show now.
    func grid(size: Size, glyphs: GlyphSet) -> Grid {
        shown = currentFrame()
        model.prepare(shown, size: size)
        return ConsoleRenderer.render(model, shown, glyphs: glyphs)
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

    private func carryOut(_ effect: ConsoleEffect, _ services: any ScreenServices) {
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
        case .pause: pause()
        case .seek(let command): seek(command)
        case .goLive: goLive()
        case .copy(let text): if !services.copy(text) { model.say("too long to copy", isError: true) }
        case .setTheme(let name): if let problem = services.useTheme(name) { model.say(problem, isError: true) }
        case .shell(let node, let task): shell(node, task, services)
        case .quit(let choice): exit = choice
        }
    }

    /// Keeps the picture and enters the past at its instant.
    private func pause() {
        guard !shown.isPast else { return }
        enterPast()
        if past != nil { seek(.to(shown.now)) }
    }

    private func enterPast() {
        guard frozen == nil, live.abilities.kind != .recording else { return }
        var frame = shown
        frame.mode = .past(speed: 0)
        frozen = (frame, clock())
        past = openPast?()
        past?.onChange(wake)
        shown = frame
    }

    private func seek(_ command: SeekCommand) {
        enterPast()
        guard let source = live.abilities.kind == .recording ? live : past else {
            return model.say("there is no recording to look back into", isError: true)
        }
        let (inbox, wake) = (inbox, wake)
        source.seek(command) { answer in
            if !answer.accepted { inbox.put(.notice(answer.message, isError: true)) }
            wake()
        }
    }

    private func goLive() {
        past?.close()
        past = nil
        frozen = nil
        shown = live.frame()
    }

    private func shell(_ node: String, _ task: TaskID?, _ services: any ScreenServices) {
        guard let id = shown.state.node(named: node) else {
            return model.say("there is no node \(node)", isError: true)
        }
        let address = shown.state.nodeDetails[id.index].address
        guard address.hasPrefix("/"), let slash = address.lastIndex(of: "/") else {
            return model.say(
                "shell: \(node) is not on this machine (\(address.isEmpty ? "no address" : address))", isError: true)
        }
        let folder = String(address[..<slash])
        var folders = [folder]
        if let task, let row = shown.state.row(of: task) {
            folders = [
                "\(folder)/tasks/\(task.job.raw).\(task.index).\(row.attempt)",
                "\(folder)/tasks/\(task.packed).\(row.attempt)", folder,
            ]
        }
        if let problem = services.shell(in: folders) { model.say(problem, isError: true) }
    }
}
