import ClusterModel
import SchedulerWire
import Testing

@testable import SchedulerAPI

typealias WireOperatorCallType = WireOperatorCall.TypeEnum

/// Between the wire and the core: units, identities, refusals in words.
@Suite struct MappingTests {
    static var mapping: ResourceMapping {
        var configuration = ClusterConfiguration()
        configuration.scalars = ["licences"]
        return ResourceMapping(configuration: configuration)
    }

    static func resources(_ json: String) throws -> [WireResource] {
        let body = Array("{\"resources\":\(json)}".utf8)
        return try WireCoding.decode(WireOffer.Operation.Unreserve.self, from: body, .json).resources
    }

    @Test func amountsAreInTheStatesUnits() throws {
        let list = try Self.resources(
            """
            [{"name":"cpus","type":"SCALAR","scalar":{"value":0.1}},{"name":"cpus","type":"SCALAR","scalar":{"value":0.2}},
             {"name":"mem","type":"SCALAR","scalar":{"value":32.5}},{"name":"licences","type":"SCALAR","scalar":{"value":2}},
             {"name":"ports","type":"RANGES","ranges":{"range":[{"begin":5,"end":7},{"begin":8,"end":9}]}},
             {"name":"racks","type":"SET","set":{"item":["b","a"]}}]
            """)
        let items = try Self.mapping.items(list)
        #expect(items.count == 1)
        #expect(items[0].identity.isPlain)
        #expect(items[0].amount.cpus == 300 && items[0].amount.mem == 34_078_720 && items[0].amount.lanes[4] == 2_000)
        #expect(items[0].extras.ranges == [.init(name: "ports", bounds: [5, 9])])
        #expect(items[0].extras.words == [.init(name: "racks", items: ["a", "b"])])
        let back = Self.mapping.wire(items, role: "r")
        #expect(back.allSatisfy { $0.allocationInfo.role == "r" && !$0.hasRole })
        #expect(back.first { $0.name == "mem" }?.scalar.value == 32.5)
        #expect(try Self.mapping.items(back) == items)
    }

    @Test func identitiesComeAndGoWhole() throws {
        let list = try Self.resources(
            """
            [{"name":"disk","type":"SCALAR","scalar":{"value":10},"shared":{},
              "reservations":[{"type":"STATIC","role":"a"},{"type":"DYNAMIC","role":"a/b","principal":"p",
                "labels":{"labels":[{"key":"k","value":"v"},{"key":"bare"}]}}],
              "disk":{"persistence":{"id":"v1","principal":"p"},"volume":{"container_path":"d","mode":"RO"},
                "source":{"type":"MOUNT","mount":{"root":"/m1"}}}},
             {"name":"cpus","type":"SCALAR","scalar":{"value":1},"revocable":{}}]
            """)
        let items = try Self.mapping.items(list)
        #expect(items.count == 2)
        let identity = items[0].identity
        #expect(identity.reservations.map(\.role) == ["a", "a/b"] && identity.reservations[1].kind == .dynamic)
        #expect(identity.volume?.isReadOnly == true && identity.disk == .mount && identity.diskRoot == "/m1")
        #expect(identity.isShared && items[1].identity.isRevocable)
        #expect(try Self.mapping.items(Self.mapping.wire(items)) == items)
    }

    @Test(arguments: [("node-[0-9]{3}", ""), ("(a", "is not closed"), ("(a{60}){60}", "steps"), ("\\\\pN", "not known")])
    func patternsOfConstraintsAreCheckedWhenTheyCome(pattern: String, fault: String) throws {
        let json = """
            {"role_constraints":{"r":{"groups":[{"attribute_constraints":[{"selector":{"attribute_name":"rack"},
             "predicate":{"text_matches":{"regex":"\(pattern)"}}}]}]}}}
            """
        let said = try WireCoding.decode(WireOfferConstraints.self, from: Array(json.utf8), .json)
        let mapping = FrameworkMapping(resources: Self.mapping, rights: nil)
        let problem = mapping.subscription(WireFrameworkInfo(), suppressed: [], constraints: said).problem
        #expect(fault.isEmpty ? problem.isEmpty : problem.contains(fault), "said: \(problem)")
    }

    @Test func theOlderFormOfReservationsIsReadAndWritten() throws {
        let list = try Self.resources(
            """
            [{"name":"cpus","type":"SCALAR","scalar":{"value":1},"role":"r"},
             {"name":"cpus","type":"SCALAR","scalar":{"value":2},"role":"r","reservation":{"principal":"p"}},
             {"name":"cpus","type":"SCALAR","scalar":{"value":3},"role":"*"}]
            """)
        let items = try Self.mapping.items(list)
        #expect(items.map(\.identity.reservations.count) == [1, 1, 0])
        #expect(items[0].identity.reservations[0].kind == .fixed && items[1].identity.reservations[0].kind == .dynamic)
        let back = Self.mapping.wire(items, .plain)
        #expect(back.map(\.role) == ["r", "r", "*"] && back.allSatisfy { $0.reservations.isEmpty })
        #expect(back[1].reservation.principal == "p")
    }

