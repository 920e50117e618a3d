#if !hasFeature(Embedded)
    import ByteCoding
#endif

/// Writes the tagged fields of a record. Zero and empty are left out: absent means default, which is what lets an older
/// or newer side leave a field away.
public struct FieldWriter: Sendable {
    private var writer = ByteWriter()

    /// A record without fields.
    public init() {}

    /// The record so far.
    public var bytes: [UInt8] { writer.bytes }

    /// A number, left out when zero.
    public mutating func number(_ tag: UInt64, _ value: UInt64) {
        if value == 0 { return }
        writer.varint(tag << 1)
        writer.varint(value)
    }

    /// A signed number, zigzag, left out when zero.
    public mutating func signed(_ tag: UInt64, _ value: Int64) {
        number(tag, UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// A truth value, left out when false.
    public mutating func flag(_ tag: UInt64, _ value: Bool) { number(tag, value ? 1 : 0) }

    /// Text, left out when empty.
    public mutating func text(_ tag: UInt64, _ value: String) {
        if value.utf8.isEmpty { return }
        writer.varint(tag << 1 | 1)
        writer.text(value)
    }

    /// Each text as a field of the same tag, empty ones too, in order.
    public mutating func texts(_ tag: UInt64, _ values: [String]) {
        for value in values {
            writer.varint(tag << 1 | 1)
            writer.text(value)
        }
    }

    /// Bytes, left out when empty.
    public mutating func blob(_ tag: UInt64, _ value: [UInt8]) {
        if value.isEmpty { return }
        writer.varint(tag << 1 | 1)
        writer.blob(value)
    }

    /// A record inside this one; written even when it has no fields, so that lists keep their length.
    public mutating func record(_ tag: UInt64, _ fill: (inout FieldWriter) -> Void) {
        var inner = FieldWriter()
        fill(&inner)
        writer.varint(tag << 1 | 1)
        writer.blob(inner.bytes)
    }
}

/// One field as it stands in a record.
public struct Field: Sendable {
    /// Which field of the record.
    public let tag: UInt64
    /// The value of a field of form 0.
    let value: UInt64
    /// The value of a field of form 1, or nil.
    let bytes: ArraySlice<UInt8>?
}

/// Walks the fields of a record. A fault ends the walk and is seen in `failed`; nothing traps and nothing is reserved
/// for a length that is not there.
public struct FieldReader: Sendable {
    private var reader: ByteReader
    private var mismatched = false

    /// Reads a record.
    public init(_ bytes: ArraySlice<UInt8>) { reader = ByteReader(bytes) }

    /// Reads a record.
    public init(_ bytes: [UInt8]) { reader = ByteReader(bytes) }

    /// The record is cut, or a field has another form than its tag demands.
    public var failed: Bool { reader.failed || mismatched }

    /// The next field, or nil at the end or after a fault.
    public mutating func next() -> Field? {
        if failed || reader.isAtEnd { return nil }
        let head = reader.varint()
        if head & 1 == 0 {
            let value = reader.varint()
            return reader.failed ? nil : Field(tag: head >> 1, value: value, bytes: nil)
        }
        let bytes = reader.blob()
        return reader.failed ? nil : Field(tag: head >> 1, value: 0, bytes: bytes)
    }

    /// The field as a number.
    public mutating func number(_ field: Field) -> UInt64 {
        if field.bytes != nil { mismatched = true }
        return field.value
    }

    /// The field as a number that fits in 32 bits; a larger one is a fault.
    public mutating func number32(_ field: Field) -> UInt32 {
        let value = number(field)
        if value > UInt64(UInt32.max) { mismatched = true }
        return UInt32(truncatingIfNeeded: value)
    }

    /// The field as a signed number.
    public mutating func signed(_ field: Field) -> Int64 {
        let raw = number(field)
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    /// The field as a truth value.
    public mutating func flag(_ field: Field) -> Bool { number(field) != 0 }

    /// The field as bytes.
    public mutating func bytes(_ field: Field) -> ArraySlice<UInt8> {
        guard let bytes = field.bytes else {
            mismatched = true
            return []
        }
        return bytes
    }

    /// The field as UTF-8 text; ill-formed bytes are repaired with U+FFFD.
    public mutating func text(_ field: Field) -> String { String(decoding: bytes(field), as: UTF8.self) }

    /// Marks the record as bad; for values out of their range.
    public mutating func fail() { mismatched = true }
}
