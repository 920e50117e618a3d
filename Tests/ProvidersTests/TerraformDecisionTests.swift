import ClusterModel
import Testing

@testable import Providers

/// What is decided about a working folder without running anything: steps, verdicts, and what Terraform's words mean.
@Suite struct TerraformDecisionTests {
    func view(_ nodes: [String: String], found: [String: String]? = nil) -> TerraformView {
        var view = TerraformView()
        for (name, state) in nodes { view.nodes[name] = .init(id: "i-\(name)", address: "x", state: state) }
        view.found = found?.mapValues { .init(name: $0, resource: "aws_instance.node") }
        return view
    }

    @Test func stepsFollowFromWhatIsWantedWrittenAndThere() {
        let make = TerraformStep(aims: ["a": .exist(wasThere: false)], written: [], view: view([:]))
        #expect(make.makes == ["a"] && make.names == ["a"] && make.imports.isEmpty && make.isWork)
        let there = TerraformStep(aims: ["a": .exist(wasThere: true)], written: ["a"], view: view(["a": "running"]))
        #expect(there.ready == ["a"] && !there.isWork)
        let vanished = TerraformStep(aims: ["a": .exist(wasThere: true)], written: ["a"], view: view([:]))
        #expect(vanished.vanished == ["a"] && vanished.names.isEmpty && !vanished.isWork)
        let dead = TerraformStep(aims: ["a": .exist(wasThere: true)], written: ["a"], view: view(["a": "terminated"]))
        #expect(dead.vanished == ["a"] && dead.ends == ["a"] && dead.names.isEmpty)
        let end = TerraformStep(aims: ["a": .end], written: ["a", "b"], view: view(["a": "running", "b": "running"]))
        #expect(end.ends == ["a"] && end.names == ["b"] && end.gone.isEmpty)
        let gone = TerraformStep(aims: ["a": .end], written: ["a"], view: view([:], found: [:]))
        #expect(gone.gone == ["a"] && !gone.isWork)
    }

    @Test func whatTerraformLostIsTakenInInsteadOfMadeTwice() {
        let lost = view(["b": "running"], found: ["i-9": "a", "i-b": "b"])
        let make = TerraformStep(aims: ["a": .exist(wasThere: false)], written: ["a", "b"], view: lost)
        #expect(make.imports == [.init(id: "i-9", name: "a", resource: "aws_instance.node")] && make.makes == ["a"])
        // To be ended, it is taken in first.
        let end = TerraformStep(aims: ["a": .end], written: ["b"], view: lost)
        #expect(end.imports.map(\.id) == ["i-9"] && end.makes == ["a"] && end.gone.isEmpty)
        let stray = TerraformStep(aims: ["stray-i-9": .endStray("i-9")], written: ["b"], view: lost)
        #expect(stray.imports == [.init(id: "i-9", name: "stray-i-9", resource: "aws_instance.node")])
        let noStray = TerraformStep(aims: ["stray-i-7": .endStray("i-7")], written: ["b"], view: lost)
        #expect(noStray.gone == ["stray-i-7"])
    }

    @Test func plansAreHeldAgainstWhatWasAsked() {
        func change(_ action: String, _ key: String, reason: String = "") -> TerraformLine.Change {
            .init(address: "aws_instance.node[\"\(key)\"]", key: key, action: action, reason: reason)
        }
        let aims: [String: TerraformStep.Aim] = ["a": .exist(wasThere: false), "b": .end]
        let step = TerraformStep(aims: aims, written: ["b", "c"], view: view(["b": "running", "c": "running"]))
        func verdict(_ changes: [TerraformLine.Change]) -> TerraformVerdict {
            TerraformVerdict(changes: changes, step: step, folder: "/m")
        }
        #expect(verdict([change("create", "a"), change("delete", "b"), change("read", "x")]) == .fine)
        #expect(verdict([change("create", "a"), change("create", "c")]) == .vanished(["c"]))
        #expect(verdict([change("replace", "c", reason: "tainted")]) == .broken(["c"]))
        for bad in [
            change("delete", "c"), change("update", "c"), change("replace", "c"), change("create", "z"),
            change("delete", "a"), change("forget", "c"), change("create", ""),
        ] {
            guard case .refused(let why) = verdict([change("create", "a"), bad]) else {
                Issue.record("\(bad) was let through")
                continue
            }
            #expect(why.contains("\(bad.action) \(bad.address)"))
        }
    }

