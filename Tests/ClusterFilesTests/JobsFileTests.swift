import ClusterModel
import Foundation
import Testing

@testable import ClusterFiles

/// Jobs files: what they mean, and what every wrong one is told.
@Suite struct JobsFileTests {
    private func read(_ text: String, _ configuration: ClusterConfiguration = ClusterConfiguration()) throws
        -> SubmitJobs
    {
        try JobsFile.read(text, file: "j.yaml", configuration: configuration)
    }
    private func problems(_ text: String, _ configuration: ClusterConfiguration = ClusterConfiguration()) -> [String] {
        do {
            _ = try JobsFile.read(text, file: "j.yaml", configuration: configuration)
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    @Test func everyKeyIsRead() throws {
        var configuration = ClusterConfiguration()
        configuration.scalars = ["licences"]
        let text = """
            - name: prep
              command: make data
            - name: sim
              command: [./sim, -n, "012", no]
              cpus: 1.5
              mem: 2GiB
              disk: 1G
              gpus: 1
              licences: 3
              ports: 2
              sets: {tools: [b, a]}
              count: 100
              priority: -5
              role: eng/web
              where: gpu=a100 and rack!=r3
              after: [prep, 17, prep]
              env: {A: "1", B: no}
              cwd: /data
              input: in.txt
              output: out-%j-%i
              error: err
              timeLimit: 1h30m
              retries: 3
              grace: 30s
              logLimit: 1MiB
              hold: true
            - {command: [./ring], nodes: 4, user: ada, privateTmp: true, readOnly: true, image: /srv/a root}
            """
        let request = try read(text, configuration)
        #expect(request.jobs.count == 3)
        #expect(request.jobs[0].argv == ["sh", "-c", "make data"])
        #expect(request.jobs[0].need == ResourceVector(cpus: JobDefaults.cpus, mem: JobDefaults.mem))
        let job = request.jobs[1]
        #expect(job.argv == ["./sim", "-n", "012", "no"])
        #expect(job.need.cpus == 1_500 && job.need.mem == 2 << 30 && job.need.disk == 1 << 30 && job.need.gpus == 1_000)
        #expect(job.need.lanes[4] == 3_000 && job.ports == 2)
        #expect(job.words == [.init(name: "tools", items: ["a", "b"])])
        #expect(job.count == 100 && job.nodes == 1 && job.priority == -5 && job.role == "eng/web")
        #expect(job.requirement == "gpu=a100 and rack!=r3")
        #expect(job.after == [JobID(raw: 17)] && request.afterPositions[1] == [0])
        #expect(job.environment == ["A=1", "B=no"])
        #expect(job.directory == "/data" && job.input == "in.txt" && job.output == "out-%j-%i" && job.error == "err")
        #expect(job.timeLimit == .minutes(90) && job.retries == 3 && job.grace == .seconds(30))
        #expect(job.logLimit == 1 << 20 && job.hold)
        let around = request.jobs[2].surroundings.map { "\($0.name): \($0.value)" }
        #expect(around == ["image: /srv/a root", "runs as: ada", "private /tmp: yes", "read-only: yes"])
        #expect(request.jobs[2].nodes == 4 && request.afterPositions[2] == [])
    }

    @Test(arguments: [
        ("[]", "j.yaml:1:1: the jobs file holds no job"),
        ("jobs: []", "j.yaml:1:1: the jobs file holds no job"),
        ("{}", "j.yaml:1:1: the jobs file expects a list of jobs, or `jobs:`"),
        ("job: []", "j.yaml:1:1: the jobs file has no key `job`; did you mean `jobs`?"),
        ("hello", "j.yaml:1:1: the jobs file expects a list of jobs, or `jobs:`, not `hello`"),
        ("- 5", "j.yaml:1:3: a job is a mapping of keys to values, not `5`"),
        ("- name: a", "j.yaml:1:3: job `a` needs a `command`"),
        ("- command: []", "j.yaml:1:12: `command` expects a shell line or a list of program and arguments"),
        ("- command: {a: b}", "j.yaml:1:12: `command` expects a shell line or a list of program and arguments"),
        ("- {command: a, cpu: 2}", "j.yaml:1:16: a job has no key `cpu`; did you mean `cpus`?"),
        (
            "- {command: a, cpus: two}",
            "j.yaml:1:22: `cpus`: \"two\": not a number; write a number such as 2, 1.5 or 500m"
        ),
        (
            "- {command: a, mem: 4Gb2}",
            "j.yaml:1:21: `mem`: \"4Gb2\": \"2\" is left over; write an amount with its unit, such as 512M, 4GiB or 1.5T"
        ),
        ("- {command: a, count: 0}", "j.yaml:1:23: `count` expects a whole number from 1 to 1000000, not `0`"),
        (
            "- {command: a, count: 2, nodes: 2}",
            "j.yaml:1:33: a job has either `count` tasks or `nodes` that start as one, not both"
        ),
        (
            "- {command: a, priority: 2000}",
            "j.yaml:1:26: `priority` expects a whole number from -1000 to 1000, not `2000`"
        ),
        ("- {command: a, hold: maybe}", "j.yaml:1:22: `hold` expects `true` or `false`, not `maybe`"),
        ("- {command: a, cwd: data}", "j.yaml:1:21: `cwd` expects a whole path such as `/data`, not `data`"),
        (
            "- {command: a, image: ./root}",
            "j.yaml:1:23: `image` expects the whole path of a root file system's folder, such as `/srv/alpine`, or an image such as `docker.io/library/alpine:3.20`, not `./root`"
        ),
        (
            "- {command: a, gpus: 1, image: tool}",
            "j.yaml:1:32: `image` and gpus do not go together: gpus are not given to containers"
        ),
        ("- {command: a, env: [A=1]}", "j.yaml:1:21: `env` expects a mapping of names to values, not a list"),
        (
            "- {command: a, timeLimit: 90}",
            "j.yaml:1:27: `timeLimit`: \"90\": the unit is missing; write a time with its unit, such as 10s, 5m, 1h30m or 2d"
        ),
        (
            "- {command: a, after: b}",
            "j.yaml:1:23: `after` names `b`, which is neither a job in this file nor a number"
        ),
        (
            "- {name: prep, command: a}\n- {command: b, after: perp}",
            "j.yaml:2:23: `after` names `perp`, which is neither a job in this file nor a number"
        ),
        (
            "- {name: prepare, command: a}\n- {command: b, after: prepre}",
            "j.yaml:2:23: `after` names `prepre`, which is neither a job in this file nor a number; did you mean `prepare`?"
        ),
        (
            "- {name: a, command: a}\n- {name: a, command: b}",
            "j.yaml:2:3: job `a` is given twice, first in line 1; rename one"
        ),
        ("- {name: a, command: a, after: a}", "j.yaml:1:32: `after` goes in a circle: a -> a; take one link out"),
        (
            "- {name: a, command: a, after: b}\n- {name: b, command: b, after: c}\n- {name: c, command: c, after: b}",
            "j.yaml:2:32: `after` goes in a circle: b -> c -> b; take one link out"
        ),
    ])
    func wrongFilesAreTold(_ text: String, _ message: String) {
        #expect(problems(text) == [message])
    }

    @Test func rolesOfTheClusterAreTheOnes() {
        var configuration = ClusterConfiguration()
        for path in ["eng", "eng/web"] {
            var role = RoleSpec()
            role.path = path
            configuration.roles.append(role)
        }
        #expect(problems("- {command: a, role: eng}", configuration) == [])
        #expect(
            problems("- {command: a, role: eng/wed}", configuration) == [
                "j.yaml:1:22: the cluster has no role `eng/wed`; did you mean `eng/web`?"
            ])
    }

    @Test func longChainsAreNoCircle() throws {
        var text = ""
        for index in 0..<3_000 {
            text += "- {name: j\(index), command: x\(index == 0 ? "" : ", after: j\(index - 1)")}\n"
        }
        #expect(try read(text).jobs.count == 3_000)
    }

    @Test func tooManyJobsAreRefused() {
        let text = String(repeating: "- {command: x}\n", count: SubmitJobs.limit + 1)
        #expect(
            problems(text) == ["j.yaml:\(SubmitJobs.limit + 1):3: a jobs file takes at most \(SubmitJobs.limit) jobs"])
    }

    @Test func examplesAreRight() throws {
        let folder =
            URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().path.split(separator: "/").dropLast(3).reduce("")
        { $0 + "/" + $1 } + "/examples"
        let cluster = try String(contentsOfFile: "\(folder)/cluster.yaml", encoding: .utf8)
        let configuration = try ClusterFile.read(cluster, file: "examples/cluster.yaml")
        #expect(configuration.pools.map(\.name) == ["local", "burst"])
        let jobs = try String(contentsOfFile: "\(folder)/jobs.yaml", encoding: .utf8)
        let request = try read(jobs)
        #expect(request.jobs.map(\.name) == ["prepare", "count", "ring", "report"])
        #expect(request.afterPositions == [[], [0], [0], [1, 2]])
    }
}
