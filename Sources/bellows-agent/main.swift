import CSys

// The agent of a node; the commands are in Commands.swift, the agent's parts in Agent*.swift.

/// The words after the program's name.
func words() -> [String] {
    guard let arguments = cs_argv(), cs_argc() > 1 else { return [] }
    return (1..<Int(cs_argc())).compactMap { index in arguments[index].map { String(cString: $0) } }
}

exit(Commands.perform(Options(words())))
