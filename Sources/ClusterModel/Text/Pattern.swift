/// A small regular expression whose matching time is linear in the text, whatever the pattern: literals, `.`, `*`,
/// `+`, `?`, `{2}`, `{2,}`, `{2,5}`, `[a-z]`, `[^a-z]`, `[[:alpha:]]`, `^`, `$`, `|`, `( )`, `(?: )`, `\d \w \s`, the
/// same in capitals for all others, and `\` before a sign. Letters match without regard to case in ASCII. Thompson's
/// construction: all ways are followed at once, none is tried twice.
public struct Pattern: Hashable, Sendable {
    /// The pattern as it was written.
    public let text: String
    let steps: [Step]
    /// Whether case counts.
    private let isExact: Bool

    /// Longest pattern, in bytes.
    public static let textLimit = 256
    /// Most steps of a program: repetitions by number are written out.
    public static let stepLimit = 1_000
    /// Most steps of one that must match the whole: twice the instructions that the reference allows, whose compiler
    /// takes common beginnings of alternatives together.
    public static let wholeStepLimit = 200
    /// Highest number of a repetition.
    public static let repeatLimit = 1_000
    /// Deepest nesting of groups.
    public static let depthLimit = 32

    /// One instruction.
    enum Step: Hashable, Sendable {
        case scalar(UInt32)
        case any
        case oneOf([ClosedRange<UInt32>], negated: Bool)
        case split(Int, Int)
        case jump(Int)
        case atStart
        case atEnd
        case found
    }

    /// Reads a pattern; errors carry the column within it.
    public init(_ text: String) throws(TextFault) {
        guard text.utf8.count <= Self.textLimit else {
            throw TextFault(
                text: text, cause: "the pattern is longer than \(Self.textLimit) bytes", remedy: "write a shorter one")
        }
        self.text = text
        isExact = false
        var compiler = PatternCompiler(text)
        steps = try compiler.compile()
    }

    /// Reads a pattern that must match the whole of a text, letter by letter and with regard to case: what frameworks
    /// give in offer constraints.
    public init(whole text: String) throws(TextFault) {
        guard text.utf8.count <= Self.textLimit else {
            throw TextFault(
                text: text, cause: "the pattern is longer than \(Self.textLimit) bytes", remedy: "write a shorter one")
        }
        self.text = text
        isExact = true
        var compiler = PatternCompiler(text, isExact: true)
        let inner = try compiler.compile().dropLast()
        guard inner.count <= Self.wholeStepLimit else {
            throw TextFault(
                text: text, cause: "the pattern comes to \(inner.count) steps",
                remedy: "keep it within \(Self.wholeStepLimit)")
        }
        steps = [.atStart] + PatternCompiler.moved(Array(inner), by: 1) + [.atEnd, .found]
    }

    /// Whether the pattern is found anywhere in `subject`. O(length x steps).
    public func matches(_ subject: String) -> Bool {
        var current = PatternSet(steps.count)
        var next = PatternSet(steps.count)
        var first = true
        var scalars = subject.unicodeScalars.makeIterator()
        var upcoming = scalars.next()
        while true {
            add(0, to: &current, atStart: first, atEnd: upcoming == nil)
            if current.found { return true }
            guard let scalar = upcoming else { return false }
            upcoming = scalars.next()
            let folded = isExact ? scalar.value : Self.fold(scalar.value)
            for state in current.members where accepts(steps[state], folded) {
                add(state + 1, to: &next, atStart: false, atEnd: upcoming == nil)
            }
            if next.found { return true }
            swap(&current, &next)
            next.clear()
            first = false
        }
    }

    private func accepts(_ step: Step, _ scalar: UInt32) -> Bool {
        switch step {
        case .scalar(let wanted): wanted == scalar
        case .any: true
        case .oneOf(let ranges, let negated): ranges.contains { $0.contains(scalar) } != negated
        default: false
        }
    }

    /// Follows everything that needs no scalar. Depth is bounded by the number of steps, each entered once.
    private func add(_ state: Int, to set: inout PatternSet, atStart: Bool, atEnd: Bool) {
        var stack = [state]
        while let state = stack.popLast() {
            guard set.insert(state) else { continue }
            switch steps[state] {
            case .jump(let target): stack.append(target)
            case .split(let one, let other): stack += [other, one]
            case .atStart: if atStart { stack.append(state + 1) }
            case .atEnd: if atEnd { stack.append(state + 1) }
            case .found: set.found = true
            default: break
            }
        }
    }

    static func fold(_ scalar: UInt32) -> UInt32 { (65...90).contains(scalar) ? scalar | 0x20 : scalar }
}

/// The states that a match may be in, each once.
private struct PatternSet {
    var members: [Int] = []
    var found = false
    private var present: [Bool]

    init(_ count: Int) { present = Array(repeating: false, count: count) }
    mutating func insert(_ state: Int) -> Bool {
        if present[state] { return false }
        present[state] = true
        members.append(state)
        return true
    }
    mutating func clear() {
        for state in members { present[state] = false }
        members.removeAll(keepingCapacity: true)
        found = false
    }
}
