import ConsoleView
import Glibc
import Terminal

/// Between the terminal's loop and the session: when to draw, and the services of the screen.
final class ConsoleDelegate: TerminalDelegate {
    /// Least time between two pictures that only a change of the cluster asked for.
    static let frameInterval = Duration.milliseconds(100)

    private let session: ConsoleSession
    private let services: TerminalServices
    private var drawnAt = Duration.zero
    private var isPending = false

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
            session.takeReplies(services)
            if session.exit != nil { return .quit }
            if ConsoleClock.now - drawnAt >= Self.frameInterval { return .draw }
            isPending = true
            return .none
        case .timeout, .resize, .resumed: return .draw
        case .suspending: return .none
        case .terminate: return .quit
        }
    }

    func frame(size: Size, glyphs: GlyphSet) -> Grid {
        drawnAt = ConsoleClock.now
        isPending = false
        session.takeReplies(services)
        return session.grid(size: size, glyphs: glyphs)
    }

    /// Until a held-back picture is due, or until ages grow by a second; for ever when nothing grows.
    func timeout() -> Duration? {
        if isPending { return max(.zero, Self.frameInterval - (ConsoleClock.now - drawnAt)) }
        return session.needsClock ? ConsoleClock.untilNextSecond : nil
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
