import ClusterModel
import ClusterSource
import Synchronization
import Testing

@testable import Commands

/// What verbs ask of a core, and what they do with its answer.
@Suite struct ActionTests {
    @Test func submitBuildsTheJob() throws {
        let shell = Shell()
        let result = shell.run(
            "submit", "--cpus", "2", "--mem", "4GiB", "--count", "100", "--name", "sim", "--role", "hpc", "--cwd",
            "data",
            "--env", "A=b=c", "--env", "LANG", "--input", "/in", "--output", "out-%j", "--time-limit", "1h30m",
            "--retries", "3",
            "--after", "1", "--where", "rack=r1", "--priority", "-5", "--grace", "1s", "--hold", "--", "./x", "--help",
            "-f")
        #expect(result.code == 0 && result.out == "done\n", "\(result)")
        guard case .submit(let request)? = shell.actions.first, let job = request.jobs.first else {
            return #expect(Bool(false), "nothing was submitted")
        }
        #expect(job.argv == ["./x", "--help", "-f"])
        #expect(job.need == ResourceVector(cpus: 2_000, mem: 4 << 30))
        #expect(job.name == "sim" && job.role == "hpc" && job.count == 100 && job.priority == -5 && job.hold)
        #expect(job.directory == "/home/anna/data" && job.input == "/in" && job.output == "/home/anna/out-%j")
        #expect(job.environment == ["A=b=c", "LANG=C"])
        #expect(job.timeLimit == .minutes(90) && job.grace == .seconds(1) && job.retries == 3)
        #expect(job.after == [JobID(raw: 1)] && job.requirement == "rack=r1")
    }

    @Test func submitFillsIn() {
        let shell = Shell()
        _ = shell.run("submit", "/usr/bin/make", "-j4")
        guard case .submit(let request)? = shell.actions.first else { return #expect(Bool(false)) }
        #expect(request.jobs.map(\.argv) == [["/usr/bin/make", "-j4"]])
        // The program's name, and the first role that the cluster lists.
        #expect(request.jobs.map(\.name) == ["make"] && request.jobs.map(\.role) == ["hpc"])
        #expect(request.jobs[0].need == ResourceVector(cpus: 1_000, mem: 256 << 20))
    }

    @Test func submitReadsFiles() {
        var shell = Shell()
        shell.environment.readFile = { path, _ in
            path == "a.yaml" ? "- {name: a, command: x}\n- {command: y, after: a}" : "- {"
        }
        shell.cluster.answer.withLock {
            $0 = ActionAnswer(accepted: true, message: "2 jobs", jobs: [JobID(raw: 8), JobID(raw: 9)])
        }
        #expect(shell.run("submit", "--file", "a.yaml", "--quiet").out == "8\n9\n")
        #expect(
            shell.run("submit", "-f", "a.yaml", "--json").out
                == "{\"accepted\": true, \"message\": \"2 jobs\", \"jobs\": [8, 9]}\n")
        guard case .submit(let request)? = shell.actions.first else { return #expect(Bool(false)) }
        #expect(request.afterPositions == [[], [0]])
        #expect(request.jobs.map(\.role) == ["hpc", "hpc"])
        let wrong = shell.run("submit", "--file", "b.yaml")
        #expect(wrong.code == 2 && wrong.errors.contains("b.yaml:"))
    }

    @Test func refusalsAreFailures() {
        let shell = Shell()
        shell.cluster.answer.withLock { $0 = ActionAnswer(accepted: false, message: "no room; ask for less") }
        let result = shell.run("hold", "sim")
        #expect(result.code == 1 && result.errors == "bellows: no room; ask for less\n" && result.out.isEmpty)
        let json = shell.run("hold", "sim", "--json")
        #expect(
            json.code == 1
                && json.out == "{\"accepted\": false, \"message\": \"no room; ask for less\", \"jobs\": []}\n")
    }

