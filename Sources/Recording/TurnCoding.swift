import ByteCoding
import ClusterModel

/// Payloads of the records of a session: what stands inside of `Record.payload`, by kind.
///
///     input             varint(count) blob(input)...                  one turn's inputs, in order
///     events, sample    varint(events but samples) EventBatch         what followed from them
///     snapshot(Changes) varint(count) SnapshotChunk...                the state, or its changed chunks
///     mark, note        text(label) text(user) byte(automatic)
enum TurnCoding {
    static func inputs(_ inputs: [[UInt8]]) -> [UInt8] {
        var writer = ByteWriter(capacity: inputs.reduce(8) { $0 + $1.count + 4 })
        writer.varint(UInt64(inputs.count))
        for input in inputs { writer.blob(input) }
        return writer.bytes
    }

    /// The inputs of a turn; nil when the payload is not one.
    static func inputs(in payload: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        var reader = ByteReader(payload)
        let count = reader.varint()
        guard count <= UInt64(reader.remaining) else { return nil }
        var inputs: [ArraySlice<UInt8>] = []
        for _ in 0..<count { inputs.append(reader.blob()) }
        return reader.failed ? nil : inputs
    }

    static func events(batch: [UInt8], weight: UInt64) -> [UInt8] {
        var writer = ByteWriter(capacity: batch.count + 4)
        writer.varint(weight)
        writer.raw(batch)
        return writer.bytes
    }

    /// The event batch inside of an events or sample record.
    static func batch(in payload: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var reader = ByteReader(payload)
        _ = reader.varint()
        return reader.raw(reader.remaining)
    }

    static func snapshot(_ chunks: [SnapshotChunk]) -> [UInt8] {
        var writer = WireWriter(capacity: chunks.reduce(8) { $0 + $1.bytes.count + 8 })
        writer.output.varint(UInt64(chunks.count))
        for var chunk in chunks { chunk.wire(&writer) }
        return writer.output.bytes
    }

    /// The pieces of a snapshot; nil when the payload is not one.
    static func snapshot(in payload: ArraySlice<UInt8>) -> [SnapshotChunk]? {
        var reader = WireReader(payload)
        var count: UInt64 = 0
        reader.varint(&count)
        guard !reader.failed, count <= UInt64(reader.remaining) else { return nil }
        var chunks: [SnapshotChunk] = []
        for _ in 0..<count {
            var chunk = SnapshotChunk()
            chunk.wire(&reader)
            if reader.failed { return nil }
            chunks.append(chunk)
        }
        return chunks
    }
}

/// What a mark or note says.
public struct MarkText: Sendable, Equatable {
    /// The mark's name, or the note.
    public var label: String
    /// Who set it; empty for one that an event set.
    public var user: String
    /// An event set it, not a person.
    public var isAutomatic: Bool

    /// A mark's text.
    public init(label: String, user: String = "", isAutomatic: Bool = false) {
        self.label = label
        self.user = user
        self.isAutomatic = isAutomatic
    }

    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.text(label)
        writer.text(user)
        writer.byte(isAutomatic ? 1 : 0)
        return writer.bytes
    }

    init?(decoding payload: [UInt8]) {
        var reader = ByteReader(payload)
        label = reader.text()
        user = reader.text()
        isAutomatic = reader.byte() == 1
        // The index holds the beginning of a long note only: what is there of it is still worth showing.
        if reader.failed && label.isEmpty { return nil }
    }
}

extension MarkText {
    /// Longest label that is marked by itself, in bytes; the event holds the whole text.
    static let labelLimit = 400

    /// The mark that an event deserves, as seen in the state after it; nil for most.
    static func mark(for event: Event, in state: ClusterState) -> (kind: RecordKind, text: MarkText)? {
        func automatic(_ label: String) -> (RecordKind, MarkText) {
            (.mark, MarkText(label: label, isAutomatic: true))
        }
        switch event {
        case .noted(let note):
            let label = note.mark.isEmpty ? note.text : note.mark
            let short = String(decoding: label.utf8.prefix(labelLimit), as: UTF8.self)
            return (note.mark.isEmpty ? .note : .mark, MarkText(label: short, user: note.user))
        case .coreStarted(let start): return automatic("core started, epoch \(start.epoch)")
        case .instanceWished(let wish): return automatic("scale out: \(wish.name)")
        case .instanceChanged(let change) where change.reason.code == .providerError:
            return automatic("provider error: \(String(change.message.prefix(100)))")
        case .nodeChanged(let change) where change.state == .lost:
            return automatic("node lost: \(state.name(of: change.node))")
        case .nodeChanged(let change) where change.removeWhenDrained:
            return automatic("scale in: \(state.name(of: change.node))")
        case .budgetCrossed(let crossed) where crossed.isOver:
            let whose = crossed.name.isEmpty ? "cluster" : crossed.name
            return automatic("budget crossed: \(whose), \(crossed.isHard ? "hard" : "soft") per \(crossed.period)")
        default: return nil
        }
    }
}
