import ClusterModel
import Testing

@testable import ClusterFiles

/// Cluster files: what they mean, and what every wrong one is told.
@Suite struct ClusterFileTests {
    /// The least that a cluster file needs.
    static let least = """
        pools:
          - name: rack
            max: 2
            types:
              - {name: small, cpus: 2, mem: 4GiB}
        """

    private func problems(_ text: String) -> [String] {
        do {
            _ = try ClusterFile.read(text, file: "c.yaml")
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    /// The least file with a line more.
    private func with(_ lines: String) -> String { Self.least + "\n" + lines }

    @Test func leastFileTakesDefaults() throws {
        let configuration = try ClusterFile.read(Self.least, file: "c.yaml")
        #expect(configuration.name == "local")
        #expect(configuration.pools.count == 1)
        let pool = configuration.pools[0]
        #expect(pool.provider == .local && pool.minimum == 0 && pool.maximum == 2)
        #expect(pool.bootDeadline == .minutes(5))
        #expect(pool.types[0].resources == ResourceVector(cpus: 2_000, mem: 4 << 30))
        #expect(configuration.limits == Limits())
    }

    @Test func waysOfOfferingAreSwitchedOff() throws {
        let configuration = try ClusterFile.read(with("switchOff: [atOnce, gangs]"), file: "c.yaml")
        #expect(configuration.offers.off == [.atOnce, .gangs] && configuration.offers.interval == .seconds(1))
        #expect(configuration.offers.has(.commits) && !configuration.offers.has(.gangs))
        #expect(
            problems(with("switchOff: [gang]")) == [
                "c.yaml:6:13: `gang` is no way of offering that can be switched off; did you mean `gangs`?"
            ])
    }

    @Test func everyKeyIsRead() throws {
        let text = """
            name: hpc-lab
            currency: EUR
            budget: {perHour: 20 EUR, perMonth: 4000}
            scalars: [licences, bandwidth]
            roles:
              - eng
              - {path: eng/web, weight: 2.5}
              - {name: hpc, weight: 500m}
            pools:
              - name: burst
                provider: local
                min: 1
                max: 8
                bootDeadline: 90s
                types:
                  - name: big
                    cpus: 16
                    mem: 64GiB
                    disk: 1TiB
                    gpus: 2
                    licences: 4
                    ports: [31000-31099, 32000]
                    sets: {tools: [matlab, ansys]}
                    attributes: {rack: r1, speed: 2.5, note: "012"}
                    price: 1.25 EUR/h
            limits:
              unreachableAfter: 20s
              lostAfter: 5m
              offerTimeout: 10s
              stagingTimeout: 30s
              failuresInRow: 3
              sampleEvery: 1s
              keepFinished: 2h
              keepFinishedCount: 500
              assumedRunTime: 12h
              retryAfter: 5s
              logLimit: 16MiB
            recording: {age: 7d, size: 1GiB}
            theme: dark
            """
        let read = try ClusterFile.read(text, file: "c.yaml")
        #expect(read.name == "hpc-lab" && read.currency == "EUR" && read.theme == "dark")
        #expect(read.budgetPerHour.micros == 20_000_000 && read.budgetPerMonth.micros == 4_000_000_000)
        #expect(read.roles.map(\.path) == ["eng", "eng/web", "hpc"])
        #expect(read.roles.map(\.weight) == [1_000, 2_500, 500])
        let type = try #require(read.pools.first?.types.first)
        #expect(type.resources.lanes[4] == 4_000 && type.resources.disk == 1 << 40 && type.resources.gpus == 2_000)
        #expect(type.extras.ranges == [.init(name: "ports", bounds: [31_000, 31_099, 32_000, 32_000])])
        #expect(type.extras.words == [.init(name: "tools", items: ["ansys", "matlab"])])
        #expect(type.attributes.map(\.name) == ["note", "rack", "speed"])
        #expect(type.attributes.map(\.kind) == [.scalar, .text, .scalar])
        #expect(type.attributes[0].text == "012")
        #expect(type.pricePerHour == 1_250_000)
        #expect(read.limits.failuresInRow == 3 && read.limits.logLimit == 16 << 20)
        #expect(read.limits.recordingAge == .hours(24 * 7) && read.limits.recordingSize == 1 << 30)
        // What is written reads back as the same.
        let again = try ClusterFile.read(ClusterFileText.render(read), file: "again")
        #expect(again == read)
        #expect(ClusterFileText.difference(read, again) == [])
    }

    @Test func scalarsStayText() throws {
        // YAML 1.1 would make these false, ten and a time of day.
        let text = with("name: no\ntheme: \"012\"")
        let read = try ClusterFile.read(text, file: "c.yaml")
        #expect(read.name == "no" && read.theme == "012")
    }

    @Test(arguments: [
        ("curency: x", "c.yaml:6:1: the cluster file has no key `curency`; did you mean `currency`?"),
        ("currency: 12", "c.yaml:6:11: `currency` expects a sign or code of up to 4 letters such as `$` or `EUR`"),
        ("budget: 20", "c.yaml:6:9: `budget` is a mapping of keys to values, not `20`"),
        ("budget: {perHour: many}", "c.yaml:6:19: `perHour`: \"many\": not a number; write an amount such as $0.11"),
        ("scalars: [a, b, c, d, e]", "c.yaml:6:23: `scalars` takes at most 4 names; `e` is one too many"),
        ("scalars: [a, a]", "c.yaml:6:14: resource `a` is given twice; keep one"),
        ("scalars: [cpus]", "c.yaml:6:11: `cpus` is a key of machine types already; name the resource otherwise"),
        ("roles: [eng, eng]", "c.yaml:6:14: role `eng` is given twice, first in line 6"),
        ("roles: [eng//web]", "c.yaml:6:9: role `eng//web` has an empty part; write it like `eng/web`"),
        ("roles: [{weight: 2}]", "c.yaml:6:9: a role needs a `path`, such as `eng/web`"),
        ("roles: [{path: a, weight: 0}]", "c.yaml:6:27: `weight` is at least 0.001, not `0`"),
        (
            "limits: {offerTimeout: 30}",
            "c.yaml:6:24: `offerTimeout`: \"30\": the unit is missing; write a time with its unit, such as 10s, 5m, 1h30m or 2d"
        ),
        ("limits: {offerTimout: 30s}", "c.yaml:6:10: `limits` has no key `offerTimout`; did you mean `offerTimeout`?"),
        (
            "limits: {logLimit: 64Mb4}",
            "c.yaml:6:20: `logLimit`: \"64Mb4\": \"4\" is left over; write an amount with its unit, such as 512M, 4GiB or 1.5T"
        ),
        ("limits: {failuresInRow: -1}", "c.yaml:6:25: `failuresInRow` expects a whole number from 0 to 1000, not `-1`"),
        (
            "limits: {lostAfter: 5s}",
            "c.yaml:6:21: `lostAfter` must be longer than `unreachableAfter`: a node is unreachable before it is lost"
        ),
        ("name:", "c.yaml:6:6: `name` expects a name, not nothing"),
        ("name: [a]", "c.yaml:6:7: `name` expects a name, not a list"),
        (
            "name: a b",
            "c.yaml:6:7: `a b` cannot name the cluster file: use letters, digits, `-`, `_`, `.`, and begin with a letter or digit"
        ),
    ])
    func wrongLinesAreTold(_ line: String, _ message: String) {
        #expect(problems(with(line)) == [message])
    }

    @Test(arguments: [
        ("max: 2", "max: 0", "`max` expects a whole number from 1 to 100000, not `0`"),
        ("max: 2", "min: 3\n    max: 2", "`min` is 3 and `max` is 2; lower `min` or raise `max`"),
        (
            "max: 2", "provider: libvirt\n    max: 2",
            "pool `rack` needs `image` or `kernel` in `libvirt`"
        ),
        (
            "max: 2", "provider: locl\n    max: 2",
            "`provider` expects one of `local`, `fixed`, `libvirt`, `terraform`, not `locl`; did you mean `local`?"
        ),
        ("cpus: 2", "cpus: 2m5", "`cpus`: \"2m5\": \"5\" is left over; write a number such as 2, 1.5 or 500m"),
        (
            "mem: 4GiB", "mem: 4096",
            "`mem`: \"4096\": the unit is missing; write an amount with its unit, such as 512M, 4GiB or 1.5T"
        ),
        (", mem: 4GiB", "", "machine type `small` needs `mem`"),
        ("mem: 4GiB", "mem: 4GiB, price: -1", "`price`: \"-1\": negative; write an amount such as $0.11"),
        ("mem: 4GiB", "mem: 4GiB, ports: 9-8", "`ports` expects numbers up to 65535 such as `31000-31999`, not `9-8`"),
        (
            "mem: 4GiB", "mem: 4GiB, ports: 1-70000",
            "`ports` expects numbers up to 65535 such as `31000-31999`, not `1-70000`"
        ),
        (
            "mem: 4GiB", "mem: 4GiB, attributes: {pool: x}",
            "`pool` is known of every node already; name the attribute otherwise"
        ),
        (
            "mem: 4GiB", "mem: 4GiB, licences: 4",
            "machine type `small` has no key `licences`; there are name, book, cpus, mem, disk, gpus, ports, sets, attributes, "
                + "price, priceSource"
        ),
    ])
    func wrongPoolsAreTold(_ old: String, _ new: String, _ message: String) {
        guard let range = Self.least.firstRange(of: old) else { return #expect(Bool(false), "nothing to replace") }
        let found = problems(String(Self.least[..<range.lowerBound]) + new + Self.least[range.upperBound...])
        #expect(found.contains { $0.hasSuffix(": \(message)") }, "found \(found)")
    }

    @Test func duplicatesAreTold() {
        let twice =
            Self.least + "\n  - {name: rack, max: 1, types: [{name: a, cpus: 1, mem: 1G}, {name: a, cpus: 1, mem: 1G}]}"
        #expect(
            problems(twice) == [
                "c.yaml:6:12: pool `rack` is given twice, first in line 2; rename one",
                "c.yaml:6:70: machine type `a` is given twice in pool `rack`; rename one",
            ])
        #expect(
            problems("name: a\nname: b") == [
                "c.yaml:1:1: `name` is given twice in the same place (here first); keep one"
            ])
        // Quoted or not, a key is a key.
        #expect(
            problems("1: a\n\"1\": b").first
                == "c.yaml:1:1: `1` is given twice in the same place (here first); keep one")
    }

    @Test func whatIsNotYAMLIsTold() {
        #expect(problems("") == ["c.yaml:1:1: the file is empty"])
        #expect(problems("pools: [").first?.hasPrefix("c.yaml:2:1: this is not YAML: ") == true)
        #expect(problems("a: b: c").first?.hasPrefix("c.yaml:1:5: this is not YAML: ") == true)
        #expect(problems("\tname: x").first?.hasPrefix("c.yaml:1:1: this is not YAML: ") == true)
        #expect(
            problems("name: a\n---\nname: b").first
                == "c.yaml:2:1: this is not YAML for one file: but found another document")
        #expect(problems("- a") == ["c.yaml:1:1: the cluster file is a mapping of keys to values, not a list"])
        #expect(problems("? [a, b]\n: c") == ["c.yaml:1:3: a key is one word, not a list"])
        #expect(problems("name: *nobody").first == "c.yaml:1:7: this is not YAML for one file: found undefined alias")
    }

    @Test func manyProblemsAreToldAtOnceAndCounted() {
        let keys = (1...30).map { "wrong\($0): 1" }.joined(separator: "\n")
        let found = problems(with(keys))
        #expect(found.count == FileFault.problemLimit + 1)
        #expect(found.last == "c.yaml: and 10 more")
        #expect(found.first?.hasPrefix("c.yaml:6:1:") == true)
    }

    @Test func limitsHold() throws {
        let long = with("# " + String(repeating: "x", count: ClusterFile.byteLimit))
        #expect(problems(long).first?.contains("the limit is \(ClusterFile.byteLimit)") == true)
        let deep = "name: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(problems(deep).first?.contains("nested deeper than 32 levels") == true)
        let deeper = "name: " + String(repeating: "[", count: 5_000)
        #expect(!problems(deeper).isEmpty)
    }

    @Test func builtInClusterIsACluster() throws {
        let small = ClusterConfiguration.builtInLocal(cpus: 2_000, mem: 4 << 30, disk: 20 << 30)
        #expect(small.pools.map(\.name) == ["local", "burst"])
        #expect(small.pools[0].minimum == 3 && small.pools[0].maximum == 3)
        #expect(small.pools[1].minimum == 0 && small.pools[1].maximum == 8)
        #expect(small.pools[0].types[0].resources.cpus == 1_000)
        #expect(small.pools[0].types[0].resources.mem * 3 < 4 << 30)
        #expect(small.pools.allSatisfy { $0.types[0].pricePerHour > 0 })
        // It could have been written.
        #expect(try ClusterFile.read(ClusterFileText.render(small), file: "built in") == small)
    }
}
