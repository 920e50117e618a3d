/// Appends values to a growing byte buffer in the project's one wire form: little-endian base-128 varints,
/// zigzag for signed numbers, length-prefixed bytes and text. Never fails; costs amortised O(bytes written).
public struct ByteWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []

    /// An empty writer; `capacity` is a hint in bytes.
    public init(capacity: Int = 64) { bytes.reserveCapacity(capacity) }

    /// Number of bytes written so far.
    @inlinable public var count: Int { bytes.count }

    /// One raw byte.
    public mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// An unsigned number as a varint, 1 to 10 bytes.
    public mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// A signed number, zigzag, so that small magnitudes of either sign stay short.
    public mutating func signed(_ value: Int64) {
        varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// A 32-bit number in four bytes, little-endian: for headers that are read before anything else.
    public mutating func fixed32(_ value: UInt32) {
        for shift in [UInt32(0), 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    /// A 64-bit number in eight bytes, little-endian.
    public mutating func fixed64(_ value: UInt64) {
        fixed32(UInt32(truncatingIfNeeded: value))
        fixed32(UInt32(truncatingIfNeeded: value >> 32))
    }

    /// Bytes as they are, without a length.
    public mutating func raw(_ value: some Collection<UInt8>) { bytes.append(contentsOf: value) }

    /// A length (varint), then the bytes.
    public mutating func blob(_ value: some Collection<UInt8>) {
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// A length in UTF-8 bytes (varint), then the text.
    public mutating func text(_ value: String) {
        varint(UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    /// Forgets everything written and keeps the storage.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}
