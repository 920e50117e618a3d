/// The messages of the wire as a table: what the JSON mapper goes by. Read once from `WireTable`.
struct WireSchema: Sendable {
    /// What a field holds.
    enum Kind: Hashable, Sendable {
        case double, float, int32, int64, uint32, uint64, bool, string, bytes
        /// An enumeration, by its place in `enums`.
        case enumeration(Int)
        /// A message, by its place in `messages`.
        case message(Int)
        /// A map from text; the entry's value.
        indirect case map(Kind)
    }

    enum Label: Hashable, Sendable { case optional, required, repeated }

    struct Field: Sendable {
        var number: Int
        var name: String
        /// `"name":` as it is written.
        var key: [UInt8]
        var label: Label
        var kind: Kind
        /// What is written when the field is not set; empty = nothing.
        var standIn: [UInt8] = []
    }

    struct Message: Sendable {
        var name: String
        var fields: [Field] = []
        var places: [String: Int] = [:]
        /// Place of each field number; -1 = none.
        var byNumber: [Int] = []
        var hasStandIns = false

        func place(of number: Int) -> Int {
            number < byNumber.count ? byNumber[number] : -1
        }
    }

    struct Enumeration: Sendable {
        var names: [Int: String] = [:]
        var numbers: [String: Int] = [:]
    }

    private(set) var messages: [Message] = []
    private(set) var enums: [Enumeration] = []
    private(set) var messagePlaces: [String: Int] = [:]
    private var enumPlaces: [String: Int] = [:]

    /// The one table.
    static let shared = WireSchema(WireTable.text)

    /// The place of the message called `name`; a name that the table lacks is a mistake in this program.
    func place(of name: String) -> Int {
        guard let place = messagePlaces[name] else { preconditionFailure("the wire table has no message \(name)") }
        return place
    }

    init(_ text: String) {
        let lines = text.split(separator: "\n")
        for line in lines where line.first != " " {
            if line.hasSuffix(" enum") {
                enumPlaces[String(line.dropLast(5))] = enums.count
                enums.append(Enumeration())
            } else {
                messagePlaces[String(line)] = messages.count
                messages.append(Message(name: String(line)))
            }
        }
        var (message, enumeration): (Int?, Int) = (nil, 0)
        for line in lines {
            guard line.first == " " else {
                message = messagePlaces[String(line)]
                if message == nil { enumeration = enumPlaces[String(line.dropLast(5))] ?? 0 }
                continue
            }
            let words = line.dropFirst().split(separator: " ")
            if let message {
                add(words, to: message)
            } else if let number = Int(words[0]) {
                enums[enumeration].names[number] = String(words[1])
                enums[enumeration].numbers[String(words[1])] = number
            }
        }
    }

    private mutating func add(_ words: [Substring], to message: Int) {
        let digits = words[0].prefix { $0.isNumber }
        let letters = words[0].dropFirst(digits.count)
        guard let number = Int(digits), let mark = letters.first, let letter = letters.last else { return }
        var field = Field(
            number: number, name: String(words[1]), key: Array("\"\(words[1])\":".utf8), label: .optional,
            kind: kind(letter, words.count > 2 ? words[2] : ""))
        if mark == "!" { field.label = .required }
        if mark == "*" { field.label = .repeated }
        for word in words.dropFirst(2) {
            if word == "[]" { field.standIn = Array("[]".utf8) }
            if word.first == "=" { field.standIn = standIn(String(word.dropFirst()), field.kind) }
        }
        if !field.standIn.isEmpty { messages[message].hasStandIns = true }
        messages[message].places[field.name] = messages[message].fields.count
        while messages[message].byNumber.count <= number { messages[message].byNumber.append(-1) }
        messages[message].byNumber[number] = messages[message].fields.count
        messages[message].fields.append(field)
    }

    private func kind(_ letter: Character, _ of: Substring) -> Kind {
        switch letter {
        case "d": .double
        case "f": .float
        case "i": .int32
        case "I": .int64
        case "u": .uint32
        case "U": .uint64
        case "b": .bool
        case "y": .bytes
        case "e": .enumeration(enumPlaces[String(of)] ?? 0)
        case "m": .message(messagePlaces[String(of)] ?? 0)
        case "M":
            .map(of.count == 1 ? kind(of.first ?? "s", "") : .message(messagePlaces[String(of)] ?? 0))
        default: .string
        }
    }

    private func standIn(_ text: String, _ kind: Kind) -> [UInt8] {
        switch kind {
        case .double, .float: Array("\(Double(text) ?? 0)".utf8)
        case .string, .enumeration: Array("\"\(text)\"".utf8)
        default: Array(text.utf8)
        }
    }
}