    @Test func namesBecomeThings() {
        let shell = Shell()
        _ = shell.run("kill", "1/3", "sim-1/2", "train", "3")
        _ = shell.run("requeue", "quick-3/0")
        _ = shell.run("drain", "node01", "kvm-1", "--patience", "5m")
        _ = shell.run("priority", "7", "sim")
        _ = shell.run("weight", "ml", "2.5")
        _ = shell.run("autoscaler", "dry-run")
        _ = shell.run("note", "--mark", "deploy", "version", "7")
        let all = TaskSelection.all
        let job = { JobID(raw: $0) }
        #expect(
            shell.actions == [
                .kill(
                    TaskSelection([
                        TaskID(job: job(1), index: 3), TaskID(job: job(1), index: 2), TaskID(job: job(2), index: all),
                        TaskID(job: job(3), index: all),
                    ])),
                .requeue(TaskSelection([TaskID(job: job(3), index: 0)])),
                .drain(NodeSelection(["node01", "kvm-1"], patience: .minutes(5))),
                .priority(JobPriority(jobs: [job(1)], priority: 7)),
                .weight(RoleWeight(path: "ml", weight: 2_500)),
                .autoscaler(.dryRun),
                .note(NoteText(mark: "deploy", text: "version 7")),
            ])
    }

    @Test func plansAreShownBeforeTheyAreDone() {
        var shell = Shell()
        shell.cluster.planned.withLock {
            $0.possible = true
            $0.lines = ["2 x m.large in burst", "ready in about 30s"]
            $0.ratePerHourDelta = 180_000
            $0.fingerprint = "f1"
        }
        // Nobody to ask: buying goes ahead, ending does not.
        #expect(shell.run("scale", "out", "burst", "2").code == 0)
        #expect(shell.run("scale", "in", "kvm-1").code == 2)
        #expect(shell.run("scale", "in", "kvm-1", "--yes").code == 0)
        #expect(
            shell.run("scale", "out", "burst", "2", "--plan").out
                == "2 x m.large in burst\nready in about 30s\ncost +$0.18/h\n")
        #expect(
            shell.actions == [
                .scaleOut(ScaleOut(pool: "burst", count: 2)), .scaleIn(NodeSelection(["kvm-1"])),
            ])
        // Somebody to ask: what was shown is given back with the wish.
        shell.environment.inputIsTerminal = true
        shell.environment.ask = { _ in "y" }
        let shown = shell.run("scale", "in", "--pool", "burst")
        #expect(shown.code == 0 && shown.errors == "2 x m.large in burst\nready in about 30s\n")
        #expect(shell.cluster.asked.withLock { $0.last?.confirmed } == "f1")
        shell.environment.ask = { _ in "" }
        #expect(shell.run("shutdown").code == 1)
        shell.cluster.planned.withLock { $0 = ActionPlan(refusal: "the pool is full") }
        shell.environment.ask = { _ in "y" }
        let refused = shell.run("scale", "out", "burst")
        #expect(refused.code == 1 && refused.errors == "the pool is full\n")
        #expect(shell.actions.count == 3)
    }

    @Test func leastBusyNodesGoFirst() {
        let shell = Shell()
        _ = shell.run("scale", "in", "--pool", "rack-a", "--count", "2", "--yes")
        // node02 has one task, node10 none, node01 three.
        #expect(shell.actions == [.scaleIn(NodeSelection(["node10", "node02"]))])
        #expect(shell.run("scale", "in", "--pool", "rack-a", "--count", "9", "--yes").code == 1)
    }

    @Test func filtersChooseTasks() {
        let shell = Shell()
        #expect(shell.run("kill", "--filter", "node=node02", "--yes").code == 0)
        #expect(shell.actions == [.kill(TaskSelection([TaskID(job: JobID(raw: 1), index: 3)]))])
    }

    @Test func applyShowsTheDifference() throws {
        var shell = Shell()
        let present = shell.run("apply").out
        #expect(present.hasPrefix("name: hpc-lab\n"))
        shell.environment.readFile = { path, _ in
            path == "same.yaml" ? present : present.replacing("max: 8", with: "max: 9")
        }
        #expect(shell.run("apply", "same.yaml").out == "nothing changes\n")
        #expect(shell.run("apply", "new.yaml").out == "pools.burst.max: 8 -> 9\ndone\n")
        guard case .apply(let change)? = shell.actions.last else { return #expect(Bool(false), "nothing was applied") }
        #expect(change.configuration.pools[1].maximum == 9)
        shell.environment.readFile = { _, _ in "pool: []" }
        let wrong = shell.run("apply", "wrong.yaml")
        #expect(wrong.code == 2 && wrong.errors.contains("did you mean `pools`?") && shell.actions.count == 1)
    }

    @Test func logsAreBytesAsTheyAre() {
        let shell = Shell()
        #expect(shell.run("logs", "1/0").out == "stdout of 1/0\n")
        let lost = shell.run("logs", "--stderr", "--follow", "quick")
        #expect(lost.out == "stderr of 3/0\n" && lost.code == 1 && lost.errors == "bellows: the node is out of reach\n")
    }

    @Test func waitingEndsWithTheTasksStatus() {
        let state = ScenarioBuilder.lab().state
        #expect(JobWaiting.status([JobID(raw: 3)], state) == 2)
        var lab = ScenarioBuilder.lab()
        let ok = lab.job("ok")
        lab.run(ok, on: NodeID(raw: 0))
        lab.end(ok)
        #expect(JobWaiting.status([ok], lab.state) == 0)
        let shell = Shell(lab.frame)
        shell.cluster.answer.withLock { $0 = ActionAnswer(accepted: true, message: "", jobs: [JobID(raw: 3)]) }
        #expect(shell.run("submit", "--wait", "--", "false").code == 2)
    }

    @Test(arguments: [
        ("1/3", "task(1/3)"), ("train", "task(2/0)"), ("sim", "job("), ("kvm-1", "node(\"kvm-1\")"), ("burst", "pool("),
        ("ml", "role("), ("O-7", "offer("),
    ])
    func explainSeesWhatIsMeant(_ name: String, _ question: String) {
        let result = Shell().run("explain", name)
        #expect(result.code == 0 && result.out.contains(question), "\(result)")
    }

    @Test func failuresToConnectKeepTheirCode() {
        var shell = Shell()
        shell.environment.connect = { _ in throw CommandFailure(.noCore, "no core is running") }
        let result = shell.run("nodes")
        #expect(result.code == 3 && result.errors == "bellows: no core is running\n")
    }

    @Test func readingVerbsAskForReadingOnly() {
        var shell = Shell()
        let wishes = Wishes()
        let cluster = shell.cluster
        shell.environment.connect = { request in
            wishes.seen.withLock { $0.append(request) }
            return cluster
        }
        _ = shell.run("nodes", "--socket", "/tmp/x.sock")
        _ = shell.run("hold", "sim")
        #expect(wishes.seen.withLock { $0.map(\.readOnly) } == [true, false])
        #expect(wishes.seen.withLock { $0.first?.socket } == "/tmp/x.sock")
    }

    final class Wishes: Sendable {
        let seen = Mutex<[ConnectRequest]>([])
    }
}

