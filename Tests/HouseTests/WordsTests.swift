import Foundation
import Testing

/// What must not stand in the repository: paths of one machine, promises not kept, build products.
@Suite struct WordsTests {
    @Test func noFileSpeaksOfTheMachineItWasMadeOn() throws {
        let banned = ["/ro" + "ot/", "/wo" + "rk/", "TO" + "DO", "FIX" + "ME"]
        for (file, text) in try texts() {
            for word in banned { #expect(!text.contains(word), "\(file) has \(word)") }
        }
    }

    @Test func linesStayWithinTheirWidth() throws {
        for (file, text) in try texts()
        where file.hasSuffix(".swift") && !file.hasPrefix("Tests/") && !file.contains("/Generated/") {
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                #expect(line.count <= 120, "\(file):\(number + 1) has \(line.count) columns")
            }
        }
    }

    private func texts() throws -> [(String, String)] {
        var result: [(String, String)] = []
        for folder in ["Sources", "Tests", "Benchmarks", "docs", "examples", "scripts", "themes"] {
            let base = ImportTests.root.appending(path: folder)
            guard let walk = FileManager.default.enumerator(atPath: base.path) else { continue }
            for case let name as String in walk {
                let path = base.appending(path: name).path
                guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
                result.append(("\(folder)/\(name)", text))
            }
        }
        return result
    }
}
