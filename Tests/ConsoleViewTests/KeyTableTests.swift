import Foundation
import Testing

@testable import ConsoleView

/// The one table: nothing means two things in one place, every word is unique, the page in docs is the table's.
@Suite struct KeyTableTests {
    @Test func noKeyMeansTwoThingsInOnePlace() {
        let bindings = KeyTable.bindings
        for (index, one) in bindings.enumerated() {
            for other in bindings[(index + 1)...] where !one.scope.isDisjoint(with: other.scope) {
                let shared = Set(one.keys).intersection(other.keys)
                #expect(shared.isEmpty, "\(shared) means \(one.word) and \(other.word)")
            }
        }
    }

    @Test func everyKeyNameIsKnownAndEveryWordIsUnique() {
        for binding in KeyTable.bindings {
            #expect(!binding.word.isEmpty && !binding.text.isEmpty)
            for key in binding.keys { #expect(Key(name: key.description) == key) }
        }
        let words = KeyTable.bindings.map(\.word)
        #expect(Set(words).count == words.count)
    }

    @Test func noControlKeyChangesTheCluster() {
        for binding in KeyTable.bindings where binding.changesCluster {
            for case .press(_, let held) in binding.keys { #expect(!held.contains(.control), "\(binding.word)") }
        }
    }

    @Test func keysOfTheDesignAreThere() {
        let names =
            "1 2 3 4 tab enter esc z / s S space v u + - d a x H r e o c w N m y q p b , . [ ] < > = Z ' L D W : ?"
        let all = Set(KeyTable.bindings.flatMap(\.keys))
        for name in names.split(separator: " ") {
            #expect(Key(name: String(name)).map { all.contains($0) } == true, "\(name)")
        }
    }

    @Test func documentationIsTheTables() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/keys.md")
        if ProcessInfo.processInfo.environment["BELLOWS_UPDATE_SNAPSHOTS"] != nil {
            try KeyDocumentation.markdown.write(to: file, atomically: true, encoding: .utf8)
        }
        let written = try String(contentsOf: file, encoding: .utf8)
        #expect(written == KeyDocumentation.markdown, "docs/keys.md differs; BELLOWS_UPDATE_SNAPSHOTS=1 rewrites it")
    }
}
