// The one screen of the process: takes grids, sends what changed, and gives the terminal back as it was.

import CNcurses
import ConsoleView
import Glibc
import Synchronization

/// The terminal's screen, drawn through ncurses.
///
/// One thread makes it and uses it; the type is not Sendable, so the compiler sees to that. While it is entered, the
/// terminal is in raw mode on the alternate screen; however the process ends (``close()``, a signal, a trap) it is
/// given back.
public final class TerminalScreen {
    /// What drawing has cost so far.
    public struct Statistics: Hashable, Sendable {
        /// Grids that were drawn.
        public var frames = 0
        /// Calls of write(2).
        public var writes = 0
        /// Bytes sent.
        public var bytes = 0
        /// Rows handed to ncurses, since they had changed.
        public var rows = 0

        /// Nothing so far.
        public init() {}
    }

    /// Open once in a process: ncurses keeps its state in globals.
    private static let isOpen = Mutex(false)

    /// How it was opened.
    public let options: TerminalOptions
    /// What the terminal can show.
    public let capabilities: TerminalCapabilities
    /// Rows and columns, as far as a grid can fill them; at least 1 by 1.
    public internal(set) var size: Size
    /// What drawing has cost so far.
    public internal(set) var statistics = Statistics()
    /// Wakes the loop that runs on this screen.
    public let wake: TerminalWake
    /// True between ``enter()`` and ``leave()``.
    public internal(set) var isEntered = false

    /// True if the terminal was asked for the colour of its ground.
    var asksBackground = false
    var hasAsked = false

    let frameFile: FrameFile
    let capturedErrors: (real: Int32, file: Int32)?
    /// How the terminal was found.
    var savedAttributes: termios?
    var painter: StylePainter
    /// Makes frames shorter; knows what the terminal writes with.
    var compactor = FrameCompactor()
    /// The grid the terminal shows; nil if that is not known.
    var shown: Grid?
    /// Bytes to go out with the next frame.
    var outgoing: [UInt8] = []
    var cellRow: [cn_cell] = []
    private var isClosed = false

    /// Opens the screen and enters it. Refuses anything that is no terminal, or none that is known.
    public init(_ options: TerminalOptions = TerminalOptions(), theme: Theme = .dark) throws(TerminalError) {
        try Self.checkTerminal(options)
        let isUTF8 = cn_set_locale(false)
        guard
            Self.isOpen.withLock({ open in
                open
                    ? false
                    : {
                        open = true; return true
                    }()
            })
        else {
            throw .alreadyOpen
        }
        do throws(TerminalError) {
            frameFile = try FrameFile()
            wake = try TerminalWake()
            try Self.openNcurses(options.environment.term, frameFile.descriptor)
        } catch {
            Self.isOpen.withLock { $0 = false }
            throw error
        }
        capabilities = TerminalCapabilities.decide(
            options, colors: Int(cn_colors()), indexedSequences: cn_has_indexed_colors(), isUTF8: isUTF8)
        self.options = options
        painter = StylePainter(theme: theme, depth: capabilities.depth, pairs: Int(cn_color_pairs()))
        size = Self.measure(options.output) ?? Size(width: 80, height: 24)
        capturedErrors = Self.errorFiles(options)
        installGuard()
        do throws(TerminalError) { try enter() } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    /// How every meaning looks; a new theme repaints with the next frame. Without colours its colours are not used.
    public var theme: Theme {
        get { painter.theme }
        set {
            painter.theme = newValue
            repaint()
        }
    }

    /// Gives the terminal back for good, and the signal handlers that were there before.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        leave()
        cn_guard_remove()
        cn_close()
        if let files = capturedErrors {
            Glibc.close(files.real)
            Glibc.close(files.file)
        }
        Self.isOpen.withLock { $0 = false }
    }

    private static func checkTerminal(_ options: TerminalOptions) throws(TerminalError) {
        guard isatty(options.input) == 1 else { throw .notATerminal(stream: "standard input") }
        guard isatty(options.output) == 1 else { throw .notATerminal(stream: "standard output") }
        let term = options.environment.term
        guard !term.isEmpty else { throw .typeMissing }
        guard term != "dumb" else { throw .typeTooSimple(term) }
    }

    private static func openNcurses(_ term: String, _ frame: Int32) throws(TerminalError) {
        switch cn_open(term, frame) {
        case CN_TERM_OK: return
        case CN_TERM_NO_DATABASE: throw .noDatabase
        case CN_TERM_UNKNOWN: throw .typeUnknown(term)
        case CN_TERM_NO_CURSOR: throw .typeTooSimple(term)
        default: throw .system(call: "newterm", code: errno)
        }
    }

    /// The terminal's size now; nil if it does not say. A terminal of no rows or columns counts as one of 1.
    static func measure(_ descriptor: Int32) -> Size? {
        var window = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0 else { return nil }
        if window.ws_col == 0 && window.ws_row == 0 { return nil }
        return Size(
            width: min(max(1, Int(window.ws_col)), Grid.maximumColumns),
            height: min(max(1, Int(window.ws_row)), Grid.maximumRows))
    }

    private static func errorFiles(_ options: TerminalOptions) -> (real: Int32, file: Int32)? {
        guard options.capturesErrors, isatty(STDERR_FILENO) == 1 else { return nil }
        let real = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        let file = cn_memory_file("errors")
        if real >= 0 && file >= 0 { return (real, file) }
        if real >= 0 { Glibc.close(real) }
        if file >= 0 { Glibc.close(file) }
        return nil
    }
}
