/// The two ways to a console read without the argument parser, which takes longer to get ready than the first picture
/// to draw. Only what is written plainly is taken; anything else is left to the parser, with its help and its errors.
enum QuickStart {
    /// What to open.
    enum Request: Hashable {
        case console(ConsoleRequest)
        case replay(ReplayRequest)
    }

    /// The request that the words make; nil when the parser must look at them.
    static func read(_ words: [String], in environment: CommandEnvironment) -> Request? {
        var rest = words[...]
        let isReplay = rest.first == "replay"
        if isReplay { rest.removeFirst() }
        var look = LookRequest()
        var (socket, file): (String?, String?) = (nil, nil)
        /// The value of an option that takes one; nil when there is none that is plain.
        func value() -> String? {
            guard let text = rest.popFirst(), !text.isEmpty, !text.hasPrefix("-") else { return nil }
            return text
        }
        while let word = rest.popFirst() {
            switch word {
            case "--ascii": look.ascii = true
            case "--read-only": look.readOnly = true
            case "--accessible": look.accessible = true
            case "--theme":
                guard let name = value() else { return nil }
                look.theme = name
            case "--color":
                guard let color = value(), LookOptions.Color(rawValue: color) != nil else { return nil }
                look.color = color
            case "--socket" where !isReplay:
                guard let path = value() else { return nil }
                socket = path
            case _ where isReplay && file == nil && !word.isEmpty && !word.hasPrefix("-"): file = word
            default: return nil
            }
        }
        guard isReplay else {
            return .console(ConsoleRequest(socket: socket, core: CoreRequest(), look: look))
        }
        return file.map { .replay(ReplayRequest(path: environment.absolute($0), look: look)) }
    }

    /// Opens the console that the words ask for; nil when the parser must look at them.
    static func run(_ words: [String], in environment: CommandEnvironment) throws -> Int32? {
        switch read(words, in: environment) {
        case .console(let request): return try environment.openConsole(request)
        case .replay(let request): return try environment.replay(request)
        case nil: return nil
        }
    }
}
