import ClusterModel

/// One value of a list, which a table shows, JSON writes in base units, and a filter compares.
public enum ListValue: Hashable, Sendable {
    /// Nothing: an empty cell, `null`.
    case none
    /// A word or sentence.
    case text(String)
    /// A count, or a number such as a pid.
    case count(Int64)
    /// Thousandths of a thing: cpus, shares.
    case thousandths(Int64)
    /// Bytes.
    case bytes(Int64)
    /// A span.
    case interval(Interval)
    /// A moment.
    case instant(Instant)
    /// Millionths of the currency.
    case money(Int64)
    /// Yes or no.
    case flag(Bool)
    /// Several words.
    case words([String])
    /// Names with values.
    case pairs([Pair])

    /// A name with its value.
    public struct Pair: Hashable, Sendable {
        /// The name.
        public var name: String
        /// The value.
        public var value: ListValue
    }

    /// A text, or nothing when it is empty.
    static func word(_ text: String) -> ListValue { text.isEmpty ? .none : .text(text) }
    /// A moment, or nothing when it never was.
    static func moment(_ instant: Instant) -> ListValue {
        instant.isNever || instant == .distantFuture ? .none : .instant(instant)
    }

    /// What a filter compares; nil when there is nothing.
    var field: FieldValue? {
        switch self {
        case .none: nil
        case .text(let text): .text(text)
        case .count(let number): .number(number.multipliedReportingOverflow(by: 1_000).partialValue)
        case .thousandths(let number): .number(number)
        case .bytes(let bytes): .bytes(bytes)
        case .interval(let span): .duration(span.microseconds)
        case .instant(let instant): .text(TimeText.utc(instant))
        case .money(let micros): .money(micros)
        case .flag(let flag): .text(flag ? "true" : "false")
        case .words(let words): .list(words.map { .text($0) })
        case .pairs(let pairs): .list(pairs.compactMap(\.value.field))
        }
    }

    /// What a table shows.
    var shown: String {
        switch self {
        case .none: ""
        case .text(let text): text
        case .count(let number): "\(number)"
        case .thousandths(let number): Quantity.format(thousandths: number)
        case .bytes(let bytes): Quantity.format(bytes: bytes)
        case .interval(let span): Quantity.format(span)
        case .instant(let instant): TimeText.utc(instant)
        case .money(let micros): Quantity.format(Money(micros: micros), currency: "")
        case .flag(let flag): flag ? "yes" : "no"
        case .words(let words): words.joined(separator: ",")
        case .pairs(let pairs): pairs.map { "\($0.name)=\($0.value.shown)" }.joined(separator: " ")
        }
    }
}
