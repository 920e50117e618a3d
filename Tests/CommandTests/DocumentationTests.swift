import Foundation
import Testing

@testable import Commands

/// docs/commands.md names everything that there is: verbs, options, JSON keys, exit codes.
@Suite struct DocumentationTests {
    private static let page: String = {
        let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        let file = folder.appendingPathComponent("../../docs/commands.md")
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }()

    @Test(arguments: [
        "", "submit", "nodes", "offers", "tasks", "jobs", "cost", "events", "logs", "kill", "hold", "release",
        "requeue",
        "priority", "node add", "node remove", "shell", "cp", "doctor", "drain", "undrain", "scale out", "scale in", "autoscaler", "weight", "explain task", "explain cost",
        "apply", "note", "watch", "serve", "replay", "shutdown", "version",
        "recording check", "recording repair", "themes list", "themes show", "themes check",
        "orphans list", "orphans end", "orphans adopt", "orphans keep", "terraform scaffold",
        "priority", "drain", "undrain", "scale out", "scale in", "autoscaler", "weight", "explain task", "explain cost",
        "apply", "note", "watch", "serve", "api forward", "replay", "shutdown", "version",
    ])
    func everyOptionIsDocumented(_ verb: String) {
        let words = verb.split(separator: " ").map(String.init)
        let help = Shell().run(words + ["--help"]).out
        if !verb.isEmpty { #expect(Self.page.contains("`\(words[0])"), "\(verb) is missing in docs/commands.md") }
        for option in help.matches(of: /(--[a-z][a-z-]+)/).map({ String($0.1) }) where option != "--help" {
            #expect(
                Self.page.contains("`\(option)") || Self.page.contains("\(option) "), "\(verb) \(option) is missing")
        }
    }

    @Test func everyKeyIsDocumented() {
        let context = Shell().context
        check("nodes", NodeList.make(context).columns.map { ($0.key, $0.field) })
        check("offers", OfferList.make(context, closed: true).columns.map { ($0.key, $0.field) })
        check("tasks", TaskList.make(context, jobs: nil, ended: true).columns.map { ($0.key, $0.field) })
        check("jobs", JobList.make(context, jobs: nil, ended: true).columns.map { ($0.key, $0.field) })
        check("events", EventList.make(context, []).columns.map { ($0.key, $0.field) })
    }

    private func check(_ verb: String, _ columns: [(key: String, field: String?)]) {
        let line = Self.page.split(separator: "\n").first { $0.hasPrefix("| `\(verb)` | `") } ?? ""
        for (key, field) in columns {
            if !key.isEmpty { #expect(line.contains("`\(key)`"), "\(verb): key \(key) is missing") }
            if let field { #expect(line.contains("[\(field)]"), "\(verb): field \(field) is missing") }
        }
    }

    @Test func everyExitCodeIsDocumented() {
        for code in ExitCode.allCases {
            #expect(Self.page.contains("| \(code.rawValue) | "), "exit code \(code.rawValue)")
        }
    }
}

extension Shell {
    /// The fake cluster as lists see it.
    var context: ListContext {
        let frame = cluster.frame()
        return ListContext(state: frame.state, now: frame.now)
    }
}
