import SchedulerWire
import SwiftProtobuf
import Testing

/// The rules of the wire's JSON, each with the words that clients see.
@Suite struct MapperTests {
    static func fault(_ text: String) -> String {
        do throws(WireFault) {
            _ = try WireCoding.decode(WireSchedulerCall.self, from: Array(text.utf8), .json)
            return ""
        } catch { return error.description }
    }

    static let faults: [(String, String)] = [
        ("", "Failed to parse body into JSON: syntax error at line 1 near: "),
        ("not json", "Failed to parse body into JSON: syntax error at line 1 near: ot json"),
        (#"{"type": "GET_HEALTH""#, "Failed to parse body into JSON: syntax error at line 1 near: "),
        ("[]", "Failed to convert JSON into Call protobuf: Expecting a JSON object"),
        (#""x""#, "Failed to convert JSON into Call protobuf: Expecting a JSON object"),
        (#"{"type":3}"#, "Failed to convert JSON into Call protobuf: Not expecting a JSON number for field 'type'"),
        (
            #"{"subscribe":3}"#,
            "Failed to convert JSON into Call protobuf: Not expecting a JSON number for field 'subscribe'"
        ),
        (
            #"{"type": "SUBSCRIBE", "subscribe": {"framework_info": {"user": "root"}}}"#,
            "Failed to convert JSON into Call protobuf: Missing required fields: subscribe.framework_info.name"
        ),
        (
            #"{"accept":{"offer_ids":[{"value":"a"},{}]}}"#,
            "Failed to convert JSON into Call protobuf: Missing required fields: accept.offer_ids[1].value"
        ),
        (
            #"{"message":{"agent_id":{"value":"a"},"executor_id":{"value":"e"},"data":"*"}}"#,
            "Failed to convert JSON into Call protobuf: Failed to base64 decode bytes field 'data'"
        ),
        (
            #"{"subscribe":{"framework_info":{"user":"u","name":"n","checkpoint":"true"}}}"#,
            "Failed to convert JSON into Call protobuf: Not expecting a JSON string for field 'checkpoint'"
        ),
    ]

    @Test(arguments: faults) func aBodyThatIsNoCallIsRefusedInKnownWords(body: String, words: String) {
        #expect(Self.fault(body) == words)
    }

    @Test func whatIsLenientIsLenient() throws {
        let text = """
            {"type":"NOT_A_TYPE","nobody":[1,{"knows":null}],"framework_id":null,
             "accept":{"offer_ids":{"value":"one"},"filters":{"refuse_seconds":"2.5"}}}
            """
        let call = try WireCoding.decode(WireSchedulerCall.self, from: Array(text.utf8), .json)
        #expect(!call.hasType && !call.hasFrameworkID)
        #expect(call.accept.offerIds.map(\.value) == ["one"])
        #expect(call.accept.filters.refuseSeconds == 2.5)
    }

    @Test func ofEqualNamesTheLastCounts() throws {
        let text = #"{"framework_id":{"value":"a"},"framework_id":{"value":"b"}}"#
        #expect(try WireCoding.decode(WireSchedulerCall.self, from: Array(text.utf8), .json).frameworkID.value == "b")
    }

    @Test func defaultsAreShownAndWhatIsCarriedComesBack() throws {
        let text = """
            {"task_id":{"value":"t"},"name":"n","agent_id":{"value":"a"},"resources":[],
            "container":{"type":"MESOS","volumes":[{"mode":"RO","container_path":"/x","host_path":"/y"}]},
            "command":{"environment":{"variables":[{"name":"A","value":"é\\n\\u0001\\"\\ud83d\\ude00"}]},"value":"true"},
            "data":"AAEC/w==","limits":{"cpus":{"value":0.1},"mem":{"value":1e21}}}
            """
        let task = try WireCoding.decode(WireTaskInfo.self, from: Array(text.utf8), .json)
        #expect(Array(task.data) == [0, 1, 2, 255])
        let json = String(decoding: WireCoding.encode(task, .json), as: UTF8.self)
        #expect(json.contains(#""shell":true"#))
        #expect(json.contains(#"{"mode":"RO","container_path":"/x","host_path":"/y"}"#))
        #expect(json.contains("é\\n\\u0001\\\"\u{1F600}"))
        #expect(json.contains(#""data":"AAEC/w==""#))
        #expect(json.contains(#""cpus":{"value":0.1}"#) && json.contains(#""mem":{"value":1e+21}"#))
        #expect(!json.contains("resources"))
        let again = try WireCoding.decode(WireTaskInfo.self, from: Array(json.utf8), .json)
        #expect(String(decoding: WireCoding.encode(again, .json), as: UTF8.self) == json)
    }

    @Test func depthAndBase64HaveTheirLimits() throws {
        let deep = String(repeating: "[", count: 200_000)
        #expect(Self.fault(deep).contains("more than 64 arrays and objects"))
        let edge = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try JSONParser.parse(Array(edge.utf8)) }
        for bad in ["A", "AA", "AAA", "A===", "====", "AA=A", "AA=="] {
            let text = #"{"message":{"agent_id":{"value":"a"},"executor_id":{"value":"e"},"data":"\#(bad)"}}"#
            #expect((Self.fault(text) == "") == (bad == "AA=="), "\(bad)")
        }
    }

    @Test func recordsHaveLimits() throws {
        var decoder = RecordIO.Decoder(limit: 10)
        #expect(try decoder.add(Array("10\n0123456789".utf8)).count == 1)
        #expect(throws: RecordFault.self) { try decoder.add(Array("11\n".utf8)) }
        for bad in ["\n", "x\n", "-1\n", "99999999999999999999999999999\n"] {
            var decoder = RecordIO.Decoder(limit: 10)
            #expect(throws: RecordFault.self) { try decoder.add(Array(bad.utf8)) }
        }
    }
}
