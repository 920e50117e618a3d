/// What a named field of a row holds when an expression asks for it.
public enum FieldValue: Hashable, Sendable {
    /// A text; compared without regard to case.
    case text(String)
    /// A number in thousandths: cpus, percent, counts.
    case number(Int64)
    /// An amount of memory or disk in bytes.
    case bytes(Int64)
    /// A span in microseconds: an age, a time limit.
    case duration(Int64)
    /// Money in millionths.
    case money(Int64)
    /// Several values; a comparison holds when it holds for one of them, `!=` when it holds for all.
    case list([FieldValue])
}
