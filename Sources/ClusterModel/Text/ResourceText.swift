/// Resources and attributes as one line of text: `cpus:2;mem:1024;ports:[31000-32000];licenses:{a,b}`, the way the
/// field writes them, and `cpus=2,mem=4GiB`, the way a command line does.
public enum ResourceText {
    /// Most bytes of one such text.
    public static let textLimit = 16_384

    /// Reads resources. `scalars` are the names of the cluster's own scalars; a scalar that is neither one of them nor
    /// cpus, mem, disk or gpus is refused with the nearest that is. A plain number of mem or disk counts in MiB.
    public static func resources(
        _ text: String, scalars: [String] = []
    ) throws(TextFault) -> (resources: ResourceVector, extras: Extras) {
        var configuration = ClusterConfiguration()
        configuration.scalars = scalars
        var (resources, extras) = (ResourceVector.zero, Extras())
        var seen: [String] = []
        for entry in try entries(text) {
            if seen.contains(entry.name) {
                throw TextFault(
                    text: text, column: entry.column, cause: "\"\(entry.name)\" is given twice", remedy: "give it once")
            }
            seen.append(entry.name)
            if let bounds = try ranges(entry, of: text) {
                extras.set(Extras.Ranges(name: entry.name, bounds: bounds))
            } else if let items = words(entry) {
                extras.set(Extras.Words(name: entry.name, items: items))
            } else {
                guard let lane = configuration.lane(of: entry.name) else {
                    let hint = Spelling.hint(for: entry.name, in: configuration.laneNames)
                    throw TextFault(
                        text: text, column: entry.column, cause: "unknown resource \"\(entry.name)\"", remedy: hint)
                }
                do {
                    resources.lanes[lane] =
                        lane == 1 || lane == 2
                        ? try Quantity.bytes(entry.value, plainUnit: 1 << 20) : try Quantity.thousandths(entry.value)
                } catch {
                    throw TextFault(text: text, column: entry.valueColumn, cause: error.cause, remedy: error.remedy)
                }
            }
        }
        return (resources, extras)
    }

    /// Reads attributes: `rack:r1;gpu:a100;speed:2.5`. A number is a scalar, `[1-5]` are ranges, all else is text. One
    /// name may stand several times. The result is ascending by name.
    public static func attributes(_ text: String) throws(TextFault) -> [Attribute] {
        var result: [Attribute] = []
        for entry in try entries(text) {
            var attribute = Attribute(name: entry.name, text: entry.value)
            if let bounds = try ranges(entry, of: text) {
                attribute.kind = .ranges
                attribute.bounds = bounds
            } else if entry.value.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }),
                let number = try? Quantity.thousandths(entry.value)
            {
                attribute.kind = .scalar
                attribute.thousandths = number
            }
            let at = result.firstIndex { $0.name > attribute.name } ?? result.count
            result.insert(attribute, at: at)
        }
        return result
    }

    /// Resources in the form in which they are read, exact; what is zero is left out.
    public static func format(_ resources: ResourceVector, _ extras: Extras = Extras(), scalars: [String] = [])
        -> String
    {
        var configuration = ClusterConfiguration()
        configuration.scalars = scalars
        var parts: [String] = []
        for (lane, name) in configuration.laneNames.enumerated() where lane < 8 && resources.lanes[lane] != 0 {
            let amount = resources.lanes[lane]
            parts.append(
                "\(name):"
                    + (lane == 1 || lane == 2 ? Quantity.exact(bytes: amount) : Quantity.format(thousandths: amount)))
        }
        for entry in extras.ranges {
            let runs = stride(from: 0, to: entry.bounds.count, by: 2).map {
                "\(entry.bounds[$0])-\(entry.bounds[$0 + 1])"
            }
            parts.append("\(entry.name):[\(runs.joined(separator: ","))]")
        }
        for entry in extras.words { parts.append("\(entry.name):{\(entry.items.joined(separator: ","))}") }
        return parts.joined(separator: ";")
    }

    /// Attributes in the form in which they are read.
    public static func format(_ attributes: [Attribute]) -> String {
        attributes.map { "\($0.name):\($0.text)" }.joined(separator: ";")
    }
}

extension ResourceText {
    /// One `name:value` with the columns at which its halves start.
    struct Entry {
        var name: String
        var value: String
        var column: Int
        var valueColumn: Int
    }

    /// Takes the text apart at `;`, `,` and blanks outside of brackets, and each part at its first `:` or `=`.
    static func entries(_ text: String) throws(TextFault) -> [Entry] {
        guard text.utf8.count <= textLimit else {
            throw TextFault(text: text, cause: "longer than \(textLimit) bytes", remedy: "shorten it")
        }
        let characters = Array(text)
        var (result, at): ([Entry], Int) = ([], 0)
        while at < characters.count {
            if [";", ",", " ", "\t"].contains(characters[at]) {
                at += 1
                continue
            }
            let start = at
            while at < characters.count, ![":", "=", ";", ",", " "].contains(characters[at]) { at += 1 }
            let name = String(characters[start..<at])
            guard at < characters.count, characters[at] == ":" || characters[at] == "=", !name.isEmpty else {
                throw TextFault(
                    text: text, column: start + 1, cause: "\"\(name)\" has no value", remedy: "write name:value")
            }
            at += 1
            let valueStart = at
            var depth = 0
            while at < characters.count, depth > 0 || ![";", ",", " ", "\t"].contains(characters[at]) {
                if characters[at] == "[" || characters[at] == "{" { depth += 1 }
                if characters[at] == "]" || characters[at] == "}" { depth -= 1 }
                at += 1
            }
            let value = String(characters[valueStart..<at])
            guard !value.isEmpty, depth == 0 else {
                let cause = depth == 0 ? "\"\(name)\" has no value" : "a bracket is not closed"
                throw TextFault(text: text, column: valueStart + 1, cause: cause, remedy: "write name:value")
            }
            result.append(Entry(name: name, value: value, column: start + 1, valueColumn: valueStart + 1))
        }
        return result
    }

    /// The bounds in `[1-5,7]`, joined; nil when the value is no ranges.
    static func ranges(_ entry: Entry, of text: String) throws(TextFault) -> [UInt64]? {
        guard entry.value.hasPrefix("["), entry.value.hasSuffix("]") else { return nil }
        var bounds: [UInt64] = []
        for part in entry.value.dropFirst().dropLast().split(separator: ",") {
            let ends = Quantity.trimmed(part).split(separator: "-", maxSplits: 1)
            guard let low = ends.first.flatMap({ UInt64(Quantity.trimmed($0)) }),
                let high = ends.last.flatMap({ UInt64(Quantity.trimmed($0)) }), low <= high, high < 1 << 62
            else {
                throw TextFault(
                    text: text, column: entry.valueColumn, cause: "\"\(part)\" is no range",
                    remedy: "write first-last, such as [31000-32000]")
            }
            bounds = Extras.joined(bounds, [low, high])
        }
        guard bounds.count <= 2 * Extras.pieceLimit else {
            throw TextFault(
                text: text, column: entry.valueColumn, cause: "more than \(Extras.pieceLimit) ranges",
                remedy: "write fewer")
        }
        return bounds
    }

    /// The words in `{a,b}`, each once; nil when the value is no set.
    static func words(_ entry: Entry) -> [String]? {
        guard entry.value.hasPrefix("{"), entry.value.hasSuffix("}") else { return nil }
        var items: [String] = []
        for part in entry.value.dropFirst().dropLast().split(separator: ",") {
            let word = Quantity.trimmed(part)
            if !word.isEmpty, !items.contains(word) { items.append(word) }
        }
        return items
    }
}
