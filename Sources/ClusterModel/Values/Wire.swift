import ByteCoding

/// The one description of a value's bytes, used for reading and for writing. Fields are only ever appended: a reader
/// that finds fewer fills in zeros, one that finds more ignores them (each value that may grow stands in a record of
/// its own length).
public protocol Wired: Sendable {
    /// The value that a reader fills in.
    init()
    /// Visits every field in order.
    mutating func wire<C: WireCoder>(_ coder: inout C)
}

/// Visits fields: the writer appends them, the reader replaces them.
public protocol WireCoder {
    /// Whether fields are being replaced.
    static var isReading: Bool { get }
    /// Whether a reader has found a fault; a writer never fails.
    var failed: Bool { get }
    /// Number of bytes a reader has left; writers answer `Int.max`.
    var remaining: Int { get }
    /// Declares what was read to be bad.
    mutating func fail()
    /// An unsigned number.
    mutating func varint(_ value: inout UInt64)
    /// A signed number.
    mutating func signed(_ value: inout Int64)
    /// A text.
    mutating func text(_ value: inout String)
    /// Raw bytes with their length.
    mutating func blob(_ value: inout [UInt8])
}

/// Writes fields to a `ByteWriter`.
public struct WireWriter: WireCoder {
    public static var isReading: Bool { false }
    /// Where the bytes go.
    public var output: ByteWriter
    /// A writer with room for about `capacity` bytes.
    public init(capacity: Int = 64) { output = ByteWriter(capacity: capacity) }
    public var failed: Bool { false }
    public var remaining: Int { .max }
    public mutating func fail() {}
    public mutating func varint(_ value: inout UInt64) { output.varint(value) }
    public mutating func signed(_ value: inout Int64) { output.signed(value) }
    public mutating func text(_ value: inout String) { output.text(value) }
    public mutating func blob(_ value: inout [UInt8]) { output.blob(value) }
}

/// Reads fields from a `ByteReader`; at the end of the bytes, further fields keep their zeros.
public struct WireReader: WireCoder {
    public static var isReading: Bool { true }
    /// Where the bytes come from.
    public var input: ByteReader
    /// Reads `bytes` from the start.
    public init(_ bytes: ArraySlice<UInt8>) { input = ByteReader(bytes) }
    public var failed: Bool { input.failed }
    public var remaining: Int { input.remaining }
    public mutating func fail() { input.fail() }
    public mutating func varint(_ value: inout UInt64) { if !input.isAtEnd { value = input.varint() } }
    public mutating func signed(_ value: inout Int64) { if !input.isAtEnd { value = input.signed() } }
    public mutating func text(_ value: inout String) { if !input.isAtEnd { value = input.text() } }
    public mutating func blob(_ value: inout [UInt8]) { if !input.isAtEnd { value = Array(input.blob()) } }
}

extension WireCoder {
    /// An unsigned integer of any width; a value that does not fit is a fault.
    @inlinable public mutating func uint<T: FixedWidthInteger & UnsignedInteger>(_ value: inout T) {
        var wide = UInt64(truncatingIfNeeded: value)
        varint(&wide)
        guard Self.isReading else { return }
        guard let narrow = T(exactly: wide) else { return fail() }
        value = narrow
    }
    /// A signed integer of any width; a value that does not fit is a fault.
    @inlinable public mutating func int<T: FixedWidthInteger & SignedInteger>(_ value: inout T) {
        var wide = Int64(truncatingIfNeeded: value)
        signed(&wide)
        guard Self.isReading else { return }
        guard let narrow = T(exactly: wide) else { return fail() }
        value = narrow
    }
    /// A truth value in one byte.
    public mutating func flag(_ value: inout Bool) {
        var wide: UInt64 = value ? 1 : 0
        varint(&wide)
        if Self.isReading { value = wide != 0 }
    }
    /// A moment.
    public mutating func instant(_ value: inout Instant) { int(&value.microseconds) }
    /// A span.
    public mutating func interval(_ value: inout Interval) { int(&value.microseconds) }
    /// A thing's number; "none" costs one byte.
    public mutating func id<T: Identifier>(_ value: inout T) {
        var wide = UInt64(value.raw &+ 1)
        varint(&wide)
        guard Self.isReading else { return }
        guard wide <= UInt64(UInt32.max) else { return fail() }
        value = T(raw: UInt32(truncatingIfNeeded: wide) &- 1)
    }
    /// A task's number.
    public mutating func task(_ value: inout TaskID) {
        id(&value.job)
        uint(&value.index)
    }
    /// One of a closed list of words; an unknown one is a fault.
    public mutating func word<T: RawRepresentable>(_ value: inout T) where T.RawValue == UInt8 {
        var wide = UInt64(value.rawValue)
        varint(&wide)
        guard Self.isReading else { return }
        guard let narrow = UInt8(exactly: wide), let known = T(rawValue: narrow) else { return fail() }
        value = known
    }
    /// A nested value, in place.
    @inlinable public mutating func value<T: Wired>(_ value: inout T) { value.wire(&self) }
    /// A nested value in a record of its own, so that it may grow.
    public mutating func record<T: Wired>(_ value: inout T) {
        if Self.isReading {
            var bytes: [UInt8] = []
            blob(&bytes)
            guard let decoded = T(wireBytes: bytes[...]) else { return fail() }
            value = decoded
        } else {
            var bytes = value.wireBytes()
            blob(&bytes)
        }
    }
    /// A value that may be absent.
    public mutating func optional<T: Wired>(_ value: inout T?) {
        var present = value != nil
        flag(&present)
        guard present else { return value = nil }
        var inner = value ?? T()
        self.value(&inner)
        value = inner
    }
    /// A list, at most as many as bytes are left; each element in place.
    public mutating func list<T: Wired>(_ values: inout [T]) {
        elements(&values, empty: T()) { coder, element in coder.value(&element) }
    }
    /// A list of texts.
    public mutating func texts(_ values: inout [String]) {
        elements(&values, empty: "") { coder, element in coder.text(&element) }
    }
    /// A list of numbers of things.
    public mutating func ids<T: Identifier>(_ values: inout [T]) {
        elements(&values, empty: T.none) { coder, element in coder.id(&element) }
    }
    /// A list whose elements are visited by `visit`.
    @inlinable public mutating func elements<T>(_ values: inout [T], empty: T, _ visit: (inout Self, inout T) -> Void) {
        var count = UInt64(values.count)
        varint(&count)
        if Self.isReading {
            guard count <= UInt64(max(remaining, 0)) else { return fail() }
            values = []
            values.reserveCapacity(Int(count))
            for _ in 0..<count where !failed {
                var element = empty
                visit(&self, &element)
                values.append(element)
            }
        } else {
            for index in values.indices {
                var element = values[index]
                visit(&self, &element)
            }
        }
    }
}

extension Wired {
    /// The value's bytes.
    public func wireBytes() -> [UInt8] {
        var writer = WireWriter()
        var copy = self
        copy.wire(&writer)
        return writer.output.bytes
    }
    /// The value that `bytes` hold, or nil when they are not one.
    public init?(wireBytes bytes: ArraySlice<UInt8>) {
        self.init()
        var reader = WireReader(bytes)
        wire(&reader)
        if reader.failed { return nil }
    }
}
