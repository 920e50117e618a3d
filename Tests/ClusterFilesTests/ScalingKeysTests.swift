import ClusterModel
import Testing

@testable import ClusterFiles

/// Keys of growth and money, and price books.
@Suite struct ScalingKeysTests {
    private static let text = """
        budget: {perHour: 20, perDay: 100, perMonth: 2000, soft: {perDay: 50}}
        machines: 40
        roles: [{path: hpc, budget: {perDay: 30}}]
        pools:
          - name: burst
            max: 8
            billing: {quantum: 1h, minimum: 1h}
            spotFactor: 0.3
            bootTime: 3m
            idleFor: 20m
            coolDown: 1m
            persistence: 30s
            refusalMemory: 5m
            deadBand: 0.2
            surge: 4
            headroom: 1
            consolidateBelow: 0.5
            consolidationRatio: 3
            schedules:
              - {days: "mon-fri,sun", from: "08:30", until: "18:00", machines: 5}
              - {days: fri-mon, machines: 1}
            budget: {perMonth: 500, soft: {perHour: 3}}
            types: [{name: t, cpus: 1, mem: 1GiB, price: "?"}]
        """

    @Test func everyKeyIsReadAndWrittenAgain() throws {
        let read = try ClusterFile.read(Self.text, file: "c.yaml")
        let pool = try #require(read.pools.first)
        let scaling = pool.scaling
        #expect(scaling.billing == BillingRule(quantum: .hours(1), minimum: .hours(1)) && scaling.spotFactor == 300)
        #expect(scaling.bootTime == .minutes(3) && scaling.idleFor == .minutes(20) && scaling.coolDown == .minutes(1))
        #expect(scaling.persistence == .seconds(30) && scaling.refusalMemory == .minutes(5))
        #expect(scaling.deadBand == 200 && scaling.surge == 4 && scaling.headroom == 1)
        #expect(scaling.consolidateBelow == 500 && scaling.consolidationRatio == 3)
        #expect(scaling.schedules.map(\.days) == [0b101_1111, 0b111_0001])
        #expect(scaling.schedules[0].from == 510 && scaling.schedules[0].until == 1_080)
        #expect(scaling.budgets.month.hard == 500_000_000 && scaling.budgets.hour.soft == 3_000_000)
        #expect(read.budgets.day.hard == 100_000_000 && read.budgets.day.soft == 50_000_000)
        #expect(read.machineLimit == 40 && read.roles[0].budgets.day.hard == 30_000_000)
        #expect(pool.types[0].priceIsUnknown)
        let again = try ClusterFile.read(ClusterFileText.render(read), file: "again")
        #expect(again == read, "\(ClusterFileText.difference(read, again))")
        #expect(ClusterConfiguration(wireBytes: read.wireBytes()[...]) == read)
    }

    @Test(arguments: [
        ("schedules: [{days: someday, machines: 1}]", "days such as `mon-fri`"),
        ("schedules: [{from: \"25:00\", machines: 1}]", "a time of day in UTC"),
        ("schedules: [{days: mon}]", "a schedule needs `machines`"), ("spotFactor: 2", "`spotFactor` is at most 1"),
        ("deadBand: -1", "`deadBand`"), ("surge: 0", "`surge` expects a whole number from 1"),
    ])
    func faultsAreTold(_ line: String, _ words: String) {
        let text = "pools: [{name: p, max: 1, types: [{name: t, cpus: 1, mem: 1GiB}], \(line)}]"
        #expect { try ClusterFile.read(text, file: "c.yaml") } throws: { "\($0)".contains(words) }
    }

    private static let book = """
        instance_type,vcpu,memory_mib,gpu,arch,usd_per_hour,date
        m5.large,2,8192,0,amd64,0.096,2026-07-20
        "odd,name",1,1024,0,amd64,,2026-07-20
        """

    private func read(_ type: String, _ book: String) throws -> ClusterConfiguration {
        let text = "priceBooks: [book.csv]\npools: [{name: p, max: 1, types: [\(type)]}]"
        return try ClusterFile.read(text, file: "c.yaml") { name in
            #expect(name == "book.csv")
            return book
        }
    }

    @Test func typesAreFilledFromAPriceBook() throws {
        let types = try read("{name: a, book: m5.large}, {name: b, book: \"odd,name\", cpus: 4}", Self.book).pools[0]
            .types
        #expect(types[0].resources == ResourceVector(cpus: 2_000, mem: 8 << 30))
        #expect(types[0].pricePerHour == 96_000 && types[0].priceSource == "book.csv 2026-07-20")
        #expect(types[1].priceIsUnknown && types[1].resources.cpus == 4_000)
    }

    @Test(arguments: [
        ("{name: a, book: m5.lage}", book, "no price book has `m5.lage`; did you mean `m5.large`?"),
        ("{name: a, book: x}", "type,vcpu\nx,1", "line 1: no column `memory_mib` or `mem_mib`"),
        ("{name: a, book: x}", "type,vcpu,memory_mib\nx,one,2", "line 2: cpus and memory of `x`"),
        ("{name: a, book: x}", "type,vcpu,memory_mib\nx,1,2\nx,1,2", "line 3: `x` stands there twice"),
    ])
    func faultsOfBooksAreTold(_ type: String, _ book: String, _ words: String) {
        #expect { try read(type, book) } throws: { "\($0)".contains(words) }
    }
}
