/// Why a provider could not do what it was asked; the description goes to the operator.
public enum ProviderFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// No agent program was found; the places that were looked at.
    case noAgentProgram(places: [String])
    /// A folder could not be made or is not ours.
    case folder(path: String, cause: String)
    /// A program could not be started.
    case notStarted(program: String, cause: String)
    /// A program did not end in time.
    case tookTooLong(program: String, seconds: Int)
    /// The agent program ended with an error; the first line it said.
    case agentFailed(action: String, code: Int32, word: String)
    /// Tasks run on a machine that was to be ended.
    case tasksRun(name: String, processes: Int)
    /// The folder belongs to another cluster or instance.
    case foreign(path: String, owner: String)
    /// The public key that new machines are to let in cannot be used.
    case publicKey(path: String, cause: String)

    public var description: String {
        switch self {
        case .noAgentProgram(let places):
            "bellows-agent was not found (looked at \(places.joined(separator: ", "))): "
                + "build it, or name it in BELLOWS_AGENT"
        case .folder(let path, let cause): "folder \(path) cannot be used: \(cause)"
        case .notStarted(let program, let cause): "\(program) cannot be started: \(cause)"
        case .tookTooLong(let program, let seconds): "\(program) did not end within \(seconds) s"
        case .agentFailed(let action, let code, let word):
            "bellows-agent \(action) failed (exit code \(code)): \(word.isEmpty ? "it said nothing" : word)"
        case .tasksRun(let name, let processes):
            "\(processes) processes of tasks still run on \(name): kill them first; it is asked again later"
        case .publicKey(let path, let cause): "public key \(path) cannot be used: \(cause)"
        case .foreign(let path, let owner): "folder \(path) belongs to \(owner): use another state folder"
        }
    }
}
