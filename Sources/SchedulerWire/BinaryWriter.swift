import Foundation
import SwiftProtobuf

/// Writes messages in their binary form in one pass. The library asks each message for its size before it writes it,
/// and so each message inside it again, level by level; answers about thousands of agents are five levels deep. Here a
/// length is put before its message once that is written. The bytes are those of the library, maps in order of keys.
struct BinaryWriter: Visitor {
    private(set) var bytes: [UInt8] = []
    /// Elements that were encoded before, and where they belong.
    var ready: WireCoding.Ready?

    private enum WireType: UInt64 { case varint = 0, fixed64 = 1, delimited = 2, fixed32 = 5 }

    private mutating func tag(_ field: Int, _ type: WireType) { varint(UInt64(field) << 3 | type.rawValue) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// A field of what `write` writes, its length before it.
    private mutating func delimited(_ field: Int, _ write: (inout Self) throws -> Void) rethrows {
        tag(field, .delimited)
        let start = bytes.count
        bytes.append(0)
        try write(&self)
        var length = bytes.count - start - 1
        if length < 0x80 {
            bytes[start] = UInt8(length)
            return
        }
        var prefix: [UInt8] = []
        while length > 0x7F {
            prefix.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        prefix.append(UInt8(length))
        bytes.replaceSubrange(start..<start + 1, with: prefix)
    }

    mutating func visitUnknown(bytes unknown: Data) { bytes += unknown }

    mutating func visitSingularFloatField(value: Float, fieldNumber: Int) {
        tag(fieldNumber, .fixed32)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }
    mutating func visitSingularDoubleField(value: Double, fieldNumber: Int) {
        tag(fieldNumber, .fixed64)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }
    mutating func visitSingularInt64Field(value: Int64, fieldNumber: Int) {
        visitSingularUInt64Field(value: UInt64(bitPattern: value), fieldNumber: fieldNumber)
    }
    mutating func visitSingularUInt64Field(value: UInt64, fieldNumber: Int) {
        tag(fieldNumber, .varint)
        varint(value)
    }
    mutating func visitSingularBoolField(value: Bool, fieldNumber: Int) {
        visitSingularUInt64Field(value: value ? 1 : 0, fieldNumber: fieldNumber)
    }
    mutating func visitSingularStringField(value: String, fieldNumber: Int) {
        tag(fieldNumber, .delimited)
        varint(UInt64(value.utf8.count))
        bytes += value.utf8
    }
    mutating func visitSingularBytesField(value: Data, fieldNumber: Int) {
        tag(fieldNumber, .delimited)
        varint(UInt64(value.count))
        bytes += value
    }
    mutating func visitSingularEnumField<E: SwiftProtobuf.Enum>(value: E, fieldNumber: Int) {
        visitSingularInt64Field(value: Int64(value.rawValue), fieldNumber: fieldNumber)
    }
    mutating func visitSingularMessageField<M: Message>(value: M, fieldNumber: Int) throws {
        try delimited(fieldNumber) {
            if let ready = $0.ready, M.self == ready.message { $0.put(ready) }
            try value.traverse(visitor: &$0)
        }
    }

    private mutating func put(_ ready: WireCoding.Ready) {
        for element in ready.elements {
            tag(ready.field, .delimited)
            varint(UInt64(element.count))
            bytes += element
        }
    }

    mutating func visitMapField<Key, Value: MapValueType>(
        fieldType: _ProtobufMap<Key, Value>.Type, value: _ProtobufMap<Key, Value>.BaseType, fieldNumber: Int
    ) throws {
        for (key, value) in value.sorted(by: { Key._lessThan(lhs: $0.key, rhs: $1.key) }) {
            try delimited(fieldNumber) {
                try Key.visitSingular(value: key, fieldNumber: 1, with: &$0)
                try Value.visitSingular(value: value, fieldNumber: 2, with: &$0)
            }
        }
    }
    mutating func visitMapField<Key, Value>(
        fieldType: _ProtobufEnumMap<Key, Value>.Type, value: _ProtobufEnumMap<Key, Value>.BaseType, fieldNumber: Int
    ) throws where Value.RawValue == Int {
        for (key, value) in value.sorted(by: { Key._lessThan(lhs: $0.key, rhs: $1.key) }) {
            try delimited(fieldNumber) {
                try Key.visitSingular(value: key, fieldNumber: 1, with: &$0)
                $0.visitSingularEnumField(value: value, fieldNumber: 2)
            }
        }
    }
    mutating func visitMapField<Key, Value>(
        fieldType: _ProtobufMessageMap<Key, Value>.Type, value: _ProtobufMessageMap<Key, Value>.BaseType,
        fieldNumber: Int
    ) throws {
        for (key, value) in value.sorted(by: { Key._lessThan(lhs: $0.key, rhs: $1.key) }) {
            try delimited(fieldNumber) {
                try Key.visitSingular(value: key, fieldNumber: 1, with: &$0)
                try $0.visitSingularMessageField(value: value, fieldNumber: 2)
            }
        }
    }
}
