import AgentProtocol
import Glibc
import Testing

extension AgentSuite {
    /// Other users, and views of the file systems of a task's own.
    @Suite struct IsolationTests {
        private func agent(_ body: (AgentUnderTest, CoreSession) throws -> Void) throws {
            let agent = try AgentUnderTest()
            defer { agent.end() }
            try agent.start()
            try body(agent, try agent.session())
        }
        private func said(_ agent: AgentUnderTest, _ id: UInt64) -> String {
            Files.text(agent.path("tasks/\(id).0/stdout"))
        }

        @Test func aTaskRunsAsAnotherUser() throws {
            guard geteuid() == 0 else { return print("SKIPPED: only root can run tasks as other users") }
            try agent { agent, session in
                Files.write(agent.path("secret"), "mine")
                chmod(agent.path("secret"), 0o600)
                session.launch(1, "id -un; id -G; echo $USER; pwd; echo x > own && cat own; cat \(agent.path("secret"))") {
                    $0.runAs = "nobody"
                }
                let end = try session.end(of: 1)
                #expect(end.exitCode == 1, "it must not read what is root's: \(end)")
                let lines = said(agent, 1).split(separator: "\n").map(String.init)
                #expect(lines == ["nobody", "65534", "nobody", agent.path("tasks/1.0"), "x"])
                // What the submitter names is opened as that user too.
                session.launch(2, "cat") {
                    $0.runAs = "nobody"
                    $0.inputPath = agent.path("secret")
                }
                let refused = try session.end(of: 2)
                #expect(refused.reason == .launchFailed && refused.step == .input && refused.errno == UInt64(EACCES))
                session.launch(3, "true") { $0.runAs = "no-such-user" }
                let unknown = try session.end(of: 3)
                #expect(unknown.step == .user && unknown.message == "there is no user no-such-user on this node")
                // What the core sends along is that user's to read.
                session.launch(5, "cat hosts") { launch in
                    launch.runAs = "nobody"
                    launch.files = [.init(name: "hosts", content: Array("a b".utf8))]
                }
                #expect(try session.end(of: 5).succeeded && said(agent, 5) == "a b")
                // The next task does not inherit anything.
                session.launch(4, "id -un; ls -A | grep -v std")
                #expect(try session.end(of: 4).exitCode == 1)
                #expect(said(agent, 4) == "root\n")
            }
        }

        /// An agent that is not root: to its own user it need not change, to another it cannot.
        @Test func onlyRootChangesUsers() throws {
            guard geteuid() == 0 else { return print("SKIPPED: needs root to start an agent of another user") }
            let folder = "/tmp/bi\(getpid())"
            mkdir(folder, 0o700)
            chown(folder, 65_534, 65_534)
            defer { _ = try? Program.run(["/bin/rm", "-rf", folder]) }
            let as_nobody = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", AgentUnderTest.program]
            #expect(try Program.run(as_nobody + ["start", "--dir", "\(folder)/a"]).code == 0)
            defer {
                _ = try? Program.run(as_nobody + ["stop", "--dir", "\(folder)/a", "--kill-tasks", "--grace-ms", "0"])
            }
            let session = try CoreSession("\(folder)/a")
            defer { session.close() }
            try session.open(epoch: 1)
            session.launch(1, "id -un") { $0.runAs = "nobody" }
            #expect(try session.end(of: 1).succeeded)
            session.launch(2, "true") { $0.runAs = "root" }
            let refused = try session.end(of: 2)
            #expect(refused.step == .user && refused.message.contains("only an agent of root"))
            session.launch(3, "id -un") { launch in
                launch.runAs = "root"
                launch.mayKeepUser = true
            }
            #expect(try session.end(of: 3).succeeded)
            #expect(Files.text("\(folder)/a/tasks/3.0/stdout") == "nobody\n")
            // A view of its own needs no root where the kernel lets users have namespaces.
            session.launch(4, "id -u; touch /tmp/own-\(getpid()) && ls /tmp | head -n 3") { $0.privateTmp = true }
            let own = try session.end(of: 4)
            if own.reason == .launchFailed {
                #expect(own.step == .view && own.message.contains("namespaces"))
                print("SKIPPED: a user here may make no namespaces: \(own.message)")
            } else {
                #expect(own.succeeded && access("/tmp/own-\(getpid())", F_OK) != 0)
                #expect(Files.text("\(folder)/a/tasks/4.0/stdout").contains("65534\n"))
            }
        }

        @Test func aTaskHasATmpOfItsOwn() throws {
            guard geteuid() == 0 else { return print("SKIPPED: see onlyRootChangesUsers for what users can have") }
            try agent { agent, session in
                let mark = "/tmp/bellows-mark-\(getpid())"
                Files.write(mark, "outside")
                defer { unlink(mark) }
                session.launch(1, "cat \(mark); echo inside > \(mark); cat \(mark); echo $BELLOWS_SANDBOX; ls $BELLOWS_SANDBOX") {
                    $0.privateTmp = true
                }
                let end = try session.end(of: 1)
                if end.reason == .launchFailed { return print("SKIPPED: no namespaces here: \(end.message)") }
                #expect(end.succeeded)
                #expect(Files.text(mark) == "outside")
                let lines = said(agent, 1).split(separator: "\n").map(String.init)
                #expect(lines == ["inside", agent.path("tasks/1.0"), "stderr", "stdout"])
                session.launch(2, "touch /tmp/by-nobody && id -un; rm -rf /tmp/by-nobody") { launch in
                    launch.privateTmp = true
                    launch.runAs = "nobody"
                }
                #expect(try session.end(of: 2).succeeded && said(agent, 2) == "nobody\n")
            }
        }

        @Test func aTaskMayOnlyRead() throws {
            guard geteuid() == 0 else { return print("SKIPPED: see onlyRootChangesUsers for what users can have") }
            try agent { agent, session in
                let outside = agent.path("outside")
                let script = """
                    touch \(outside); touch /etc/bellows-mark && echo written; mkdir /usr/bellows-mark \
                    && echo written; echo a > own; echo b > /tmp/b; echo c > $BELLOWS_SANDBOX/c; cat own /tmp/b c; \
                    [ -d /dev/shm ] && echo d > /dev/shm/bellows-\(getpid()) && rm /dev/shm/bellows-\(getpid()); \
                    mount -o remount,rw,bind / 2>/dev/null; exit 0
                    """
                session.launch(1, script) { $0.readOnly = true }
                let end = try session.end(of: 1)
                if end.reason == .launchFailed { return print("SKIPPED: no namespaces here: \(end.message)") }
                #expect(end.succeeded && said(agent, 1) == "a\nb\nc\n", "\(said(agent, 1))")
                #expect(access(outside, F_OK) != 0 && access("/etc/bellows-mark", F_OK) != 0)
            }
        }
    }
}
