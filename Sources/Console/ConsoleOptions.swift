import ClusterModel
import ClusterSource
import ConsoleView
import Terminal

/// How a console is started.
public struct ConsoleOptions {
    /// Theme by name; nil = BELLOWS_THEME, then the cluster's own, then by the terminal's background.
    public var theme: String?
    /// How many colours to use.
    public var color = ColorChoice.auto
    /// Draw with ASCII only.
    public var ascii = false
    /// Refuse whatever changes the cluster.
    public var readOnly = false
    /// For screen readers: clocks and charts stand still.
    public var accessible = false
    /// Opens a source on the recording of a live core, to look back; nil when there is no recording. Called each time
    /// the past is entered; the source is closed when the present is returned to.
    public var openPast: (() -> (any ClusterSource)?)?

    /// The defaults.
    public init() {}
}

/// How a console ended.
public struct ConsoleExit: Hashable, Sendable {
    /// What becomes of an embedded core.
    public var choice: QuitChoice
    /// The signal that ended it; nil when a person did.
    public var signal: Int32?

    /// An end.
    public init(choice: QuitChoice, signal: Int32? = nil) {
        self.choice = choice
        self.signal = signal
    }
}

/// Why there is no console.
public enum ConsoleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The terminal cannot be used; one clear line.
    case terminal(TerminalError)
    /// There is no theme of that name, or its file is wrong.
    case theme(String)

    /// One line: what is wrong, why, and the way out.
    public var description: String {
        switch self {
        case .terminal(let error): error.description
        case .theme(let message): message
        }
    }
}
