import ConsoleView
import Foundation
import Testing

@testable import Console

@Suite struct ThemeLibraryTests {
    private func library(_ files: [String: String]) throws -> ThemeLibrary {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "bellows-themes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        return ThemeLibrary(folders: [folder.path])
    }

    @Test func aBase16FileIsATheme() throws {
        let library = try library([
            "sea.yaml":
                "scheme: \"Sea\"\nbase00: \"001122\"\nbase05: \"ddeeff\"\nbellows:\n  node.draining: base0A bold\n"
        ])
        #expect(library.names.contains("sea") && library.names.contains("dark"))
        let theme = try library.theme(named: "sea")
        #expect(theme.palette[0] == RGB(hex: "001122"))
    }

    @Test func mistakesHaveTheirPlace() throws {
        let library = try library([
            "bad.yaml": "base00: \"zz\"\nbase0Z: \"001122\"\n",
            "twice.yaml": "base00: \"001122\"\nbase00: \"001122\"\n",
        ])
        do {
            _ = try library.theme(named: "bad")
            Issue.record("a wrong theme was taken")
        } catch { #expect(error.description.contains("bad.yaml:1:9")) }
        do {
            _ = try library.theme(named: "twice")
            Issue.record("a key given twice was taken")
        } catch { #expect(error.description.contains("twice")) }
    }

    @Test func unknownThemesNameTheNearest() throws {
        let library = try library([:])
        do {
            _ = try library.theme(named: "drak")
            Issue.record("an unknown theme was taken")
        } catch { #expect(error.description.contains("dark")) }
        #expect(throws: ThemeError.self) { try library.theme(named: "../dark") }
    }

    @Test func shippedThemesAreRight() throws {
        let themes = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("themes").path
        let library = ThemeLibrary(folders: [themes])
        #expect(library.names.contains("high-contrast"), "no theme files in \(themes)")
        for name in library.names { _ = try library.theme(named: name) }
    }
}
