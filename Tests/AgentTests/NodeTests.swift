import AgentProtocol
import Glibc
import Testing

extension AgentSuite {
    /// What the agent does for its node: samples, cleaning, limits, and living on a bare root.
    @Suite struct NodeTests {
        @Test func samplesOfNodeAndTasks() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            session.launch(1, "while :; do :; done")
            _ = try session.wait(1, .running)
            session.send(.sampleEvery(milliseconds: 100))
            var busy: UInt64 = 0
            while true {
                guard case .sample(let sample) = try session.next() else { continue }
                #expect(sample.memoryBytes > sample.memoryUsedBytes && sample.memoryUsedBytes > 0)
                #expect(sample.diskFreeBytes > 0 && sample.nowNanoseconds > 0)
                #expect(sample.busyNanoseconds + sample.idleNanoseconds > 0)
                #expect(sample.tasks.count == 1)
                guard let task = sample.tasks.first else { return }
                #expect(task.residentBytes > 4096 && task.processes == 1 && task.cpuNanoseconds >= busy)
                busy = task.cpuNanoseconds
                if busy > 100_000_000 { break }
            }
            session.send(.sampleEvery(milliseconds: 0))
            try session.settle()
        }

        @Test func finishedTasksGoByAgeAndByCount() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start(["--keep-tasks", "3"])
            let session = try agent.session()
            for id in UInt64(1)...6 {
                session.launch(id, "echo said")
                let end = try session.end(of: id)
                if id != 1 { session.acknowledge(end) }
            }
            // Task 1 is not acknowledged and stays; of 2 to 6 the last three stay.
            try waitUntil("old sandboxes are gone") { !Files.exists(agent.path("tasks/3.0")) }
            for id in [1, 4, 5, 6] { #expect(Files.exists(agent.path("tasks/\(id).0"))) }
            let again = try agent.session()
            #expect(again.inventory.map { $0.key.id } == [1, 4, 5, 6])
            again.send(.retention(AgentRetention(keepMilliseconds: 1)))
            try waitUntil("all settled sandboxes are gone") { !Files.exists(agent.path("tasks/6.0")) }
            #expect(Files.exists(agent.path("tasks/1.0")))
            again.send(.retention(AgentRetention(keepMilliseconds: 3_600_000, freeDiskBytes: 1 << 60)))
            again.acknowledge(try again.end(of: 1))
            try waitUntil("a short disk takes the rest") { !Files.exists(agent.path("tasks/1.0")) }
            agent.killHard(again.hello.pid)
            try agent.start()
            #expect(try agent.session().inventory.isEmpty)
        }

