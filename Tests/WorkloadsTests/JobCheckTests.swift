import ClusterModel
import Testing

@testable import Workloads

/// Requests that could never be served are refused with cause and way out.
@Suite struct JobCheckTests {
    private func world() -> World {
        var configuration = ClusterConfiguration()
        configuration.scalars = ["fpga"]
        var (role, pool, type) = (RoleSpec(), PoolSpec(), MachineType())
        role.path = "eng/web"
        configuration.roles = [role]
        pool.name = "burst"
        pool.maximum = 3
        type.name = "large"
        type.resources = ResourceVector(cpus: 16_000, mem: 64 << 30)
        type.attributes = [Attribute(name: "gpu", text: "a100")]
        pool.types = [type]
        configuration.pools = [pool]
        var world = World()
        world.configure(configuration)
        world.node("n0", cpus: 4, mem: 1_024)
        return world
    }

    private func spec(_ change: (inout JobSpec) -> Void = { _ in }) -> JobSpec {
        var spec = JobSpec()
        spec.role = "eng/web"
        spec.argv = ["true"]
        spec.need = ResourceVector(cpus: 1_000)
        change(&spec)
        return spec
    }

    @Test func soundRequests() {
        let state = world().state
        #expect(JobCheck.problems(spec(), in: state) == nil)
        #expect(JobCheck.problems(spec { $0.need = ResourceVector(cpus: 16_000, mem: 64 << 30) }, in: state) == nil)
        #expect(JobCheck.problems(spec { $0.nodes = 4 }, in: state) == nil)
        #expect(JobCheck.problems(spec { $0.requirement = "gpu=a100" }, in: state) == nil)
        #expect(JobCheck.problems(spec { $0.requirement = "node=n0" }, in: state) == nil)
        #expect(JobCheck.problems(spec { $0.requirement = "arch=arm64" }, in: state) == nil, "known when it is there")
        #expect(JobCheck.problems(spec { $0.requirement = "gpu!=t4 or rack=r1" }, in: state) == nil)
        #expect(JobCheck.problems(spec { $0.need.cpus = 99_000 }, in: ClusterState()) == nil, "nothing is known yet")
    }

    @Test(arguments: [
        ("argv", "there is none"), ("nul", "NUL"), ("environment", "NAME=VALUE"), ("count", "count: is 0"),
        ("many", "over the limit"), ("gang", "cannot have a count"), ("nodes", "nodes: is 0"),
        ("priority", "-1000 to 1000"),
        ("time", "time limit: is negative"), ("role", "did you mean \"eng/web\"?"), ("path", "is no path"),
        ("negative", "cpus: is negative"), ("zero", "none are asked for"), ("lane", "no scalar number 5"),
        ("cpus", "the largest, burst/large, has 16"), ("mem", "mem: 65G is more than any machine has"),
        ("where", "column 5"), ("members", "at most 4"), ("ports", "no machine declares"), ("text", "more than 262144"),
        ("name", "U+2f"), ("blank", "holds a blank"), ("fpga", "fpga: 1 is more than any machine has"),
        ("attribute", "no machine has the attribute \"gpuu\"; did you mean \"gpu\"?"),
        ("value", "as \"gpu=t4\" asks"), ("small", "as \"pool=burst and cpus<16\" asks"),
    ])
    func refused(what: String, words: String) {
        let wrong = spec {
            switch what {
            case "argv": $0.argv = []
            case "nul": $0.argv = ["a", "b\0c"]
            case "environment": $0.environment = ["=x"]
            case "count": $0.count = 0
            case "many": $0.count = 1_000_001
            case "gang": ($0.nodes, $0.count) = (2, 3)
            case "nodes": $0.nodes = 0
            case "priority": $0.priority = 1_001
            case "time": $0.timeLimit = .seconds(-1)
            case "role": $0.role = "eng/wep"
            case "path": $0.role = "eng//web"
            case "negative": $0.need.cpus = -1
            case "zero": $0.need = .zero
            case "lane": $0.need.lanes[5] = 1
            case "cpus": $0.need.cpus = 17_000
            case "mem": $0.need.mem = 65 << 30
            case "where": $0.requirement = "gpu="
            case "members": $0.nodes = 5
            case "ports": $0.ports = 1
            case "text": $0.argv.append(String(repeating: "x", count: JobSpec.textLimit))
            case "name": $0.name = "a/b"
            case "blank": $0.role = "eng web"
            case "attribute": $0.requirement = "gpuu=a100"
            case "value": $0.requirement = "gpu=t4"
            case "small": $0.requirement = "pool=burst and cpus<16"
            case "fpga": $0.need.lanes[4] = 1_000
            default: break
            }
        }
        let said = JobCheck.problems(wrong, in: world().state)
        #expect(said?.contains(words) == true, "\(what) said: \(said ?? "nothing")")
    }
}
