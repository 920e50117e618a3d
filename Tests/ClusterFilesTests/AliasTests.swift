import Testing

@testable import ClusterFiles

/// Anchors and aliases: useful in small numbers, refused before they stand for more than there is room for.
@Suite struct AliasTests {
    @Test func sharedValuesAreAllowed() throws {
        var text = "common: &env {A: b}\nother: &x 5\njobs:\n"
        for index in 0..<2_000 { text += "  - {name: j\(index), env: *env, n: *x}\n" }
        #expect(AliasBudget.allows(text))
        let tree = try YAMLTree.parse(text, file: "f", limit: 1 << 20)
        #expect(tree.kind == "a mapping")
    }

    @Test func globsAndAmpersandsAreNoAliases() {
        let line = "- {command: [ls, \"*x\"]}\n- command: a && b & c *.txt *foo\n"
        #expect(AliasBudget.allows(String(repeating: line, count: 500)))
    }

    @Test func bombsAreRefused() {
        var block = "a0: &a0 [x, x]\n"
        for level in 1...30 { block += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        // Each anchor holds two of the one before, on a line of its own: nested once, repeated without end.
        #expect(!AliasBudget.allows(block))
        #expect(throws: FileFault.self) { try YAMLTree.parse(block, file: "f", limit: 1 << 20) }
        #expect(throws: FileFault.self) {
            try YAMLTree.parse(block + "? *a30\n: 1\n? *a29\n: 2\n", file: "f", limit: 1 << 20)
        }
    }

    @Test func valuesThatAliasesMultiplyAreCounted() {
        let big = "a: &a [" + Array(repeating: "x", count: 1_000).joined(separator: ", ") + "]\n"
        let uses = "b: [" + Array(repeating: "*a", count: 2_000).joined(separator: ", ") + "]\n"
        #expect(throws: FileFault.self) { try YAMLTree.parse(big + uses, file: "f", limit: 1 << 20) }
    }
}
