import AgentProtocol
import Glibc
import Testing

extension AgentSuite {
    /// Images: what the agent says and does around podman's command line. The program here is a script that stands in
    /// for podman and shows how it was called; it proves nothing of podman itself, which `realPodman` tries.
    @Suite struct ImageTests {
        /// Pulls for as long as a file `slow` is there, fails for `refused`, runs the command outside of any container.
        private static let standIn = """
            #!/bin/sh
            here=${0%/tools/podman}
            echo "$@" >> "$here/calls"
            case "$1 $2" in
            'image inspect') [ -e "$here/there" ] ;;
            'pull '*)
                while [ -e "$here/slow" ]; do sleep 0.05; done
                case "$2" in refused*) printf 'Trying to pull\\nError: manifest unknown\\n' >&2; exit 125 ;; esac
                touch "$here/there" ;;
            'run '*)
                while [ "$1" != --entrypoint ]; do shift; done
                program=$2; shift 3; exec "$program" "$@" ;;
            esac
            """

        private func agent(_ body: (AgentUnderTest, CoreSession) throws -> Void) throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            mkdir(agent.path("tools"), 0o755)
            Files.write(agent.path("tools/podman"), Self.standIn)
            chmod(agent.path("tools/podman"), 0o755)
            let path = "PATH=\(agent.path("tools")):/usr/bin:/bin"
            let words = ["/usr/bin/env", path, AgentUnderTest.program, "start", "--dir", agent.directory]
            #expect(try Program.run(words).code == 0)
            try body(agent, try agent.session())
        }
        private func calls(_ agent: AgentUnderTest) -> [String] {
            Files.text(agent.path("calls")).split(separator: "\n").map(String.init)
        }

        @Test func aPullIsAStage() throws {
            try agent { agent, session in
                Files.write(agent.path("slow"), "")
                session.launch(1, "echo said; exit 4") { launch in
                    launch.image = "example.org/tool:1"
                    launch.memoryBytes = 64 << 20
                    launch.cpuThousandths = 1_250
                    launch.environment = ["WORD=a b"]
                }
                let stage = try session.wait(1, .staging)
                #expect(stage.message == "pulling example.org/tool:1" && stage.sequence == 0)
                // It is told again to the next session, also by the next agent.
                agent.killHard(session.hello.pid)
                let path = "PATH=\(agent.path("tools")):/usr/bin:/bin"
                let words = ["/usr/bin/env", path, AgentUnderTest.program, "start", "--dir", agent.directory]
                #expect(try Program.run(words).code == 0)
                let next = try agent.session()
                #expect(next.inventory.map(\.state) == [.staging] && next.inventory[0].message == stage.message)
                unlink(agent.path("slow"))
                #expect(try next.wait(1, .running).message.isEmpty)
                let end = try next.end(of: 1)
                #expect(end.exitCode == 4 && Files.text(agent.path("tasks/1.0/stdout")) == "said\n", "\(end)")
                let run = try #require(calls(agent).first { $0.hasPrefix("run ") })
                let sandbox = agent.path("tasks/1.0")
                for part in [
                    "--rm --pull never --name bellows-", "--network host", "--volume \(sandbox):\(sandbox)",
                    "--workdir \(sandbox)", "--memory 67108864b --memory-swap 67108864b", "--cpus 1.250",
                    "--env WORD=a b",
                    "--env BELLOWS_SANDBOX=\(sandbox)", "--entrypoint /bin/sh example.org/tool:1 -c echo said; exit 4",
                ] { #expect(run.contains(part), "\(part) in \(run)") }
                #expect(calls(agent).last?.hasPrefix("rm -f bellows-") ?? false)
                #expect(calls(agent).filter { $0.hasPrefix("pull") }.count == 1)
                #expect(try FileNames.below(agent.path("containers")).isEmpty)
                // The second time it is there.
                next.launch(2, "true") { $0.image = "example.org/tool:1" }
                #expect(try next.end(of: 2).succeeded && calls(agent).filter { $0.hasPrefix("pull") }.count == 1)
            }
        }

        @Test func aPullFailsOrIsEnded() throws {
            try agent { agent, session in
                session.launch(1, "true") { $0.image = "refused:1" }
                let refused = try session.end(of: 1)
                #expect(refused.reason == .launchFailed && refused.step == .image)
                #expect(refused.message == "cannot pull refused:1: Error: manifest unknown", "\(refused.message)")
                Files.write(agent.path("slow"), "")
                session.launch(2, "true") { $0.image = "example.org/tool:1" }
                #expect(try session.wait(2, .staging).message == "pulling example.org/tool:1")
                session.send(.kill(AgentTaskKey(id: 2, attempt: 0), graceMilliseconds: 60_000))
                let killed = try session.end(of: 2)
                #expect(killed.reason == .killed && killed.message == "ended while example.org/tool:1 was pulled")
                #expect(!calls(agent).contains { $0.hasPrefix("run") })
                #expect(try FileNames.below(agent.path("containers")).isEmpty)
            }
        }

        /// The real podman, where this machine has one and lets it run.
        @Test func realPodman() throws {
            guard let podman = FileNames.program("podman") else {
                return print("SKIPPED: there is no podman on this machine")
            }
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            let session = try agent.session()
            // A registry that is not there: what podman says of it is what the operator reads.
            session.launch(9, "true") { $0.image = "localhost:1/none:1" }
            #expect(try session.wait(9, .staging).message == "pulling localhost:1/none:1")
            let unpulled = try session.end(of: 9)
            #expect(unpulled.message.hasPrefix("cannot pull localhost:1/none:1: Error: "), "\(unpulled)")
            #expect(unpulled.message.contains("connection refused"), "\(unpulled)")
            guard let root = try BusyboxRoot.made(at: agent.path("root")) else { return }
            let image = "localhost/bellows-test:\(getpid())"
            let made = try Program.run(
                ["/bin/sh", "-c", "tar -C \"$1\" -c . | \(podman) import - \(image) 1>&2", "sh", root])
            guard made.code == 0 else { return print("SKIPPED: podman cannot import an image here: \(made.error)") }
            defer { _ = try? Program.run([podman, "rmi", "-f", image]) }
            let tried = try Program.run([podman, "run", "--rm", "--network", "host", image, "/bin/true"])
            guard tried.code == 0 else {
                session.launch(8, "true") { $0.image = image }
                let refused = try session.end(of: 8)
                #expect(refused.reason == .launchFailed && refused.message.hasPrefix("Error"), "\(refused)")
                return print("SKIPPED: podman cannot run containers here: \(tried.error)")
            }
            session.launch(1, "pwd; echo x > own; exit 6") { $0.image = image }
            #expect(try session.end(of: 1).exitCode == 6)
            #expect(Files.text(agent.path("tasks/1.0/own")) == "x\n")
            session.launch(2, "") { ($0.image, $0.arguments) = (image, ["no-such-program"]) }
            let missing = try session.end(of: 2)
            #expect(missing.reason == .launchFailed && missing.message.contains("no-such-program"), "\(missing)")
            session.launch(3, "trap 'exit 5' TERM; while :; do sleep 0.1; done") { $0.image = image }
            _ = try session.wait(3, .running)
            usleep(500_000)
            session.send(.kill(AgentTaskKey(id: 3, attempt: 0), graceMilliseconds: 30_000))
            #expect(try session.end(of: 3).exitCode == 5)
        }
    }
}
