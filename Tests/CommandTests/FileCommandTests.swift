import ClusterModel
import ConsoleView
import Testing

@testable import Commands

/// `recording` and `themes`: verbs that need no core.
@Suite struct FileCommandTests {
    private func facts(_ gaps: [RecordingFacts.Gap] = []) -> RecordingFacts {
        var facts = RecordingFacts()
        facts.segments = [.init(path: "/films/session.000001.rec", bytes: 8_192, isClosed: gaps.isEmpty)]
        facts.records = [.init(kind: "snapshot", count: 1), .init(kind: "events", count: 12)]
        facts.range =
            Instant(microseconds: 1_795_348_800_000_000)...Instant(microseconds: 1_795_348_860_000_000)
        facts.gaps = gaps
        return facts
    }

    @Test func aWholeRecordingIsSaidToBe() {
        var shell = Shell()
        let found = facts([.init(text: "lost 30.0 s (no core was recording)", from: nil, isHarmless: true)])
        shell.environment.checkRecording = { path in
            #expect(path == "/home/anna/film")
            return found
        }
        let result = shell.run("recording", "check", "film")
        #expect(result.code == 0 && result.errors.isEmpty)
        for text in [
            "files     1, 8K", "2026-11-22 12:00:00", "events             12", "no core was recording", "whole\n",
        ] {
            #expect(result.out.contains(text), "\(text) in \(result.out)")
        }
    }

    @Test func whatIsMissingIsSaidAndFails() {
        var shell = Shell()
        let found = facts([
            .init(
                text: "lost the rest (end torn off, 312 bytes of segment 1)",
                from: Instant(microseconds: 1_795_348_800_000_000), isHarmless: false)
        ])
        shell.environment.checkRecording = { _ in found }
        let result = shell.run("recording", "check", "/films")
        #expect(result.code == 1)
        #expect(result.out.contains("2026-11-22 12:00:00  lost the rest") && result.out.contains("not whole"))
        let json = shell.run("recording", "check", "--json", "/films")
        #expect(json.code == 1)
        #expect(json.out.hasPrefix("{\"whole\": false, \"from\": \"2026-11-22T12:00:00.000Z\""), "\(json.out)")
        #expect(json.out.contains("\"records\": {\"snapshot\": 1, \"events\": 12}"))
    }

    @Test func aRepairedCopyIsNamed() {
        var shell = Shell()
        shell.environment.repairRecording = { path, folder in
            #expect(path == "/films")
            return RepairedRecording(folder: folder ?? "/films-repaired", segments: 3)
        }
        #expect(shell.run("recording", "repair", "/films").out.hasPrefix("3 files written into /films-repaired;"))
        #expect(shell.run("recording", "repair", "--into", "copy", "/films").out.contains("/home/anna/copy"))
    }

    @Test func themesAreListedShownAndChecked() {
        var shell = Shell()
        shell.environment.themes.list = { [.init(name: "dark", path: ""), .init(name: "sea", path: "/t/sea.yaml")] }
        shell.environment.themes.problems = { $0 == "sea" ? ["/t/sea.yaml:3:9: base00: \"zz\" is no colour"] : [] }
        #expect(shell.run("themes").out == "dark  built in\nsea   /t/sea.yaml\n")
        #expect(shell.run("themes", "list", "--json").out.contains("{\"theme\": \"dark\", \"file\": null}"))
        let shown = shell.run("themes", "show", "dark")
        #expect(shown.out.hasPrefix("dark, dark\n") && shown.out.contains("base0D  #7fb2f0"))
        #expect(shown.out.contains("node.draining") && !shown.out.contains("\u{1B}"))
        shell.environment.outputIsTerminal = true
        #expect(shell.run("themes", "show", "dark").out.contains("\u{1B}[0;"))
        let checked = shell.run("themes", "check")
        #expect(checked.code == 1 && checked.out == "dark: sound\n" && checked.errors.contains("sea.yaml:3:9"))
        #expect(shell.run("themes", "show", "no-such").code == 5)
    }
}
