import ClusterModel
import Testing

/// Conditions: reading, faults with their place, and what they say of rows.
@Suite struct TextExpressionTests {
    private let row: [String: FieldValue] = [
        "cpu": .number(85_000), "pool": .text("Burst"), "state": .text("ready"), "mem": .bytes(4 << 30),
        "age": .duration(300_000_000), "cost": .money(4_120_000), "tags": .list([.text("a"), .text("b")]),
        "gpu": .text("a100"),
    ]

    private func holds(_ text: String) throws -> Bool {
        try Expression(text).matches({ row[$0] }, columns: { ["node-17", "burst", "ready"] })
    }

    @Test(arguments: [
        "", "cpu > 80 and pool=burst and not state=draining", "mem >= 4GiB", "mem>=4096", "age < 10m", "age <= 300",
        "node-17", "NODE", "!draining", "/^node-[0-9]+$/", "pool=burst or cpu<1", "pool==\"burst\"", "not (cpu < 80)",
        "cpu>80% burst", "tags=a", "tags=b", "tags!=c", "missing!=x", "pool~^bu", "pool ~ /b.rst$/", "pool !~ x",
        "cost>$4", "(pool=burst)&&(cpu>80||cpu<1)", "not not ready", "gpu=A100", "!(pool=x)", "'node-17'",
    ])
    func true_(text: String) throws { #expect(try holds(text), "\(text)") }

    @Test(arguments: [
        "cpu > 85 and pool=burst", "mem > 4GiB", "age < 5m", "draining", "!ready", "/^17/", "pool!=burst", "missing=x",
        "missing>1", "tags!=a", "not burst", "cpu=abc", "pool=burst and (cpu<80 or mem<1G)", "pool !~ burst", "cost<4",
    ])
    func false_(text: String) throws { #expect(try !holds(text), "\(text)") }

    @Test func andBindsCloserThanOr() throws {
        #expect(try holds("pool=burst or pool=x and pool=y"))
        #expect(try !holds("(pool=burst or pool=x) and pool=y"))
    }

    @Test(
        arguments: [
            ("cpu >", 6, "a value is missing"), ("(cpu>1", 1, "not closed"), ("cpu>1)", 6, "without"),
            ("and x", 1, "nothing before"), ("x and", 6, "a condition is missing"), ("=3", 1, "a name is missing"),
            ("a=\"x", 3, "quote is not closed"), ("/ab", 1, "not closed"), ("x /a(/", 6, "not closed"),
            ("()", 2, "missing"),
            ("poul=x", 1, "did you mean \"pool\"?"), ("x or", 5, "a condition is missing"), ("not", 4, "missing"),
        ] as [(String, Int, String)])
    func refused(text: String, column: Int, words: String) {
        let fault = #expect(throws: TextFault.self) {
            try Expression(text, fields: ["cpu", "pool", "x", "a"])
        }
        #expect(fault?.column == column, "said: \(fault?.message ?? "")")
        #expect(fault?.message.contains(words) == true, "said: \(fault?.message ?? "")")
    }

    @Test func limits() {
        #expect(throws: TextFault.self) { try Expression(String(repeating: "a", count: 2_000)) }
        let deep = String(repeating: "(", count: 40) + "a" + String(repeating: ")", count: 40)
        #expect(throws: TextFault.self) { try Expression(deep) }
        #expect(throws: TextFault.self) { try Expression(String(repeating: "!", count: 40) + "a") }
    }

    @Test func sayWhatFails() throws {
        func failure(_ text: String) throws -> String? { try Expression(text).failure { row[$0] } }
        #expect(try failure("gpu=a100 and pool=burst") == nil)
        #expect(try failure("pool=burst and gpu=h100") == "gpu is a100")
        #expect(try failure("rack=r1") == "has no rack")
        #expect(try failure("mem>8GiB") == "mem is 4G")
        #expect(try failure("not gpu=a100") == "gpu is a100")
    }

    @Test func requirementsCheckAmounts() throws {
        #expect(try Requirement.compile("  ") == nil)
        #expect(throws: TextFault.self) { try Requirement.compile("cpus>=many") }
        #expect(throws: TextFault.self) { try Requirement.compile("mem>=4x") }
        var type = MachineType()
        type.resources = ResourceVector(cpus: 8_000, mem: 16 << 30)
        type.attributes = [Attribute(name: "gpu", text: "a100")]
        let requirement = try Requirement.compile("gpu=a100 and cpus>=8 and pool=burst")
        #expect(requirement?.mayHold(on: type, pool: "burst", scalars: []) == true)
        #expect(requirement?.mayHold(on: type, pool: "fixed", scalars: []) == false)
    }
}