/// `bellows node`: hosts are spelled out and become specs; what is wrong is refused before the core is asked.
@Suite struct NodeCommandTests {
    @Test func hostsBecomeSpecs() {
        let shell = Shell()
        let result = shell.run(
            "node", "add", "gpu[01-02].lab", "anna@big:2222", "--resources", "cpus:2", "--attributes", "rack:a",
            "--domain", "{}", "--without-capability", "X")
        #expect(result.code == 0, "\(result)")
        guard case .addNodes(let request)? = shell.actions.first else { return #expect(Bool(false)) }
        #expect(request.specs.map(\.name) == ["gpu01.lab", "gpu02.lab", "big-2222"])
        #expect(request.specs.map(\.address) == ["ssh://gpu01.lab", "ssh://gpu02.lab", "ssh://anna@big:2222"])
        #expect(request.specs.allSatisfy { $0.transport == .ssh && $0.resources.cpus == 2_000 && $0.missing == ["X"] })
        #expect(request.specs[0].attributes == [Attribute(name: "rack", text: "a")] && request.specs[0].domain == "{}")
    }

    @Test func localAndSimulatedNodesTakeTheirNames() {
        let shell = Shell()
        #expect(shell.run("node", "add", "--simulated", "s", "--count", "5", "--hostname", "h").code == 0)
        #expect(shell.run("node", "add", "--local", "a1").code == 0)
        guard shell.actions.count == 2, case .addNodes(let many) = shell.actions[0],
            case .addNodes(let one) = shell.actions[1]
        else { return #expect(Bool(false)) }
        #expect(many.count == 5 && many.specs.map(\.address) == ["simulated:s"] && many.specs[0].hostname == "h")
        #expect(one.specs.map(\.transport) == [.local])
    }

    @Test(arguments: [
        "node add", "node add --local --simulated x", "node add --count 2 x", "node add -- -x", "node add h:0",
        "node add a[1-", "node add --resources cpu:1 x", "node add --name y a b", "node add --local a/b",
    ])
    func whatIsWrongIsRefusedHere(_ line: String) {
        let shell = Shell()
        let result = shell.run(line.split(separator: " ").map(String.init))
        #expect(result.code == 2 && shell.actions.isEmpty, "\(result)")
    }
}
