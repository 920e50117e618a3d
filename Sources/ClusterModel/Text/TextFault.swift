/// What is wrong with a text that a person wrote: a value, so that every reader of texts says it the same way.
public struct TextFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text that could not be read, shortened to `textLimit` bytes.
    public var text: String
    /// Where in it, counted from 1 in characters; 0 = the whole of it.
    public var column: Int
    /// What is wrong.
    public var cause: String
    /// What would be right.
    public var remedy: String

    /// Most bytes of the faulty text that a fault repeats.
    public static let textLimit = 80

    /// A fault with its parts.
    public init(text: String, column: Int = 0, cause: String, remedy: String) {
        self.text = text.utf8.count <= Self.textLimit ? text : String(text.prefix(Self.textLimit / 4)) + "..."
        self.column = column
        self.cause = cause
        self.remedy = remedy
    }

    /// One line: the text, its place, the cause and the way out.
    public var message: String {
        let place = column > 0 ? " at column \(column)" : ""
        return "\"\(text)\"\(place): \(cause); \(remedy)"
    }
    /// The same as `message`.
    public var description: String { message }
}
