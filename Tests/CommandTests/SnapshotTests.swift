import Testing

@testable import Commands

/// All text that the command line prints: tables, JSON, help and errors.
@Suite struct SnapshotTests {
    private static let lists = ["nodes", "offers --all", "tasks --all", "jobs --all", "cost", "events", "explain cost"]

    @Test(arguments: lists) func tablesAndJSON(_ line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let name = words[0] + (words[0] == "explain" ? "-cost" : "")
        try TextSnapshot.check("\(name)-table", run(words, width: nil))
        try TextSnapshot.check("\(name)-80", run(words, width: 80))
        try TextSnapshot.check("\(name)-40", run(words, width: 40))
        try TextSnapshot.check("\(name)-json", run(words + ["--json"], width: nil))
    }

    private func run(_ words: [String], width: Int?) -> String {
        var shell = Shell()
        if let width {
            shell.environment.outputIsTerminal = true
            shell.environment.width = width
        }
        let result = shell.run(words)
        return result.code == 0 && result.errors.isEmpty ? result.out : "exit \(result.code)\n\(result.errors)"
    }

    @Test(arguments: [
        "", "submit", "nodes", "offers", "tasks", "jobs", "cost", "events", "logs", "kill", "hold", "release",
        "requeue",
        "priority", "node", "node add", "node remove", "shell", "cp", "doctor", "drain", "undrain", "scale", "scale out", "scale in", "autoscaler", "weight", "explain",
        "explain task", "apply", "note", "watch", "serve", "replay", "shutdown", "version",
        "recording check", "recording repair", "themes list", "themes show", "themes check",
    ])
    func help(_ verb: String) throws {
        let words = verb.split(separator: " ").map(String.init)
        let result = Shell().run(words + ["--help"])
        #expect(result.code == 0 && result.errors.isEmpty)
        try TextSnapshot.check("help-\(words.isEmpty ? "bellows" : words.joined(separator: "-"))", result.out)
    }

    @Test func errors() throws {
        let lines: [[String]] = [
            ["nodse"], ["frobnicate"], ["submit"], ["submit", "--cpu", "2", "--", "true"],
            ["submit", "--cpus", "two", "--", "true"], ["submit", "--mem", "4Gx", "--", "true"],
            ["submit", "--file", "a.yaml", "--", "true"], ["submit", "--file", "missing.yaml"],
            ["submit", "--file", "a.yaml", "--cpus", "2"], ["submit", "--after", "99", "--", "true"],
            ["submit", "--env", "NOT_THERE", "--", "true"], ["submit", "--resource", "x=1", "--", "true"],
            ["submit", "--role", "a//b", "--", "true"], ["tasks", "smi"], ["tasks", "--filter", "stat=ready"],
            ["nodes", "--filter", "state="], ["logs", "1"], ["logs", "1/9"], ["logs", "77"], ["logs", "2"],
            ["drain", "node1"],
            ["drain"], ["kill"], ["kill", "--filter", "role=nobody"], ["kill", "--filter", "role=hpc"],
            ["scale", "in", "node01"], ["scale", "in"], ["scale", "out", "brust"],
            ["scale", "out", "--type", "m.lrage", "burst"],
            ["shutdown"], ["priority", "5000", "1"], ["weight", "hpc", "0"], ["weight", "hcp", "1"],
            ["autoscaler", "maybe"],
            ["explain", "offer", "O-99"], ["explain", "node", "nowhere"], ["note"], ["apply", "missing.yaml"],
            ["nodes", "--jsn"],
        ]
        var text = ""
        for line in lines {
            let result = Shell().run(line)
            #expect(result.code != 0 && result.out.isEmpty, "\(line)")
            text += "$ bellows \(line.joined(separator: " "))\n\(result.errors)exit \(result.code)\n\n"
        }
        try TextSnapshot.check("errors", text)
    }
}
