import Foundation
import SchedulerWire
import Testing

@testable import SchedulerAPI

/// Who may speak, how fast, from where; what waits on streams.
@Suite struct ServingTests {
    @Test(
        arguments: [
            ("127.0.0.1:5050", true), ("127.9.0.1:0", true), ("localhost:1", true), ("[::1]:80", true),
            ("/run/bellows.api", true), ("0.0.0.0:5050", false), ("10.0.0.1:80", false), ("127.evil.example:80", false),
            ("[::]:80", false),
        ]) func otherAddressesNeedCredentialsAndTLSInFront(text: String, isLocal: Bool) throws
    {
        let address = try #require(APIOptions.Address(text))
        #expect(address.isLocal == isLocal)
        var options = APIOptions(address: address)
        #expect((options.refusal == nil) == isLocal)
        options.credentials = Credentials([.init(name: "p", secret: "s")])
        #expect((options.refusal == nil) == isLocal)
        if !isLocal { #expect(options.refusal?.contains("--behind-tls-proxy") == true) }
        options.isBehindTLSProxy = true
        #expect(options.refusal == nil)
        options.credentials = nil
        #expect((options.refusal == nil) == isLocal)
    }

    @Test(arguments: ["", "5050", "host", "host:", ":80", "host:99999", "host:-1"])
    func whatIsNoAddressIsRefused(text: String) { #expect(APIOptions.Address(text) == nil) }

    @Test func credentialsAreProvenByBasicAndBearer() {
        let credentials = Credentials([.init(name: "ops", secret: "s3cret"), .init(name: "x", secret: "s3cret2")])
        func basic(_ text: String) -> String? {
            credentials.principal(authorization: "Basic \(Data(text.utf8).base64EncodedString())")?.name
        }
        #expect(basic("ops:s3cret") == "ops")
        #expect(basic("x:s3cret2") == "x")
        for wrong in ["ops:s3cre", "ops:s3cret ", "x:s3cret", "ops", ":s3cret", "ops:"] { #expect(basic(wrong) == nil) }
        #expect(credentials.principal(authorization: "Bearer s3cret2")?.name == "x")
        for wrong in ["Bearer ", "Bearer x", "Basic ***", "Digest a", ""] {
            #expect(credentials.principal(authorization: wrong) == nil)
        }
        #expect(!Credentials.isEqual("", ""))
    }

    @Test func rightsDenyWhatTheyDoNotName() {
        var rights = Rights()
        #expect(!rights.mayUse(role: "eng") && !rights.mayRun(as: "root") && rights.mayRun(as: ""))
        rights.roles = ["eng/*", "ops"]
        #expect(rights.mayUse(role: "eng/web") && rights.mayUse(role: "ops"))
        #expect(!rights.mayUse(role: "eng") && !rights.mayUse(role: "ops/x") && !rights.mayUse(role: "engine/x"))
        #expect(!OperatorChecks.isAllowed(.teardown, rights) && OperatorChecks.isAllowed(.teardown, nil))
        for type in [WireOperatorCallType.getState, .drainAgent, .reserveResources, .updateQuota, .subscribe] {
            #expect(!OperatorChecks.isAllowed(type, rights))
        }
        #expect(OperatorChecks.isAllowed(.getHealth, rights))
        rights.view = true
        #expect(OperatorChecks.isAllowed(.getState, rights))
    }

    @Test func aPrincipalHasItsShareOfASecond() {
        let limit = RateLimit(perSecond: 10)
        let start: UInt64 = 1_000_000_000
        #expect((0..<10).allSatisfy { _ in limit.take("a", now: start) })
        #expect(!limit.take("a", now: start) && limit.take("b", now: start))
        #expect(limit.take("a", now: start + 100_000_000) && !limit.take("a", now: start + 100_000_001))
        let none = RateLimit(perSecond: 0)
        #expect((0..<1_000).allSatisfy { _ in none.take("a", now: start) })
    }

    @Test func aSlowReaderIsCutOffAtTheLimit() async {
        let pipe = EventPipe<Int>(limit: 3)
        let cuts = AsyncStream<Void>.makeStream()
        pipe.onCut { cuts.continuation.yield() }
        pipe.put(1)
        pipe.put(2, weight: 2)
        #expect(!pipe.isCut)
        #expect(await pipe.next() == [1, 2])
        pipe.put(3, weight: 3)
        pipe.put(4)
        #expect(pipe.isCut)
        #expect(await pipe.next() == nil)
        var iterator = cuts.stream.makeAsyncIterator()
        #expect(await iterator.next() != nil)
    }

    @Test func aReaderWaitsAndIsWoken() async {
        let pipe = EventPipe<Int>(limit: 100)
        let reader = Task {
            var all: [Int] = []
            while let some = await pipe.next() { all += some }
            return all
        }
        for number in 0..<50 {
            pipe.put(number)
            if number % 7 == 0 { await Task.yield() }
        }
        pipe.end()
        #expect(await reader.value == Array(0..<50))
    }

    @Test(
        arguments: [
            ("/api/v1/scheduler", APIRouter.Route.scheduler), ("/master/api/v1/scheduler", .scheduler),
            ("/api/v1/scheduler/", .scheduler), ("/api/v1", .operate), ("/api/v1/operator", .operate),
            ("/api/v1/foo/bar", .operate), ("/api", .none), ("/", .none), ("/master", .older("master")),
            ("/state", .older("state")), ("/state/foo", .older("state")), ("//state", .older("state")),
            ("/master/state-summary", .older("state-summary")), ("/state.json", .older("state.json")),
            ("/metrics", .metrics), ("/metrics/snapshot", .older("metrics/snapshot")), ("/health", .health),
            ("/maintenance/status", .older("maintenance/status")),
        ]) func pathsLeadWhereTheReferenceSendsThem(path: String, route: APIRouter.Route)
    {
        #expect(APIRouter.route(path) == route)
    }

    @Test func targetsAreTakenApart() {
        let (path, query) = APIRequest.split(target: "/tasks?limit=10&task_id=a%2Fb+c&x&=&%zz")
        #expect(path == "/tasks")
        #expect(query.map(\.name) == ["limit", "task_id", "x", "", "%zz"])
        #expect(query[1].value == "a/b c")
        #expect(APIRequest.split(target: "/a+b%20c").path == "/a+b c")
    }

    @Test(
        arguments: [
            (nil, WireForm.json), ("", .json), ("*/*", .json), ("application/*", .json),
            ("application/x-protobuf", .protobuf), ("text/html, application/json;q=0.9", .json),
            ("application/foo", nil),
            ("application/x-protobuf, application/json", .json),
        ] as [(String?, WireForm?)]) func theAnswerHasTheFormThatIsTaken(accept: String?, form: WireForm?)
    {
        var request = APIRequest()
        request.headers["accept"] = accept
        #expect(request.answerForm == form)
    }
}
