// What the command line and the environment say about the terminal, as values, so that the choices made from them can
// be tested.

import CNcurses
import Glibc

/// How many colours to use.
public enum ColorChoice: String, CaseIterable, Hashable, Sendable {
    /// What the terminal can do, unless NO_COLOR is set.
    case auto
    /// Attributes only.
    case never
    /// The terminal's own 16 colours.
    case sixteen = "16"
    /// The 256 colours of xterm.
    case indexed = "256"
    /// 24 bits.
    case truecolor
}

/// What the environment says about the terminal.
public struct TerminalEnvironment: Hashable, Sendable {
    /// TERM.
    public var term: String
    /// COLORTERM.
    public var colorTerm: String
    /// NO_COLOR is set and not empty.
    public var noColor: Bool

    /// What the environment says.
    public init(term: String, colorTerm: String = "", noColor: Bool = false) {
        self.term = term
        self.colorTerm = colorTerm
        self.noColor = noColor
    }

    /// The environment of this process, now.
    public static var current: TerminalEnvironment {
        func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
        return TerminalEnvironment(
            term: value("TERM"), colorTerm: value("COLORTERM"), noColor: !value("NO_COLOR").isEmpty)
    }
}

/// How the screen is to be opened.
public struct TerminalOptions: Sendable {
    /// Where keys come from; must be a terminal.
    public var input: Int32 = STDIN_FILENO
    /// Where frames go; must be a terminal.
    public var output: Int32 = STDOUT_FILENO
    /// How many colours to use.
    public var color: ColorChoice = .auto
    /// Draw with ASCII only, whatever the locale says.
    public var ascii = false
    /// Report the mouse; text is then selected with shift held.
    public var mouse = true
    /// Keep what libraries and the runtime write to standard error off the screen and show its end afterwards.
    public var capturesErrors = true
    /// Ask the terminal for the colour of its ground; the answer comes as ``TerminalEvent/background(_:)``, if ever.
    public var asksBackground = false
    /// What the environment says.
    public var environment: TerminalEnvironment

    /// The usual way: standard input and output, colours as the terminal can.
    public init(environment: TerminalEnvironment = .current) { self.environment = environment }
}
