import Synchronization
import Testing

@testable import Commands

/// What is read without the parser is what the parser would have read; everything else is left to it.
@Suite struct QuickStartTests {
    private static let plain: [[String]] = [
        [], ["--ascii"], ["--socket", "/tmp/s"], ["--read-only", "--accessible", "--theme", "light"],
        ["--color", "256"], ["replay", "film"], ["replay", "/films/a.rec"], ["replay", "--ascii", "film"],
        ["replay", "film", "--color", "never", "--theme", "dark"],
    ]

    @Test(arguments: plain) func bothReadersSayTheSame(_ words: [String]) throws {
        let shell = Shell()
        let quick = try #require(QuickStart.read(words, in: shell.environment))
        let seen = Mutex<QuickStart.Request?>(nil)
        var environment = shell.environment
        environment.openConsole = { request in
            seen.withLock { $0 = .console(request) }
            return 0
        }
        environment.replay = { request in
            seen.withLock { $0 = .replay(request) }
            return 0
        }
        let command = try BellowsCommand.parseAsRoot(words)
        _ = try (command as? any ClusterCommand)?.execute(in: environment)
        #expect(seen.withLock { $0 } == quick, "\(words)")
    }

    @Test(arguments: [
        ["--help"], ["--socket"], ["--socket", "--ascii"], ["--color", "blue"], ["--cluster", "c.yaml"], ["nodes"],
        ["replay"], ["replay", "a", "b"], ["replay", "--socket", "s", "a"], ["--socket=x"], ["replay", "--", "a"], [""],
    ])
    func whatIsNotPlainIsLeftToTheParser(_ words: [String]) {
        #expect(QuickStart.read(words, in: Shell().environment) == nil, "\(words)")
    }
}
