/// How commands end. The numbers are documented in docs/commands.md and stay as they are.
public enum ExitCode: Int32, Sendable, CaseIterable {
    /// Done.
    case done = 0
    /// The core refused it, or it failed.
    case failed = 1
    /// The command line or a file is wrong.
    case usage = 2
    /// No core can be reached.
    case noCore = 3
    /// The socket belongs to somebody else, or this user may not.
    case denied = 4
    /// The thing that was named is not known.
    case notFound = 5
    /// The core did not answer in time.
    case noAnswer = 6
    /// There is no terminal that a console could use.
    case noTerminal = 7
    /// Interrupted by Ctrl-C.
    case interrupted = 130
}

/// Why a command did not do what was asked: one message for people, one number for scripts.
public struct CommandFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// How the process ends.
    public var code: ExitCode
    /// What is wrong, why, and the way out; "" when all has been said already.
    public var message: String

    /// A failure.
    public init(_ code: ExitCode, _ message: String) {
        self.code = code
        self.message = message
    }
    /// The message.
    public var description: String { message }
}
