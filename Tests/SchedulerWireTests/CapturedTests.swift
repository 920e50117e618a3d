import Foundation
import SchedulerWire
import SwiftProtobuf
import Testing

/// What the reference sent and received, kept in Captured: read, written again, and compared byte by byte.
@Suite struct CapturedTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Captured")

    static func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: name))) }

    /// The text with long numbers in their shortest form: the reference's own last digit is not always the nearest.
    static func normal(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).replacing(/\d+\.\d{6,}/) { match in
            Double(match.output).map { "\($0)" } ?? String(match.output)
        }
    }

    static let answers = [
        "GET_STATE", "GET_AGENTS_draining", "GET_FRAMEWORKS", "GET_MAINTENANCE_SCHEDULE_scheduled",
        "GET_MAINTENANCE_STATUS_scheduled", "GET_OPERATIONS", "GET_ROLES", "GET_VERSION", "GET_FLAGS",
        "GET_WEIGHTS_after", "GET_TASKS", "GET_EXECUTORS", "GET_HEALTH",
    ]

    @Test(arguments: answers) func anAnswerIsWrittenAsItWasRead(name: String) throws {
        let bytes = try Self.bytes(name + ".json")
        let response = try WireCoding.decode(WireOperatorResponse.self, from: bytes, .json)
        #expect(response.hasType)
        let again = WireCoding.encode(response, .json)
        let (want, have) = (Self.normal(bytes), Self.normal(again))
        #expect(have == want, "\(name): differs from column \(zip(have.utf8, want.utf8).prefix { $0 == $1 }.count)")
        // The binary form says the same.
        let binary = WireCoding.encode(response, .protobuf)
        #expect(try WireCoding.decode(WireOperatorResponse.self, from: binary, .protobuf) == response)
    }

    /// Written in one pass, a message has the bytes that the library writes, with what is unknown to it and maps.
    @Test(arguments: answers) func inOnePassTheBytesAreTheLibrarys(name: String) throws {
        let response: WireOperatorResponse = try WireCoding.decode(from: try Self.bytes(name + ".json"), .json)
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        let theirs: [UInt8] = try response.serializedBytes(partial: true, options: options)
        #expect(theirs.count > 0 && WireCoding.encode(response, .protobuf) == theirs)
        var limited = WireTaskInfo()
        limited.name = String(repeating: "long", count: 5_000)
        for (key, value) in [("mem", 1.5), ("cpus", -2), ("disk", 0)] {
            limited.limits[key] = .with { $0.value = value }
        }
        limited.data = Data(repeating: 7, count: 200)
        let known: [UInt8] = try limited.serializedBytes(partial: true, options: options)
        let strange = try WireTaskInfo(serializedBytes: known + [0xFA, 0x7F, 2, 1, 2], partial: true)
        #expect(WireCoding.encode(limited, .protobuf) == known)
        #expect(WireCoding.encode(strange, .protobuf).count == known.count + 5)
    }

    /// Names in maps come in an order of the writer's own: ours ascending.
    @Test func mapsAreWrittenInOrder() throws {
        let response = try WireCoding.decode(
            WireOperatorResponse.self, from: try Self.bytes("GET_QUOTA_after.json"), .json)
        let again = WireCoding.encode(response, .json)
        #expect(try WireCoding.decode(WireOperatorResponse.self, from: again, .json) == response)
        let text = String(decoding: again, as: UTF8.self)
        #expect(text.contains(#""guarantees":{"cpus":{"value":0.5},"mem":{"value":128.0}}"#))
    }

    static let streams = ["scheduler_full", "scheduler_pod", "operator_full", "operator_pod"]

    @Test(arguments: streams, [1, 7, 4096]) func aStreamIsWrittenAsItWasRead(name: String, piece: Int) throws {
        let bytes = try Self.bytes(name + ".recordio")
        var decoder = RecordIO.Decoder()
        var records: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: piece) {
            records += try decoder.add(bytes[start..<min(bytes.count, start + piece)])
        }
        #expect(!decoder.isInside && records.count > 5)
        #expect(records.flatMap { RecordIO.record($0) } == bytes)
        guard piece == 4096 else { return }
        for record in records {
            let again: [UInt8] =
                if name.hasPrefix("scheduler") {
                    WireCoding.encode(try WireCoding.decode(WireSchedulerEvent.self, from: record, .json), .json)
                } else {
                    WireCoding.encode(try WireCoding.decode(WireOperatorEvent.self, from: record, .json), .json)
                }
            #expect(Self.normal(again) == Self.normal(record))
        }
    }

    @Test func aBinaryStreamIsWrittenAsItWasRead() throws {
        var decoder = RecordIO.Decoder()
        let records = try decoder.add(try Self.bytes("operator_protobuf.recordio"))
        #expect(!records.isEmpty)
        for record in records {
            let event = try WireCoding.decode(WireOperatorEvent.self, from: record, .protobuf)
            let json = WireCoding.encode(event, .json)
            #expect(try WireCoding.decode(WireOperatorEvent.self, from: json, .json).type == event.type)
            #expect(WireCoding.encode(event, .protobuf).count == record.count)
        }
    }

    @Test func callsOfAFrameworkAreRead() throws {
        let log = try JSONParser.parse(try Self.bytes("scheduler_full_calls.json"))
        var seen: Set<WireSchedulerCall.TypeEnum> = []
        for entry in log.elements ?? [] {
            let call = try #require(entry["call"])
            let read = try WireCoding.decode(WireSchedulerCall.self, from: Self.text(of: call), .json)
            #expect(read.hasType && read.hasFrameworkID)
            seen.insert(read.type)
            let again = try WireCoding.decode(
                WireSchedulerCall.self, from: WireCoding.encode(read, .protobuf), .protobuf)
            #expect(again == read)
        }
        #expect(seen.isSuperset(of: [.accept, .acknowledge, .kill]))
    }

    /// A tree as JSON text.
    static func text(of value: JSONValue) -> [UInt8] {
        var output: [UInt8] = []
        switch value {
        case .null: output += "null".utf8
        case .bool(let value): output += "\(value)".utf8
        case .number(let digits): output += digits.utf8
        case .string(let text): JSONText.append(text, to: &output)
        case .array(let elements):
            output += "[".utf8
            output += elements.map { text(of: $0) }.joined(separator: ",".utf8)
            output += "]".utf8
        case .object(let members):
            output += "{".utf8
            output += members.map { name, value in
                var piece: [UInt8] = []
                JSONText.append(name, to: &piece)
                return piece + ":".utf8 + text(of: value)
            }.joined(separator: ",".utf8)
            output += "}".utf8
        }
        return output
    }
}
