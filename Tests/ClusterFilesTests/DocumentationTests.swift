import ClusterModel
import Foundation
import Testing

@testable import ClusterFiles

/// The pages on both files name every key, and the defaults that hold.
@Suite struct FileDocumentationTests {
    private func page(_ name: String) throws -> [Substring] {
        let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        return try String(contentsOf: folder.appendingPathComponent("../../docs/\(name)"), encoding: .utf8).split(
            separator: "\n")
    }

    @Test func limitsHaveTheirDefaults() throws {
        let lines = try page("cluster-file.md")
        let limits = Limits()
        for field in LimitField.all {
            let value =
                switch field.kind {
                case .interval(let path, _): Quantity.exact(limits[keyPath: path])
                case .count(let path, _): "\(limits[keyPath: path])"
                case .size(let path, _): Quantity.exact(bytes: limits[keyPath: path])
                }
            #expect(lines.contains { $0.hasPrefix("| `\(field.key)` | `\(value)` | ") }, "\(field.key) \(value)")
        }
    }

    @Test(arguments: [("cluster-file.md", "x: 1"), ("jobs-file.md", "- {x: 1}")])
    func keysAreNamed(_ name: String, _ text: String) throws {
        let lines = try page(name)
        let problems = Problems(file: "f")
        let tree = try YAMLTree.parse(text, file: "f", limit: 1_000)
        var words: [String] = []
        if name == "jobs-file.md", case .list(let items) = tree.content,
            var reader = MappingReader(items[0], subject: "a job", problems: problems)
        {
            _ = JobDraft(&reader, configuration: ClusterConfiguration())
            words = reader.asked
        } else if var reader = MappingReader(tree, subject: "the cluster file", problems: problems) {
            var configuration = ClusterConfiguration()
            ClusterFile.readAll(&reader, into: &configuration)
            words = reader.asked
        }
        #expect(words.count > 5)
        for word in words {
            #expect(
                lines.contains { $0.contains("`\(word)`") || $0.contains("`\(word).") }, "\(word) is missing in \(name)"
            )
        }
    }
}
