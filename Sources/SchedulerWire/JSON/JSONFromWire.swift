/// The binary form to JSON, fields in the table's order. What is set is written; of what is not set, the lists that
/// answers always show and the fields that have a declared default.
struct JSONFromWire {
    private let input: UnsafeRawBufferPointer
    private var output: [UInt8] = []
    private let schema = WireSchema.shared
    /// What was found in the messages that are open: place of the field, and where its value stands.
    private var found: [(field: Int, start: Int, end: Int)] = []
    /// Elements that are JSON already, and of which field in which messages. Where such a message is open they are
    /// found at no place.
    private var ready: (place: Int, field: Int, elements: [[UInt8]])?
    private static let nowhere = -1

    /// The message `bytes`, called `name`, as JSON; with `ready` elements in a field, by number, of messages called so.
    /// Broken bytes are a mistake in this program or were refused before: what cannot be read is left out.
    static func convert(
        _ bytes: [UInt8], _ name: String, ready: (name: String, field: Int, elements: [[UInt8]])? = nil
    ) -> [UInt8] {
        bytes.withUnsafeBytes { buffer in
            var mapper = JSONFromWire(input: buffer)
            var size = buffer.count * 3 + 64
            if let ready, !ready.elements.isEmpty {
                let place = mapper.schema.place(of: ready.name)
                mapper.ready = (place, mapper.schema.messages[place].place(of: ready.field), ready.elements)
                size += ready.elements.reduce(0) { $0 + $1.count + 1 }
            }
            mapper.output.reserveCapacity(size)
            mapper.message(0, buffer.count, mapper.schema.place(of: name))
            return mapper.output
        }
    }

    private init(input: UnsafeRawBufferPointer) { self.input = input }

    private mutating func message(_ start: Int, _ end: Int, _ place: Int) {
        let base = found.count
        gather(start, end, place)
        if let ready, ready.place == place {
            let at = found[base...].firstIndex { $0.field > ready.field } ?? found.count
            found.insert((ready.field, Self.nowhere, Self.nowhere), at: at)
        }
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        var at = base
        let top = found.count
        let count = schema.messages[place].hasStandIns ? schema.messages[place].fields.count : 0
        var next = 0
        while at < top {
            let index = found[at].field
            standIns(from: next, to: min(index, count), place, &isFirst)
            next = index + 1
            var last = at
            while last + 1 < top, found[last + 1].field == index { last += 1 }
            field(at, last, place, index, &isFirst)
            at = last + 1
        }
        standIns(from: next, to: count, place, &isFirst)
        output.append(UInt8(ascii: "}"))
        found.removeLast(found.count - base)
    }

    /// Writes the fields that are not set but shown.
    private mutating func standIns(from: Int, to: Int, _ place: Int, _ isFirst: inout Bool) {
        guard from < to else { return }
        for index in from..<to where !schema.messages[place].fields[index].standIn.isEmpty {
            key(place, index, &isFirst)
            output += schema.messages[place].fields[index].standIn
        }
    }

    private mutating func key(_ place: Int, _ index: Int, _ isFirst: inout Bool) {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        output += schema.messages[place].fields[index].key
    }

    /// Notes where the fields of a message stand, in the table's order.
    private mutating func gather(_ start: Int, _ end: Int, _ place: Int) {
        let base = found.count
        var at = start
        var isSorted = true
        while at < end, let tag = varint(&at, end) {
            let begin = at
            guard skip(UInt8(tag & 7), &at, end) else { break }
            let index = schema.messages[place].place(of: Int(truncatingIfNeeded: tag >> 3))
            guard index >= 0 else { continue }
            if let last = found.last, found.count > base, last.field > index { isSorted = false }
            found.append((index, begin, at))
        }
        if !isSorted {
            let sorted = found[base...].enumerated().sorted {
                ($0.element.field, $0.offset) < ($1.element.field, $1.offset)
            }
            found.replaceSubrange(base..., with: sorted.map(\.element))
        }
    }

