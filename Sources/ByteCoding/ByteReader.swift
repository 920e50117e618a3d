/// Reads what `ByteWriter` wrote. It never traps and never throws: at the first fault it sets `failed`, moves to the
/// end, and answers zeros and empties from then on, so that a caller checks once after a whole record.
public struct ByteReader: Sendable {
    /// The bytes under the reader.
    public let bytes: ArraySlice<UInt8>
    /// Index of the next byte in `bytes`.
    public private(set) var position: Int
    /// A value ran over the end, was too long, or was not what was expected.
    public private(set) var failed = false

    /// Reads from the start of `bytes`.
    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// Reads from the start of `bytes`.
    public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    /// Nothing is left, or reading failed.
    public var isAtEnd: Bool { position >= bytes.endIndex }
    /// Number of unread bytes.
    public var remaining: Int { bytes.endIndex - position }

    /// Marks the input as bad; for callers that find a value out of its range.
    public mutating func fail() {
        failed = true
        position = bytes.endIndex
    }

    /// One raw byte.
    public mutating func byte() -> UInt8 {
        guard position < bytes.endIndex else {
            fail()
            return 0
        }
        defer { position += 1 }
        return bytes[position]
    }

    /// An unsigned varint; more than 64 bits is a fault.
    public mutating func varint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = byte()
            if failed { return 0 }
            if shift == 63 && next > 1 {
                fail()
                return 0
            }
            value |= UInt64(next & 0x7f) << shift
            if next < 0x80 { return value }
            shift += 7
            if shift > 63 {
                fail()
                return 0
            }
        }
    }

    /// A signed zigzag varint.
    public mutating func signed() -> Int64 {
        let raw = varint()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    /// Four bytes, little-endian.
    public mutating func fixed32() -> UInt32 {
        var value: UInt32 = 0
        for shift in [UInt32(0), 8, 16, 24] { value |= UInt32(byte()) << shift }
        return value
    }

    /// Eight bytes, little-endian.
    public mutating func fixed64() -> UInt64 {
        let low = fixed32()
        return UInt64(low) | UInt64(fixed32()) << 32
    }

    /// The next `count` bytes as they are.
    public mutating func raw(_ count: Int) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else {
            fail()
            return []
        }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// A length-prefixed run of bytes. A length over what is left is a fault and reserves nothing.
    public mutating func blob() -> ArraySlice<UInt8> {
        let count = varint()
        guard count <= UInt64(remaining) else {
            fail()
            return []
        }
        return raw(Int(count))
    }

    /// Length-prefixed UTF-8; ill-formed bytes are repaired with U+FFFD.
    public mutating func text() -> String { String(decoding: blob(), as: UTF8.self) }
}
