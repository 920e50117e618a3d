import ClusterModel
import ControlRuntime
import Foundation
import SchedulerWire
import Testing

@testable import SchedulerAPI

/// The server over a real core without nodes: statuses and words of the reference, limits, clients that misbehave.
@Suite(.serialized) struct ServerTests {
    /// A core and a server on it, ended with the value.
    final class House {
        let core: LiveCore
        let server: APIServer
        let port: Int
        private let folder: String

        init(waiting: Int? = nil, _ change: (inout APIOptions) -> Void = { _ in }) throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "bw-\(UUID().uuidString.prefix(8))").path
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            var configuration = ClusterConfiguration()
            configuration.name = "api"
            var live = LiveOptions(stateFolder: folder, configuration: configuration)
            if let waiting { live.limits.requests = waiting }
            core = try LiveCore.open(live)
            var options = APIOptions(address: .host("127.0.0.1", port: 0))
            options.version = "1.2.3"
            change(&options)
            server = APIServer(core: core, options: options)
            let place = try server.start()
            port = Int(place.split(separator: ":").last ?? "") ?? 0
        }

        deinit {
            server.stop()
            core.stop()
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    static let subscribe = """
        {"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"root","name":"f","roles":["r"],\
        "capabilities":[{"type":"MULTI_ROLE"}]}}}
        """

    @Test func theOrderOfChecksIsTheReferences() throws {
        let house = try House()
        let path = "/api/v1/scheduler"
        let json = ["Content-Type: application/json", "Accept: application/json"]
        for (method, body, headers, status, words) in [
            ("GET", "", json, 405, "Expecting one of { 'POST' }, but received 'GET'."),
            ("PUT", "{}", json, 405, "received 'PUT'."),
            ("POST", Self.subscribe, ["Accept: application/json"], 400, "Expecting 'Content-Type' to be present"),
            ("POST", "{}", ["Content-Type: text/plain"], 415, "Expecting 'Content-Type' of application/json or"),
            ("POST", "{}", ["Content-Type: application/json; charset=utf-8"], 415, "Expecting 'Content-Type' of"),
            ("POST", "", json, 400, "Failed to parse body into JSON: syntax error at line 1 near: "),
            ("POST", "[]", json, 400, "Failed to convert JSON into Call protobuf: Expecting a JSON object"),
            ("POST", "\u{a}\u{7f}x", ["Content-Type: application/x-protobuf"], 400, "Failed to parse body into Call protobuf"),
            ("POST", "{}", json, 400, "Failed to validate scheduler::Call: Expecting 'type' to be present"),
            (
                "POST", #"{"type":"SUBSCRIBE"}"#, json, 400,
                "Failed to validate scheduler::Call: Expecting 'subscribe' to be present"
            ),
            (
                "POST", #"{"type":"ACCEPT"}"#, json, 400,
                "Failed to validate scheduler::Call: Expecting 'framework_id' to be present"
            ),
            (
                "POST", #"{"type":"ACCEPT","framework_id":{"value":"x"}}"#, json, 400,
                "Failed to validate scheduler::Call: Expecting 'accept' to be present"
            ),
            (
                "POST", Self.subscribe, ["Content-Type: application/json", "Accept: text/foo"], 406,
                "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'"
            ),
            (
                "POST", Self.subscribe, json + ["Mesos-Stream-Id: x"], 400,
                "Subscribe calls should not include the 'Mesos-Stream-Id' header"
            ),
            ("POST", #"{"type":"REVIVE","framework_id":{"value":"nope"}}"#, json, 400, "Framework cannot be found"),
        ] as [(String, String, [String], Int, String)] {
            let answer = try RawClient.ask(house.port, method, path, body, headers: headers)
            #expect(answer.status == status && (words.isEmpty || answer.body.contains(words)), "\(body): \(answer)")
            // On a connection that stays, where plain calls have a lane of their own.
            guard status != 406, !body.contains("SUBSCRIBE") else { continue }
            let client = try RawClient(port: house.port)
            client.send(LaneRequests.request(body, headers: headers, method: method))
            let again = client.answers(1)
            #expect(again.first?.status == status && again.first?.body == answer.body, "\(body): \(again)")
        }
    }

    @Test func operatorsAreAnswered() throws {
        let house = try House()
        let health = try RawClient.ask(house.port, "POST", "/api/v1", #"{"type":"GET_HEALTH"}"#)
        #expect(health.body == #"{"type":"GET_HEALTH","get_health":{"healthy":true}}"#)
        for (body, status, words) in [
            (#"{"type":"UNKNOWN"}"#, 501, ""), (#"{"type":"TEARDOWN"}"#, 400, "Expecting 'teardown' to be present"),
            (#"{"type":"GET_METRICS"}"#, 400, "Expecting 'get_metrics' to be present"),
            (#"{"type":"GET_VERSION"}"#, 200, "1.2.3"), (#"{"type":"GET_AGENTS"}"#, 200, #""agents":[]"#),
            (#"{"type":"GET_STATE"}"#, 200, #""frameworks":[]"#), (#"{"type":"GET_ROLES"}"#, 200, "GET_ROLES"),
            (#"{"type":"GET_QUOTA"}"#, 200, "GET_QUOTA"), (#"{"type":"GET_MASTER"}"#, 200, #""port":\#(house.port)"#),
            (#"{"type":"GET_MAINTENANCE_SCHEDULE"}"#, 200, "schedule"),
            (#"{"type":"READ_FILE","read_file":{"path":"x","offset":0}}"#, 404, ""),
        ] as [(String, Int, String)] {
            let answer = try RawClient.ask(house.port, "POST", "/api/v1/operator", body)
            #expect(answer.status == status && (words.isEmpty || answer.body.contains(words)), "\(body): \(answer)")
        }
    }

    @Test func theOlderEndpointsAnswer() throws {
        let house = try House()
        for path in [
            "/state", "/master/state", "/state-summary", "/slaves", "/frameworks", "/tasks?limit=1", "/roles",
            "/metrics/snapshot", "/flags", "/version", "/quota", "/weights", "/maintenance/schedule", "/state/x",
        ] {
            let answer = try RawClient.ask(house.port, "GET", path, headers: [])
            #expect(answer.status == 200, "\(path): \(answer)")
            #expect(throws: Never.self, "\(path)") { try JSONParser.parse(Array(answer.body.utf8)) }
        }
        #expect(try RawClient.ask(house.port, "GET", "/health", headers: []).status == 200)
        #expect(try RawClient.ask(house.port, "GET", "/ready", headers: []).status == 200)
        let moved = try RawClient.ask(house.port, "GET", "/redirect", headers: [])
        #expect(moved.status == 307 && moved.head.contains("Location: //localhost:\(house.port)"))
        #expect(try RawClient.ask(house.port, "GET", "/metrics", headers: []).body.contains("bellows_api_streams 0"))
        for path in ["/", "/state.json", "/nothing"] {
            #expect(try RawClient.ask(house.port, "GET", path, headers: []).status == 404, "\(path)")
        }
    }

    @Test func whoeverIsNotKnownIsTurnedAway() throws {
        let house = try House { options in
            var viewer = Rights()
            viewer.view = true
            options.credentials = Credentials([
                .init(name: "ops", secret: "s3cret"), .init(name: "eye", secret: "look", rights: viewer),
            ])
        }
        let plain = try RawClient.ask(house.port, "POST", "/api/v1/scheduler", Self.subscribe)
        #expect(plain.status == 401 && plain.head.contains(#"Basic realm="mesos-master-scheduler""#))
        #expect(try RawClient.ask(house.port, "GET", "/state", headers: []).status == 401)
        #expect(try RawClient.ask(house.port, "GET", "/health", headers: []).status == 200)
        let ops = "Authorization: Basic " + Data("ops:s3cret".utf8).base64EncodedString()
        #expect(try RawClient.ask(house.port, "GET", "/state", headers: [ops]).status == 200)
        #expect(try RawClient.ask(house.port, "GET", "/state", headers: ["Authorization: Bearer look"]).status == 200)
        #expect(try RawClient.ask(house.port, "GET", "/state", headers: ["Authorization: Bearer loo"]).status == 401)
        let teardown = try RawClient.ask(
            house.port, "POST", "/api/v1", #"{"type":"TEARDOWN","teardown":{"framework_id":{"value":"x"}}}"#,
            headers: ["Content-Type: application/json", "Authorization: Bearer look"])
        #expect(teardown.status == 403)
    }

    @Test func clientsThatMisbehaveHarmNobody() throws {
        let house = try House { options in
            options.limits.bodyBytes = 100_000
            options.limits.bodySeconds = 1
        }
        let port = house.port
        // Too large, told at once and found out on the way.
        let large = try RawClient.ask(
            port, "POST", "/api/v1", "", headers: ["Content-Type: application/json", "Content-Length: 100001"])
        #expect(large.status == 413 || large.status == 400)
        let chunked = try RawClient(port: port)
        chunked.send("POST /api/v1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<3 { chunked.send("C350\r\n" + String(repeating: "x", count: 50_000) + "\r\n") }
        #expect(RawClient.parts(chunked.read()).status == 413)
        // A body that does not come ends the connection.
        let slow = try RawClient(port: port)
        slow.send("POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{")
        #expect(!slow.read().contains("200 OK"))
        // Half a head, half a body, and no words at all.
        for text in [
            "", "POST", "POST /api/v1 HTTP/1.1\r\nContent-Length: 5\r\n\r\n{", "\0\0\0\0", "GET / HTTP/9.9\r\n\r\n",
        ] {
            let client = try RawClient(port: port)
            client.send(text)
            client.endSending()
            _ = client.read()
        }
        // Deep, wrong, random.
        let deep = String(repeating: "[", count: 90_000)
        #expect(try RawClient.ask(port, "POST", "/api/v1", deep).status == 400)
        var chance = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let count = Int.random(in: 0..<200, using: &chance)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &chance) }
            let client = try RawClient(port: port)
            client.send("POST /api/v1/scheduler HTTP/1.1\r\nHost: x\r\nConnection: close\r\n")
            client.send("Content-Type: application/x-protobuf\r\nContent-Length: \(count)\r\n\r\n")
            client.send(bytes)
            let status = RawClient.parts(client.read()).status
            #expect(status == 400 || status == 501, "\(bytes)")
        }
        #expect(try RawClient.ask(port, "POST", "/api/v1", #"{"type":"GET_HEALTH"}"#).status == 200)
    }

    @Test func anOperatorsStreamBeginsWithTheState() throws {
        let house = try House()
        let client = try RawClient(port: house.port)
        let body = #"{"type":"SUBSCRIBE"}"#
        client.send(
            "POST /api/v1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        let text = client.read { $0.contains("HEARTBEAT") }
        #expect(text.contains("Transfer-Encoding: chunked") || text.contains("transfer-encoding: chunked"))
        #expect(text.contains(#"{"type":"SUBSCRIBED","subscribed":{"get_state":"#))
        #expect(text.contains("20\r\n{\"type\":\"HEARTBEAT\"}") || text.contains("20\n{\"type\":\"HEARTBEAT\"}"))
    }
}
