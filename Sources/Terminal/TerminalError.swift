// Why there is no screen: each reason in one line that an operator can act on.

import Glibc

/// Why a screen cannot be opened or has gone.
public enum TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Standard input or output is a file or a pipe.
    case notATerminal(stream: String)
    /// TERM is unset or empty.
    case typeMissing
    /// TERM names a terminal that cannot move its cursor, such as `dumb`.
    case typeTooSimple(String)
    /// This machine has no description of the terminal that TERM names.
    case typeUnknown(String)
    /// The terminal descriptions are missing altogether.
    case noDatabase
    /// There is a screen already; ncurses knows only one.
    case alreadyOpen
    /// The terminal went away while being written to.
    case hungUp
    /// A system call failed.
    case system(call: String, code: Int32)

    /// One line: what is wrong, why, and the way out.
    public var description: String {
        switch self {
        case .notATerminal(let stream):
            return "\(stream) is not a terminal, and the console needs one; for plain lines use `bellows watch`"
        case .typeMissing:
            return "TERM is not set; say which terminal this is (TERM=xterm-256color) or use `bellows watch`"
        case .typeTooSimple(let name):
            return "terminal type \"\(name)\" cannot move its cursor; set TERM to what the terminal really is "
                + "or use `bellows watch`"
        case .typeUnknown(let name):
            return "terminal type \"\(name)\" is not known on this machine; try TERM=xterm-256color "
                + "or install its description (Debian: ncurses-term)"
        case .noDatabase:
            return "the terminal descriptions are missing; install them (Debian: ncurses-base)"
        case .alreadyOpen:
            return "the screen is open already; a process has one"
        case .hungUp:
            return "the terminal has gone"
        case .system(let call, let code):
            return "\(call) failed: \(String(cString: strerror(code)))"
        }
    }
}