    @Test(
        arguments: [
            (#"[{"name":"cpus","type":"SCALAR","scalar":{"value":-1}}]"#, "value < 0"),
            (#"[{"name":"foo","type":"SCALAR","scalar":{"value":1}}]"#, "'foo' is not known here"),
            (#"[{"name":"cpus","type":"SCALAR"}]"#, "no value"),
            (#"[{"name":"ports","type":"RANGES","ranges":{"range":[{"begin":9,"end":1}]}}]"#, "begin > end"),
            (#"[{"name":"mem","type":"SCALAR","scalar":{"value":-1}}]"#, "value < 0"),
            (#"[{"name":"mem","type":"SCALAR","scalar":{"value":1e300}}]"#, "value 1e+300 of 'mem'"),
            (
                #"[{"name":"cpus","type":"SCALAR","scalar":{"value":7e13}},"#
                    + #"{"name":"cpus","type":"SCALAR","scalar":{"value":7e13}}]"#,
                "too much of 'cpus'"
            ),
            (
                #"[{"name":"ports","type":"RANGES","ranges":{"range":[{"begin":0,"end":18446744073709551615}]}},"#
                    + #"{"name":"cpus","type":"TEXT"}]"#,
                "Unsupported resource type"
            ),
            (#"[{"name":"disk","type":"SCALAR","scalar":{"value":1},"disk":{"persistence":{"id":"x"}}}]"#, "'volume'"),
            (
                #"[{"name":"cpus","type":"SCALAR","scalar":{"value":1},"reservations":[{"type":"DYNAMIC","role":"*"}]}]"#,
                "cannot be reserved"
            ),
        ]) func whatCannotBeTakenIsNamed(json: String, words: String) throws
    {
        var problem = ""
        let list = try Self.resources(json)
        #expect(Self.mapping.items(list, problem: &problem).isEmpty)
        #expect(problem.contains(words), "\(problem)")
    }

    @Test func commandsBecomeProgramsAndTheirFaultsWords() throws {
        let calls = CallMapping(resources: Self.mapping, rights: nil)
        func task(_ command: String) throws -> LaunchTask {
            let body = #"{"name":"n","task_id":{"value":"t"},"agent_id":{"value":"a"},"command":\#(command)}"#
            return calls.task(try WireCoding.decode(WireTaskInfo.self, from: Array(body.utf8), .json))
        }
        #expect(try task(#"{"value":"echo hi"}"#).spec.argv == ["/bin/sh", "-c", "echo hi"])
        #expect(
            try task(#"{"shell":false,"value":"/bin/echo","arguments":["echo","a b"]}"#).spec.argv == [
                "/bin/echo", "a b",
            ])
        let env = try task(#"{"value":"x","environment":{"variables":[{"name":"A","value":"1"}]}}"#)
        #expect(env.spec.environment == ["A=1"] && env.problem.isEmpty)
        #expect(try task(#"{"value":"x","environment":{"variables":[{"name":"A"}]}}"#).problem.contains("'A'"))
        #expect(try task(#"{"value":"x","environment":{"variables":[{"name":"","value":"1"}]}}"#).problem != "")
        #expect(try task(#"{}"#).problem.contains("'value'"))
    }

    @Test(
        arguments: [
            (#"{"type":"MESOS"}"#, "", ""), (#"{"type":"MESOS","mesos":{}}"#, "", ""),
            (#"{"type":"MESOS","mesos":{"image":{"type":"DOCKER","docker":{"name":"alpine:3.20"}}}}"#, "alpine:3.20", ""),
            (#"{"type":"DOCKER","docker":{"image":"/srv/a b"}}"#, "/srv/a b", ""),
            (#"{"type":"DOCKER","docker":{"image":"a","network":"HOST"},"network_infos":[{}]}"#, "a", ""),
            (#"{"type":"DOCKER"}"#, "", "must have 'docker'"),
            (#"{"type":"DOCKER","docker":{"image":""}}"#, "", "is not named"),
            (#"{"type":"DOCKER","docker":{"image":"a b"}}"#, "a b", "expects the whole path"),
            (#"{"type":"DOCKER","docker":{"image":"a","network":"BRIDGE"}}"#, "a", "network 'BRIDGE'"),
            (#"{"type":"DOCKER","docker":{"image":"a","privileged":true}}"#, "a", "Privileged"),
            (
                #"{"type":"DOCKER","docker":{"image":"a","port_mappings":[{"host_port":1,"container_port":2}]}}"#, "a",
                "port mappings"
            ),
            (#"{"type":"MESOS","volumes":[{"container_path":"x","mode":"RW"}]}"#, "", "volumes"),
            (#"{"type":"MESOS","network_infos":[{"name":"own"}]}"#, "", "network of their own"),
            (#"{"type":"MESOS","mesos":{"image":{"type":"APPC","appc":{"name":"x"}}}}"#, "", "not APPC"),
        ]) func containersBecomeImagesOrProblems(container: String, image: String, words: String) throws
    {
        let text = #"{"name":"t","task_id":{"value":"t"},"agent_id":{"value":"a"},"command":{"value":"true"},"container":"#
        let said = try WireCoding.decode(WireTaskInfo.self, from: Array("\(text)\(container)}".utf8), .json)
        let mapping = CallMapping(resources: Self.mapping, rights: nil)
        let task = mapping.task(said)
        #expect(task.spec.image == image)
        #expect(words.isEmpty ? task.problem.isEmpty : task.problem.contains(words), "\(task.problem)")
    }

    @Test func limitsMustNotLieBelowRequests() throws {
        let calls = CallMapping(resources: Self.mapping, rights: nil)
        func problem(_ limits: String) throws -> String {
            let body = """
                {"name":"n","task_id":{"value":"t"},"agent_id":{"value":"a"},"command":{"value":"x"},"limits":\(limits),
                "resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":1}}]}
                """
            return calls.task(try WireCoding.decode(WireTaskInfo.self, from: Array(body.utf8), .json)).problem
        }
        #expect(try problem(#"{"cpus":{"value":1}}"#) == "")
        #expect(try problem(#"{"cpus":{"value":0.5}}"#).contains("below its request"))
        #expect(try problem(#"{"disk":{"value":5}}"#).contains("'disk'"))
    }

    @Test func reasonsAndStatesAreTheSameWordsOnBothSides() {
        for reason in StatusReason.allCases where reason != .none {
            let wire = WireTaskStatus.with {
                $0.taskID.value = "t"
                $0.state = .taskLost
                $0.reason = EventMapping.reason(reason) ?? .gcError
            }
            let json = String(decoding: WireCoding.encode(wire, .json), as: UTF8.self)
            #expect(json.contains("\"\(reason.word)\""), "\(reason)")
        }
        for state in FrameworkTaskState.allCases {
            let wire = WireTaskStatus.with {
                $0.taskID.value = "t"
                $0.state = EventMapping.state(state)
            }
            #expect(String(decoding: WireCoding.encode(wire, .json), as: UTF8.self).contains("\"\(state.word)\""))
        }
        for state in OperationState.allCases {
            let wire = WireOperationStatus.with {
                $0.state = WireOperationState(rawValue: Int(state.rawValue)) ?? .operationUnknown
            }
            #expect(String(decoding: WireCoding.encode(wire, .json), as: UTF8.self).contains("\"\(state.word)\""))
        }
    }

    @Test func subscriptionsSayWhatIsWrongWithThem() throws {
        let mapping = FrameworkMapping(resources: Self.mapping, rights: nil)
        func read(_ text: String) throws -> Subscription {
            let body = Array("{\"user\":\"u\",\"name\":\"n\",\(text)}".utf8)
            return mapping.subscription(
                try WireCoding.decode(WireFrameworkInfo.self, from: body, .json), suppressed: [], constraints: .init())
        }
        let multi = #""capabilities":[{"type":"MULTI_ROLE"}]"#
        #expect(try read(#""roles":["a","b"],\#(multi)"#).info.roles == ["a", "b"])
        #expect(try read(#""hostname":"h""#).info.roles == ["*"])
        #expect(try read(#""role":"a",\#(multi)"#).problem.contains("MULTI_ROLE"))
        #expect(try read(#""roles":["a"]"#).problem.contains("not MULTI_ROLE"))
        #expect(try read(#""failover_timeout":-1"#).problem.contains("failover_timeout"))
        #expect(try read(#""failover_timeout":1e300"#).problem.contains("failover_timeout"))
        #expect(try read(#""failover_timeout":2.5"#).info.failoverTimeout == .milliseconds(2_500))
        let filters =
            #""offer_filters":{"a":{"min_allocatable_resources":{"quantities":[{"quantities":{"cpus":{"value":1}}}]}}}"#
        #expect(try read(filters).info.minimums == [.init(role: "a", amounts: [ResourceVector(cpus: 1_000)])])
    }
}