    private mutating func field(_ first: Int, _ last: Int, _ place: Int, _ index: Int, _ isFirst: inout Bool) {
        let kind = schema.messages[place].fields[index].kind
        if case .map(let valueKind) = kind {
            key(place, index, &isFirst)
            output.append(UInt8(ascii: "{"))
            for at in first...last {
                if at > first { output.append(UInt8(ascii: ",")) }
                entry(found[at].start, found[at].end, valueKind)
            }
            output.append(UInt8(ascii: "}"))
        } else if schema.messages[place].fields[index].label == .repeated {
            key(place, index, &isFirst)
            output.append(UInt8(ascii: "["))
            for at in first...last {
                if at > first { output.append(UInt8(ascii: ",")) }
                if found[at].start == Self.nowhere {
                    append(ready?.elements ?? [])
                } else {
                    _ = value(found[at].start, found[at].end, kind)
                }
            }
            output.append(UInt8(ascii: "]"))
        } else {
            // A number that has no name in this version is not shown.
            let (before, wasFirst) = (output.count, isFirst)
            key(place, index, &isFirst)
            if !value(found[last].start, found[last].end, kind) {
                output.removeLast(output.count - before)
                isFirst = wasFirst
            }
        }
    }

    private mutating func append(_ elements: [[UInt8]]) {
        for (at, element) in elements.enumerated() {
            if at > 0 { output.append(UInt8(ascii: ",")) }
            output += element
        }
    }

    private mutating func entry(_ start: Int, _ end: Int, _ kind: WireSchema.Kind) {
        var at = start
        _ = varint(&at, end)
        var (name, content): ((Int, Int)?, (Int, Int)?) = (nil, nil)
        while at < end, let tag = varint(&at, end) {
            let begin = at
            guard skip(UInt8(tag & 7), &at, end) else { break }
            if tag >> 3 == 1 { name = (begin, at) } else if tag >> 3 == 2 { content = (begin, at) }
        }
        if let name { _ = value(name.0, name.1, .string) } else { output += [0x22, 0x22] }
        output.append(UInt8(ascii: ":"))
        if let content { _ = value(content.0, content.1, kind) } else { output += [0x7B, 0x7D] }
    }

    /// Writes one value; false when it has no form in JSON.
    private mutating func value(_ start: Int, _ end: Int, _ kind: WireSchema.Kind) -> Bool {
        var at = start
        switch kind {
        case .double: JSONText.append(Double(bitPattern: fixed(at, 8)), to: &output)
        case .float: JSONText.append(Double(Float(bitPattern: UInt32(truncatingIfNeeded: fixed(at, 4)))), to: &output)
        case .int32: output += String(Int32(truncatingIfNeeded: varint(&at, end) ?? 0)).utf8
        case .int64: output += String(Int64(bitPattern: varint(&at, end) ?? 0)).utf8
        case .uint32: output += String(UInt32(truncatingIfNeeded: varint(&at, end) ?? 0)).utf8
        case .uint64: output += String(varint(&at, end) ?? 0).utf8
        case .bool: output += varint(&at, end) ?? 0 != 0 ? "true".utf8 : "false".utf8
        case .enumeration(let place):
            let number = Int(Int32(truncatingIfNeeded: varint(&at, end) ?? 0))
            guard let name = schema.enums[place].names[number] else { return false }
            output.append(UInt8(ascii: "\""))
            output += name.utf8
            output.append(UInt8(ascii: "\""))
        case .string:
            _ = varint(&at, end)
            JSONText.append(UnsafeRawBufferPointer(rebasing: input[at..<end]), to: &output)
        case .bytes:
            _ = varint(&at, end)
            output.append(UInt8(ascii: "\""))
            Base64.append(UnsafeRawBufferPointer(rebasing: input[at..<end]), to: &output)
            output.append(UInt8(ascii: "\""))
        case .message(let place):
            _ = varint(&at, end)
            message(at, end, place)
        case .map: return false
        }
        return true
    }

    // MARK: Bytes

    private func varint(_ at: inout Int, _ end: Int) -> UInt64? {
        var (value, shift): (UInt64, UInt64) = (0, 0)
        while at < end, shift < 64 {
            let byte = input[at]
            at += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    private func fixed(_ at: Int, _ count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(input[at + $1]) << UInt64(8 * $1) }
    }

    private func skip(_ type: UInt8, _ at: inout Int, _ end: Int) -> Bool {
        switch type {
        case 0: return varint(&at, end) != nil
        case 1: at += 8
        case 5: at += 4
        case 2:
            guard let length = varint(&at, end), length <= UInt64(end - at) else { return false }
            at += Int(length)
        default: return false
        }
        return at <= end
    }
}