    @Test func linesAreUnderstood() throws {
        let drift = try #require(
            TerraformLine(
                #"{"@message":"m","type":"resource_drift","change":{"resource":{"addr":"aws_instance.node[\"n2\"]","resource_key":"n2"},"action":"delete"}}"#
                    .utf8))
        #expect(drift.change == .init(address: "aws_instance.node[\"n2\"]", key: "n2", action: "delete"))
        let error = try #require(
            TerraformLine(
                #"{"type":"diagnostic","diagnostic":{"severity":"error","summary":"s","detail":"d","address":"module.m[\"q\"].aws_instance.node[\"x2\"]"}}"#
                    .utf8))
        #expect(error.diagnostic == .init(isError: true, summary: "s", detail: "d", key: "x2"))
        #expect(TerraformLine("Error: no JSON".utf8) == nil)
        let detail = "Lock Info:\n  ID:  1\n  Who:       root@vm\n  Created:   2026-11-22 02:57:29.0 +0000 UTC\n"
        #expect(TerraformFolder.holder(in: detail) == "root@vm since 2026-11-22 02:57:29")
        #expect(ProviderFailure.kind(of: "api error InsufficientInstanceCapacity: We") == .capacity)
        #expect(ProviderFailure.kind(of: "AuthFailure") == .credentials)
    }

    @Test func outputsThatBreakTheContractAreSaid() throws {
        func view(_ text: String) throws -> TerraformView {
            try TerraformView(outputs: try #require(JSONValue(parsing: text.utf8)), output: "nodes")
        }
        #expect(throws: TerraformFault.self) { try view("{}") }
        #expect(throws: TerraformFault.self) { try view(#"{"nodes":{"sensitive":true}}"#) }
        #expect(throws: TerraformFault.self) { try view(#"{"nodes":{"value":{"a":{"address":"x"}}}}"#) }
        let good = try view(
            #"{"nodes":{"value":{"a":{"id":"1","address":null}}},"shutdown_ends_billing":{"value":true}}"#)
        #expect(good.nodes["a"] == .init(id: "1", address: "", state: "") && good.leaseEnforced && good.found == nil)
    }

    @Test func jsonComesBackAsItWas() throws {
        let text = #"{"a":[1,-2.5e3,true,false,null,"q\"\\\n\u0001é😀"],"b":{},"c":[]}"#
        let value = try #require(JSONValue(parsing: text.utf8))
        #expect(
            JSONValue(parsing: value.text().utf8) == value && JSONValue(parsing: value.text(indent: 0).utf8) == value)
        #expect(JSONValue(parsing: #""\ud83d\ude00""#.utf8) == .string("😀"))
        for bad in [
            "", "{", "[1,]", "{\"a\"}", "01x", "\"\\x\"", "nul", "1 2", "\"\\ud83d\"",
            String(repeating: "[", count: 70),
        ] {
            #expect(JSONValue(parsing: bad.utf8) == nil, "\(bad)")
        }
    }

    @Test func userDataArmsTheLeaseAndLetsTheKeyIn() {
        var lease = LeaseSettings()
        let text = UserData.text(name: "n-1", key: "ssh-ed25519 AAAA", lease: lease)
        #expect(text.contains("hostname: n-1\n") && text.contains("  - ssh-ed25519 AAAA\n"))
        #expect(text.contains("-lt 86400 ]") && text.contains("-mmin -1440; done 2>/dev/null | grep -q . || poweroff"))
        lease.hard = .zero
        #expect(!UserData.text(name: "n-1", key: "", lease: lease).contains("poweroff"))
    }
}
