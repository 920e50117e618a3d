import Foundation
import Testing

@testable import SchedulerAPI

/// Requests on connections that stay.
enum LaneRequests {
    static func request(
        _ body: String, headers: [String] = ["Content-Type: application/json"], method: String = "POST",
        path: String = "/api/v1/scheduler", chunked: Bool = false
    ) -> String {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost"] + headers
        lines.append(chunked ? "Transfer-Encoding: chunked" : "Content-Length: \(body.utf8.count)")
        let size = String(body.utf8.count, radix: 16)
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + (chunked ? "\(size)\r\n\(body)\r\n0\r\n\r\n" : body)
    }

    /// A framework that is subscribed for as long as its client is kept.
    struct Framework {
        let client: RawClient
        let id: String
        let stream: String

        init(_ port: Int) throws {
            client = try RawClient(port: port)
            client.send(
                LaneRequests.request(
                    ServerTests.subscribe, headers: ["Content-Type: application/json", "Accept: application/json"]))
            let text = client.read { $0.contains("HEARTBEAT") }
            func value(after mark: String, until end: Character) -> String {
                guard let range = text.range(of: mark, options: .caseInsensitive) else { return "" }
                return String(text[range.upperBound...].prefix { $0 != end })
            }
            stream = value(after: "mesos-stream-id: ", until: "\r\n")
            id = value(after: #""framework_id":{"value":""#, until: "\"")
        }

        func call(_ type: String, _ more: String = "", stream other: String? = nil, chunked: Bool = false) -> String {
            LaneRequests.request(
                #"{"type":"\#(type)","framework_id":{"value":"\#(id)"}\#(more)}"#,
                headers: ["Content-Type: application/json", "Mesos-Stream-Id: \(other ?? stream)"], chunked: chunked)
        }
    }
}

/// Calls on connections that stay: many before the first is answered, in pieces, beside requests of other kinds. Of the
/// same suite as the other tests that wait for a server: two at once would hold all threads that it runs on.
extension ServerTests {
    @Test func answersComeInTheOrderOfTheRequestsWhateverTheirKind() throws {
        let house = try House()
        let framework = try LaneRequests.Framework(house.port)
        #expect(!framework.id.isEmpty && !framework.stream.isEmpty)
        let kinds: [(text: String, status: Int, words: String)] = [
            (framework.call("REVIVE"), 202, ""),
            (framework.call("DECLINE", #","decline":{"offer_ids":[{"value":"none"}]}"#), 202, ""),
            (framework.call("SUPPRESS", chunked: true), 202, ""),
            (framework.call("REVIVE", stream: "other"), 400, "The stream ID 'other'"),
            (framework.call("DECLINE"), 400, "Expecting 'decline' to be present"),
            (framework.call("VIEW"), 200, "VIEW"),
            (LaneRequests.request("{", path: "/api/v1/scheduler"), 400, "Failed to parse body into JSON"),
            (LaneRequests.request(#"{"type":"GET_HEALTH"}"#, path: "/api/v1"), 200, "healthy"),
            (LaneRequests.request("", headers: [], method: "GET", path: "/health"), 200, ""),
            (LaneRequests.request("", headers: [], method: "GET", path: "/nowhere/at/all"), 404, ""),
        ]
        var random = SystemRandomNumberGenerator()
        for round in 0..<20 {
            let order = (0..<300).map { _ in Int.random(in: 0..<kinds.count * 3, using: &random) }
                .map { $0 < kinds.count ? $0 : $0 % 3 }
            let bytes = Array(order.map { kinds[$0].text }.joined().utf8)
            let client = try RawClient(port: house.port)
            // In pieces that know nothing of where a request ends.
            var at = 0
            while at < bytes.count {
                let end = min(bytes.count, at + Int.random(in: 1...20_000, using: &random))
                client.send(Array(bytes[at..<end]))
                at = end
            }
            // Nothing more will be said, and still everything is answered.
            client.endSending()
            let answers = client.answers(order.count)
            #expect(answers.count == order.count, "round \(round)")
            guard answers.count == order.count else { return }
            for (kind, answer) in zip(order.map({ kinds[$0] }), answers) {
                #expect(
                    answer.status == kind.status && (kind.words.isEmpty || answer.body.contains(kind.words)),
                    "\(kind.text) was answered with \(answer)")
                #expect(answer.head.lowercased().contains("\r\ndate: "), "\(answer)")
            }
        }
    }

    @Test func callsThatFollowEachOtherAreTakenInTheirOrder() throws {
        let house = try House()
        let framework = try LaneRequests.Framework(house.port)
        let client = try RawClient(port: house.port)
        // After TEARDOWN the framework is known no more: what comes behind it is refused, what came before is not.
        client.send(
            String(repeating: framework.call("REVIVE"), count: 700) + framework.call("TEARDOWN")
                + String(repeating: framework.call("REVIVE"), count: 700))
        let statuses = client.answers(1_401).map(\.status)
        #expect(statuses == Array(repeating: 202, count: 701) + Array(repeating: 400, count: 700))
    }

    @Test(arguments: [1, 7, 50])
    func manyConnectionsThatSendAheadAreAllAnswered(room: Int) throws {
        let house = try House(waiting: 100) { $0.limits.waitingCalls = room }
        let framework = try LaneRequests.Framework(house.port)
        let count = 200
        let bad = framework.call("DECLINE")
        let calls = (0..<count).map { $0 % 9 == 0 ? bad : framework.call("REVIVE") }.joined()
        // Together more than the core lets wait: nobody is refused for what the others send.
        let clients = try (0..<40).map { _ in try RawClient(port: house.port) }
        for client in clients { client.send(calls) }
        for client in clients {
            let statuses = client.answers(count).map(\.status)
            #expect(statuses == (0..<count).map { $0 % 9 == 0 ? 400 : 202 })
        }
    }

    @Test func aByteAtATimeIsACallToo() throws {
        let house = try House()
        let framework = try LaneRequests.Framework(house.port)
        let client = try RawClient(port: house.port)
        for byte in Array((framework.call("REVIVE") + framework.call("SUPPRESS", chunked: true)).utf8) {
            client.send([byte])
        }
        #expect(client.answers(2).map(\.status) == [202, 202])
    }

    @Test func largeCallsAreTakenAndTooLargeOnesAreNot() throws {
        let house = try House { $0.limits.bodyBytes = 1 << 20 }
        let framework = try LaneRequests.Framework(house.port)
        func decline(_ count: Int, chunked: Bool) -> String {
            let offers = Array(repeating: #"{"value":"none"}"#, count: count).joined(separator: ",")
            return framework.call("DECLINE", #","decline":{"offer_ids":[\#(offers)]}"#, chunked: chunked)
        }
        for chunked in [false, true] {
            let client = try RawClient(port: house.port)
            client.send(framework.call("REVIVE") + decline(30_000, chunked: chunked) + framework.call("REVIVE"))
            #expect(client.answers(3).map(\.status) == [202, 202, 202])
            let other = try RawClient(port: house.port)
            other.send(framework.call("REVIVE") + decline(100_000, chunked: chunked))
            #expect(other.answers(2).map(\.status) == [202, 413])
        }
    }

    @Test func aCallThatStopsHalfwayEndsItsConnection() throws {
        let house = try House { $0.limits.bodySeconds = 1 }
        let framework = try LaneRequests.Framework(house.port)
        let client = try RawClient(port: house.port)
        client.send(framework.call("REVIVE") + String(framework.call("REVIVE").dropLast(5)))
        #expect(client.answers(2).map(\.status) == [202])
        // Others are not held up by it.
        let other = try RawClient(port: house.port)
        other.send(framework.call("REVIVE"))
        #expect(other.answers(1).map(\.status) == [202])
    }

    @Test func whoIsNotKnownHasNoLane() throws {
        let house = try House {
            $0.credentials = Credentials([.init(name: "a", secret: "s")])
            $0.limits.requestsPerSecond = 5
        }
        let body = #"{"type":"REVIVE","framework_id":{"value":"nope"}}"#
        let client = try RawClient(port: house.port)
        client.send(LaneRequests.request(body) + LaneRequests.request(body))
        let answers = client.answers(2)
        #expect(answers.map(\.status) == [401, 401] && answers[0].head.lowercased().contains("www-authenticate: basic"))
        let known = LaneRequests.request(body, headers: ["Content-Type: application/json", "Authorization: Bearer s"])
        client.send(String(repeating: known, count: 20))
        let statuses = client.answers(20).map(\.status)
        #expect(statuses.prefix(5).allSatisfy { $0 == 400 } && statuses.last == 429)
    }
}
