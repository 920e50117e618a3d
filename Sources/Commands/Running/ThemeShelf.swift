import ConsoleView

/// The themes of this user and machine, as commands ask for them; the executable fills it in.
public struct ThemeShelf: Sendable {
    /// A theme that can be chosen.
    public struct Entry: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// The file it comes from; "" when it is built in.
        public var path: String

        /// A theme.
        public init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }
    /// All themes, ascending by name.
    public var list: @Sendable () -> [Entry] = { [] }
    /// The theme of that name or in that file. Throws `CommandFailure`.
    public var load: @Sendable (String) throws -> Theme
    /// What is wrong with the theme of that name or in that file, a line each. Throws `CommandFailure` when there is no
    /// such theme.
    public var problems: @Sendable (String) throws -> [String]

    /// No themes but the built-in ones.
    public init() {
        load = { name in
            guard let theme = Theme.builtIn(named: name) else {
                throw CommandFailure(.notFound, "there is no theme \"\(name)\"")
            }
            return theme
        }
        problems = { _ in [] }
    }
}
