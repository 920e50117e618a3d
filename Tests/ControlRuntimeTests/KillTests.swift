import CSys
import Glibc
import Testing

/// A core that is killed at random moments, with agents killed beside it: every accepted task ran exactly once, and its
/// exit status is true. BELLOWS_SEED repeats a run.
@Suite struct KillTests {
    @Test func killedCoresLoseNothingAndStartNothingTwice() throws {
        let seed = getenv("BELLOWS_SEED").flatMap { UInt64(String(cString: $0)) } ?? cs_clock_ns(0)
        var random = Seeded(state: seed)
        let folder = Support.folder()
        defer { Support.cleanUp(folder) }
        let probe = try #require(Self.probe())
        for round in 0..<8 {
            let pid = try #require(Self.spawn(probe, ["serve", folder, "2"], output: "\(folder)/out"))
            cs_sleep_ns((100 + random.next() % 1_400) * 1_000_000)
            if round % 3 == 2 {
                for name in ["local-1", "local-2"] where random.next() % 2 == 0 {
                    if let agent = AgentProcesses.pid(of: "\(folder)/agents/\(name)") { kill(agent, SIGKILL) }
                }
                cs_sleep_ns((random.next() % 300) * 1_000_000)
            }
            kill(pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            #expect(
                status & 0x7f == SIGKILL, "the core ended by itself: \(Support.read("\(folder)/out")), seed \(seed)")
        }
        let settle = try #require(Self.spawn(probe, ["settle", folder, "2"], output: "\(folder)/settled"))
        var status: Int32 = 0
        waitpid(settle, &status, 0)
        let settled = Support.read("\(folder)/settled")
        #expect(status == 0, "not everything ended: \(settled.suffix(2_000)), seed \(seed)")
        check(folder, settled, seed)
    }

    private func check(_ folder: String, _ settled: String, _ seed: UInt64) {
        let accepted = Support.read("\(folder)/accepted").split(separator: "\n").compactMap { UInt32($0) }
        let ran = Support.read("\(folder)/ran").split(separator: "\n").map(String.init)
        #expect(!accepted.isEmpty, "nothing was accepted, seed \(seed)")
        #expect(Set(ran).count == ran.count, "tasks ran twice: \(Self.repeated(ran)), seed \(seed)")
        var jobs: [UInt32: [Substring]] = [:]
        for line in settled.split(separator: "\n") {
            let parts = line.split(separator: " ")
            if let job = parts.first.flatMap({ UInt32($0) }) { jobs[job] = parts }
        }
        for job in accepted { #expect(jobs[job] != nil, "accepted job \(job) is lost, seed \(seed)") }
        let lines = Set(ran)
        for (job, parts) in jobs.sorted(by: { $0.key < $1.key }) {
            let expected = job % 7
            #expect(parts.count == 4 && parts[1] == (expected == 0 ? "finished" : "failed"), "\(parts), seed \(seed)")
            #expect(parts[2] == "\(expected)" && parts[3] == "1", "\(parts), seed \(seed)")
            #expect(lines.contains("\(job)/0"), "job \(job) is said to have run and did not, seed \(seed)")
        }
        #expect(!settled.contains("violation"), "\(settled.suffix(500)), seed \(seed)")
    }

    private static func repeated(_ lines: [String]) -> [String] {
        var seen: Set<String> = []
        return lines.filter { !seen.insert($0).inserted }
    }

    /// The probe program: beside the tests.
    static func probe() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { readlink("/proc/self/exe", $0.assumingMemoryBound(to: CChar.self), buffer.count) }
                ?? -1
        }
        guard count > 0 else { return nil }
        let folder = String(decoding: bytes[0..<count], as: UTF8.self).split(separator: "/").dropLast().joined(
            separator: "/")
        let path = "/\(folder)/core-probe"
        return access(path, X_OK) == 0 ? path : nil
    }

    static func spawn(_ program: String, _ arguments: [String], output: String) -> pid_t? {
        let words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var pid = pid_t()
        return posix_spawn(&pid, program, &actions, nil, words, cs_environ()) == 0 ? pid : nil
    }
}

/// SplitMix64: the same numbers for the same seed.
struct Seeded {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