        @Test func theJournalStaysSmall() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start(["--keep-tasks", "20", "--no-sync"])
            let session = try agent.session()
            session.launch(1, "sleep 1000")
            let running = try session.wait(1, .running)
            let filler = "X=" + String(repeating: "y", count: 120_000)
            for id in UInt64(2)...400 {
                session.launch(id, "exit 1") { $0.environment = [filler] }
                session.acknowledge(try session.end(of: id))
            }
            var bytes = 0
            var names = 0
            for number in 1...40 {
                let digits = String(number + 1_000_000).dropFirst()
                guard let facts = Files.facts(agent.path("journal.\(digits)")) else { continue }
                bytes += Int(facts.st_size)
                names += 1
            }
            #expect(bytes < 24 << 20, "\(bytes) bytes in \(names) segments after 48 MB of launches")
            agent.killHard(session.hello.pid)
            try agent.start()
            let second = try agent.session()
            let found = try #require(second.inventory.first { $0.key.id == 1 })
            #expect(found.state == .running && found.pid == running.pid)
            #expect(second.inventory.count <= 22)
            second.send(.kill(found.key, graceMilliseconds: 1000))
            #expect(try second.end(of: 1).reason == .killed)
        }

        @Test func memoryIsHeldByGroupOrWatch() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            let hog = "x=$(head -c 300000000 /dev/zero | tr '\\0' a); sleep 100"
            session.launch(1, hog) { $0.memoryBytes = 64 << 20 }
            #expect(try session.end(of: 1).reason == .outOfMemory)
            guard session.hello.isolation != .none else {
                print("SKIPPED: no control group can be made here, so isolation is not tested")
                return
            }
            session.launch(2, hog) { launch in
                launch.memoryBytes = 64 << 20
                launch.isolate = true
            }
            // The shell's children may be the ones that the kernel kills; then the shell itself fails.
            let end = try session.end(of: 2)
            #expect(end.reason == .outOfMemory || end.exitCode != 0, "\(end)")
            session.launch(3, "cat /proc/self/cgroup; exit 3") { launch in
                launch.isolate = true
                launch.cpuThousandths = 500
                launch.maxProcesses = 50
            }
            #expect(try session.end(of: 3).exitCode == 3)
            #expect(Files.text(agent.path("tasks/3.0/stdout")).contains("/bellows/3.0."))
        }

        @Test func memoryOfAnIsolatedTaskIsWatchedWhereThereAreNoGroups() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start(["--cgroup", "off"])
            let session = try agent.session()
            #expect(session.hello.isolation == .none)
            session.launch(1, "x=$(head -c 300000000 /dev/zero | tr '\\0' a); sleep 100") { launch in
                launch.memoryBytes = 64 << 20
                launch.isolate = true
                launch.maxProcesses = 1
            }
            let end = try session.end(of: 1)
            #expect(end.reason == .outOfMemory && end.message.hasSuffix("its limit is 64 MiB"), "\(end)")
        }

        @Test func whatIsLeftInAGroupGoesWithATaskWhoseSupervisorWasKilled() throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            guard session.hello.isolation != .none else { return print("SKIPPED: no control group can be made here") }
            session.launch(1, "echo $PPID; cat /proc/self/cgroup; setsid sleep 1000 & exec sleep 1000") {
                $0.isolate = true
            }
            let output = agent.path("tasks/1.0/stdout")
            for _ in 0..<200 where !Files.text(output).contains("/bellows/1.0.") { usleep(20_000) }
            let supervisor = Files.text(output).prefix { $0 != "\n" }
            let name = "1.0.\(supervisor)"
            #expect(Files.text(output).contains("/bellows/\(name)"))
            kill(try #require(pid_t(supervisor)), SIGKILL)
            usleep(300_000)
            session.send(.kill(AgentTaskKey(id: 1, attempt: 0), graceMilliseconds: 0))
            _ = try session.end(of: 1)
            let find = "find /sys/fs/cgroup -type d -name '\(name)' 2>/dev/null | grep ."
            #expect(try Program.run(["/bin/sh", "-c", find]).code == 1, "its groups are removed")
        }

        @Test func aBareRootIsEnough() throws {
            guard geteuid() == 0, access("/bin/busybox", X_OK) == 0,
                try Program.run(["/bin/sh", "-c", "file -L /bin/busybox | grep -q static || ! ldd /bin/busybox"]).code
                    == 0
            else {
                print("SKIPPED: the bare root test needs root and a static /bin/busybox (package busybox-static)")
                return
            }
            let agent = try AgentUnderTest()
            defer { agent.end() }
            let root = agent.path("root")
            let make =
                "mkdir -p \(root)/bin && cp /bin/busybox \(root)/bin/ && cp \(AgentUnderTest.program) \(root)/agent"
            #expect(try Program.run(["/bin/sh", "-c", "\(make) && ln -s busybox \(root)/bin/sh"]).code == 0)
            let started = try Program.run(["/usr/sbin/chroot", root, "/agent", "start", "--dir", "/a"])
            #expect(started.code == 0, "\(started.error)")
            let session = try CoreSession("\(root)/a")
            try session.open()
            #expect(session.hello.bootID.isEmpty && session.hello.isolation == .none)
            session.launch(1, "echo bare; exit 12")
            let end = try session.end(of: 1)
            #expect(end.exitCode == 12 && end.reason == .exited, "\(end)")
            #expect(Files.text("\(root)/a/tasks/1.0/stdout") == "bare\n")
            session.launch(2, "/bin/busybox sleep 1000")
            _ = try session.wait(2, .running)
            agent.killHard(session.hello.pid)
            #expect(try Program.run(["/usr/sbin/chroot", root, "/agent", "start", "--dir", "/a"]).code == 0)
            let second = try CoreSession("\(root)/a")
            try second.open()
            second.send(.kill(AgentTaskKey(id: 2, attempt: 0), graceMilliseconds: 2000))
            #expect(try second.end(of: 2).reason == .killed)
            second.send(.shutdown(AgentShutdown(killTasks: true, graceMilliseconds: 0)))
            second.expectEnd()
        }
    }
}
