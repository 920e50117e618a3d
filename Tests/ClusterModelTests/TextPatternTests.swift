import ClusterModel
import Testing

/// The small regular expressions: what they match, what they refuse, and that no pattern is slow.
@Suite struct TextPatternTests {
    @Test(arguments: [
        ("abc", "xABCx"), ("a.c", "abc"), ("^abc$", "abc"), ("ab*c", "ac"), ("ab*c", "abbbc"), ("ab+c", "abc"),
        ("ab?c", "ac"), ("[a-c]+x", "bcax"), ("[^0-9]", "a"), ("a|b", "b"), ("(ab|cd)+e", "abcde"),
        ("\\d+\\.\\d", "v1.2"),
        ("", ""), ("x|", "q"), ("^$", ""), ("[]a]", "]"), ("[a-]", "-"), ("é+", "née"), ("[A-C]", "b"),
        ("\\w\\s\\w", "a b"),
        ("(a|b)*$", "xx"), ("a(b(c|d))?e", "abde"), ("^(a|^b)c", "bc"),
    ])
    func found(pattern: String, text: String) throws {
        #expect(try Pattern(pattern).matches(text), "\(pattern) in \(text)")
    }

    @Test(arguments: [
        ("abc", "abx"), ("^b", "ab"), ("a$", "ab"), ("ab+c", "ac"), ("[^a]", "a"), ("^(ab|cd)$", "abcd"), ("a.c", "ac"),
        ("\\d", "x"), ("^[a-c]*$", "abd"), ("a\\.b", "axb"), ("x", ""),
    ])
    func absent(pattern: String, text: String) throws {
        #expect(try !Pattern(pattern).matches(text), "\(pattern) in \(text)")
    }

    @Test(
        arguments: [("(a", 3), ("a)", 2), ("[a", 3), ("*a", 1), ("a**", 3), ("a\\", 3), ("[z-a]", 3)] as [(String, Int)]
    )
    func refused(pattern: String, column: Int) {
        let fault = #expect(throws: TextFault.self) { try Pattern(pattern) }
        #expect(fault?.column == column, "said: \(fault?.message ?? "")")
    }

    @Test func limits() {
        #expect(throws: TextFault.self) { try Pattern(String(repeating: "a", count: 257)) }
        let deep = String(repeating: "(", count: 40) + String(repeating: ")", count: 40)
        #expect(throws: TextFault.self) { try Pattern(deep) }
    }

    /// Patterns on which others take for ever end here; a failure would be a test run that does not end.
    @Test func noPatternIsSlow() throws {
        let text = String(repeating: "a", count: 1_000)
        #expect(try !Pattern("(a*)*b").matches(text))
        #expect(try !Pattern("(a|a)*b").matches(text))
        #expect(
            try !Pattern(String(repeating: "a?", count: 100) + String(repeating: "a", count: 50) + "b").matches(text))
    }
}
