import ClusterModel

/// Values with units: what `Quantity` reads, within the bounds that a key has.
extension MappingReader {
    /// A name; what it names is the mapping's subject.
    mutating func name(_ key: String) -> String? {
        guard let text = text(key, expected: "a name") else { return nil }
        guard let fault = NameCheck.fault(text, what: subject) else { return text }
        refuse(key, fault)
        return nil
    }

    /// A number in thousandths: `2`, `1.5`, `500m`.
    mutating func thousandths(_ key: String, _ range: ClosedRange<Int64>) -> Int64? {
        amount(key, range, expected: "a number such as 2, 1.5 or 500m", show: { Quantity.format(thousandths: $0) }) {
            text throws(TextFault) in try Quantity.thousandths(text)
        }
    }

    /// An amount of bytes with its unit: `4GiB`, `512M`.
    mutating func bytes(_ key: String, _ range: ClosedRange<Int64>) -> Int64? {
        amount(key, range, expected: "an amount such as 4GiB or 512M", show: { Quantity.exact(bytes: $0) }) {
            text throws(TextFault) in try Quantity.bytes(text)
        }
    }

    /// A span with its unit: `30s`, `1h30m`.
    mutating func interval(_ key: String, _ range: ClosedRange<Interval>) -> Interval? {
        amount(key, range, expected: "a time such as 30s or 1h30m", show: { Quantity.exact($0) }) {
            text throws(TextFault) in try Quantity.duration(text)
        }
    }

    /// Money in millionths: `$0.11/h`, `0.11`.
    mutating func money(_ key: String, currency: String) -> Int64? {
        amount(
            key, 0...Int64.max / 1_000_000, expected: "an amount such as \(currency)0.11",
            show: { MoneyText.exact($0, currency: currency) }
        ) { text throws(TextFault) in try Quantity.money(text, currency: currency).micros }
    }

    /// Notes what is wrong with a requirement on nodes.
    func checkRequirement(_ key: String, _ text: String) {
        do {
            _ = try Requirement.compile(text)
        } catch {
            refuse(key, "`\(key)`: \(error.message)")
        }
    }

    private mutating func amount<T: Comparable>(
        _ key: String, _ range: ClosedRange<T>, expected: String, show: (T) -> String,
        _ read: (String) throws(TextFault) -> T
    ) -> T? {
        guard let text = text(key, expected: expected) else { return nil }
        do {
            let value = try read(text)
            if range.contains(value) { return value }
            let bound =
                value < range.lowerBound ? "at least \(show(range.lowerBound))" : "at most \(show(range.upperBound))"
            refuse(key, "`\(key)` is \(bound), not `\(text)`")
        } catch {
            refuse(key, "`\(key)`: \(error.message)")
        }
        return nil
    }
}

extension Attribute {
    /// An attribute whose kind is seen from its text: a number, ranges such as `[1-5]`, or any text.
    init(name: String, reading text: String) {
        let isSimple = !text.contains { ";,:{}".contains($0) }
        if isSimple, !text.isEmpty, let read = try? ResourceText.attributes("\(name):\(text)").first {
            self = read
        } else {
            self.init(name: name, text: text)
        }
    }
}
