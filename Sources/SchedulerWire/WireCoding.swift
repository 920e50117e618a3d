import SwiftProtobuf

/// The two forms in which bodies and records come and go.
public enum WireForm: String, Sendable, Hashable {
    case json = "application/json"
    case protobuf = "application/x-protobuf"
}

/// A body that is not the message it should be.
public struct WireFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Missing fields that are named before the rest is passed over.
    static let mostMissing = 16

    /// Where reading failed.
    public enum Stage: Sendable, Hashable {
        /// The text is not JSON.
        case syntax
        /// The JSON is not such a message.
        case conversion
        /// The bytes are not such a message.
        case binary
    }
    /// Where it failed.
    public var stage: Stage
    /// Why.
    public var description: String

    init(_ stage: Stage, _ description: String) {
        self.stage = stage
        self.description = description
    }
}

/// Messages to bytes and back, in either form.
public enum WireCoding {
    /// The message that `bytes` hold. `kind` is what messages about faults call it (`Call`).
    public static func decode<M: Message>(
        _ type: M.Type = M.self, from bytes: [UInt8], _ form: WireForm, kind: String = "Call"
    ) throws(WireFault) -> M {
        switch form {
        case .json:
            let value: JSONValue
            do { value = try JSONParser.parse(bytes) } catch {
                throw WireFault(.syntax, "Failed to parse body into JSON: \(error)")
            }
            let binary: [UInt8]
            do { binary = try WireFromJSON.convert(value, to: name(of: type)) } catch {
                throw WireFault(.conversion, "Failed to convert JSON into \(kind) protobuf: \(error)")
            }
            return try decode(type, binary: binary, kind)
        case .protobuf: return try decode(type, binary: bytes, kind)
        }
    }

    private static func decode<M: Message>(_ type: M.Type, binary: [UInt8], _ kind: String) throws(WireFault) -> M {
        do { return try M(serializedBytes: binary) } catch {
            throw WireFault(.binary, "Failed to parse body into \(kind) protobuf")
        }
    }

    /// Elements of a repeated field that were encoded before, in the form that the whole is written in.
    public struct Ready {
        /// The message inside the one that is written, which has the field.
        var message: any Message.Type
        /// The field's number.
        var field: Int
        /// The elements.
        var elements: [[UInt8]]

        /// Elements of field `field` of each `message`.
        public init(_ elements: [[UInt8]], field: Int, of message: any Message.Type) {
            (self.elements, self.field, self.message) = (elements, field, message)
        }
    }

    /// `message` as bytes. A message that lacks a required field is written without it. What is `ready` is put where it
    /// belongs.
    public static func encode(_ message: some Message, _ form: WireForm, ready: Ready? = nil) -> [UInt8] {
        var writer = BinaryWriter()
        if form == .protobuf { writer.ready = ready }
        try? message.traverse(visitor: &writer)
        let name = name(of: Swift.type(of: message))
        guard form == .json, let ready else { return transcode(writer.bytes, name, form) }
        return JSONFromWire.convert(
            writer.bytes, name, ready: (name: Self.name(of: ready.message), ready.field, ready.elements))
    }

    /// The binary form of a message called `name` (as in the protocol files) in `form`.
    public static func transcode(_ binary: [UInt8], _ name: String, _ form: WireForm) -> [UInt8] {
        form == .json ? JSONFromWire.convert(binary, name) : binary
    }

    private static func name(of type: (some Message).Type) -> String {
        String(type.protoMessageName.dropFirst("bellows.wire.".count))
    }
}
