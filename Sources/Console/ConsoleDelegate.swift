import ConsoleView
import Glibc
import Terminal

/// Between the terminal's loop and the session: when to draw, and the services of the screen.
final class ConsoleDelegate: TerminalDelegate {
    /// Least time between two looks at what has changed, and so between two pictures that nobody's key asked for.
    static let frameInterval = Duration.milliseconds(100)
    /// Measurements alone are shown this often when no clock ticks on the screen.
    static let quietInterval = Duration.seconds(5)

    /// Relative luminance above which a ground is light: there black text has more contrast than white.
    static let lightLuminance = 0.18

    private let session: ConsoleSession
    private let services: TerminalServices
    private var drawnAt = Duration.zero
    private var lookedAt = Duration.zero
    /// Something changed, and it has not been looked at yet.
    private var isPending = false
    /// Only measurements changed, and no clock will show them.
    private var isQuietlyPending = false

    init(_ session: ConsoleSession, _ screen: TerminalScreen, _ library: ThemeLibrary) {
        self.session = session
        services = TerminalServices(screen, library)
    }

    func handle(_ event: TerminalEvent, on screen: TerminalScreen) -> TerminalReply {
        switch event {
        case .keys(let keys):
            session.takeReplies(services)
            // A shell on the terminal would lose its stop key if the console took it.
            if keys == [.ctrl("z")] { return .stop }
            session.handle(keys.filter { $0 != .ctrl("z") }, services)
            return session.exit == nil ? .draw : .quit
        case .wake:
            let hasReplies = session.takeReplies(services)
            if session.exit != nil { return .quit }
            if hasReplies { return .draw }
            isPending = true
            return look()
        case .timeout: return isPending ? look() : .draw
        case .resize, .resumed: return .draw
        case .background(let color):
            session.useGround(isLight: color.luminance > Self.lightLuminance, services)
            return .draw
        case .suspending: return .none
        case .terminate: return .quit
        }
    }

    /// Looks at what changed: what happened is drawn at once, what was only measured with the next tick of the clock.
    private func look() -> TerminalReply {
        let now = ConsoleClock.now
        guard now - lookedAt >= Self.frameInterval else { return .none }
        lookedAt = now
        isPending = false
        if session.isOver { return .quit }
        switch session.news() {
        case .none: return .none
        case .measured where session.needsClock: return .none
        case .measured:
            isQuietlyPending = true
            return now - drawnAt >= Self.quietInterval ? .draw : .none
        case .happened: return .draw
        }
    }

    func frame(size: Size, glyphs: GlyphSet) -> Grid {
        drawnAt = ConsoleClock.now
        lookedAt = drawnAt
        isPending = false
        isQuietlyPending = false
        session.takeReplies(services)
        return session.grid(size: size, glyphs: glyphs)
    }

    /// Until a look is due, or until ages grow by a second; for ever when nothing grows.
    func timeout() -> Duration? {
        let now = ConsoleClock.now
        if isPending { return max(.zero, Self.frameInterval - (now - lookedAt)) }
        if session.needsClock { return ConsoleClock.untilNextSecond }
        return isQuietlyPending ? max(.zero, Self.quietInterval - (now - drawnAt)) : nil
    }
}

/// What a screen does for a session.
final class TerminalServices: ScreenServices {
    private let screen: TerminalScreen
    private let library: ThemeLibrary

    init(_ screen: TerminalScreen, _ library: ThemeLibrary) {
        self.screen = screen
        self.library = library
    }

    func copy(_ text: String) -> Bool { (try? screen.copy(text)) ?? false }

    func useTheme(_ name: String) -> String? {
        do throws(ThemeError) {
            screen.theme = try library.theme(named: name)
            return nil
        } catch {
            return error.description
        }
    }

    func run(_ words: [String]) -> String? {
        guard let program = words.first else { return nil }
        do throws(TerminalError) {
            switch try screen.run(program, Array(words.dropFirst())) {
            case .notStarted(let code): return "\(program): \(String(cString: strerror(code)))"
            case .exited(255): return "\(program) ended with 255: see what it said, or `bellows doctor`"
            default: return nil
            }
        } catch {
            return error.description
        }
    }

    func shell(in folders: [String]) -> String? {
        let folder = folders.first { access($0, X_OK) == 0 } ?? "/"
        let script =
            "cd \"$1\" && printf 'bellows: shell in %s; exit returns to the console\\n' \"$1\" "
            + "&& exec \"${SHELL:-/bin/sh}\""
        do throws(TerminalError) {
            if case .notStarted(let code) = try screen.run("/bin/sh", ["-c", script, "sh", folder]) {
                return "shell: \(String(cString: strerror(code)))"
            }
            return nil
        } catch {
            return error.description
        }
    }
}
