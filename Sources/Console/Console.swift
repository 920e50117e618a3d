import ClusterSource
import ConsoleView
import Glibc
import Terminal

/// The console on a terminal.
public enum Console {
    /// Runs a console on `source` until a person or a signal ends it. The terminal is given back in every case. The
    /// source is not closed. Throws when there is no usable terminal or no theme of the asked name.
    public static func run(source: any ClusterSource, options: ConsoleOptions = ConsoleOptions()) throws(ConsoleError)
        -> ConsoleExit
    {
        let library = ThemeLibrary()
        let chosen = try chosenTheme(library, source, options)
        let theme = chosen ?? ConsoleClock.hasLightBackground.map { $0 ? .light : .dark } ?? .dark
        var terminal = TerminalOptions()
        terminal.asksBackground = chosen == nil && ConsoleClock.hasLightBackground == nil
        terminal.color = options.color
        terminal.ascii = options.ascii
        let screen: TerminalScreen
        do throws(TerminalError) { screen = try TerminalScreen(terminal, theme: theme) } catch {
            throw .terminal(error)
        }
        defer { screen.close() }
        let wake = screen.wake
        let session = ConsoleSession(
            source, settings: settings(source, options, library, theme), openPast: options.openPast,
            clock: { ConsoleClock.now },
            wake: { wake() })
        defer { session.close() }
        let delegate = ConsoleDelegate(session, screen, library)
        screen.setTitle("bellows \(source.frame().state.configuration.name)")
        switch TerminalLoop.run(screen, delegate) {
        case .quit: return ConsoleExit(choice: session.exit ?? .leave)
        case .signal(let signal): return ConsoleExit(choice: .background, signal: signal)
        case .failed(let error): throw .terminal(error)
        }
    }

    private static func settings(
        _ source: any ClusterSource, _ options: ConsoleOptions, _ library: ThemeLibrary, _ theme: Theme
    ) -> ConsoleModel.Settings {
        var settings = ConsoleModel.Settings()
        settings.readOnly = options.readOnly
        settings.accessible = options.accessible
        settings.abilities = source.abilities
        settings.hasPast = options.openPast != nil
        settings.themes = library.names
        settings.theme = theme.name
        settings.utcOffset = ConsoleClock.utcOffset
        return settings
    }

    /// The theme asked for, else that of the environment or of the cluster; nil when the terminal's ground decides.
    private static func chosenTheme(
        _ library: ThemeLibrary, _ source: any ClusterSource, _ options: ConsoleOptions
    ) throws(ConsoleError) -> Theme? {
        let environment = getenv("BELLOWS_THEME").map { String(cString: $0) } ?? ""
        if let name = options.theme ?? (environment.isEmpty ? nil : environment) {
            do throws(ThemeError) { return try library.theme(named: name) } catch { throw .theme(error.description) }
        }
        let own = source.frame().state.configuration.theme
        if !own.isEmpty, let theme = try? library.theme(named: own) { return theme }
        return nil
    }
}

/// What the machine says about time and the terminal's background.
enum ConsoleClock {
    /// A clock that nobody sets.
    static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Microseconds until the wall clock's next full second.
    static var untilNextSecond: Duration {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return .nanoseconds(1_000_000_000 - time.tv_nsec)
    }

    /// Seconds that local time is ahead of UTC.
    static var utcOffset: Int {
        var seconds = time(nil)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return parts.tm_gmtoff
    }

    /// Whether COLORFGBG says that the terminal's background is light; nil when it says nothing.
    static var hasLightBackground: Bool? {
        guard let text = getenv("COLORFGBG").map({ String(cString: $0) }), let last = text.split(separator: ";").last
        else { return nil }
        return last == "7" || last == "15"
    }
}
