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
        ("^a{2}$", "aa"), ("^(ab){1,3}c", "ababc"), ("^a{2,}$", "aaaaa"), ("^a{0,2}b", "b"), ("^x(y{2}z){2}$", "xyyzyyz"),
        ("^a{0}b$", "b"), ("^a{,2}$", "a{,2}"), ("^{a}$", "{a}"), ("^a{2,3}?$", "aaa"), ("^a+?b*?$", "aab"),
        ("^(?:ab|c)+$", "abc"), ("^\\D\\W\\S$", "a-b"), ("^node-[[:digit:]]{3}$", "node-017"), ("^[[:alpha:]_]+$", "a_B"),
        ("^[^[:space:]]+$", "abc"),
    ])
    func found(pattern: String, text: String) throws {
        #expect(try Pattern(pattern).matches(text), "\(pattern) in \(text)")
    }

    @Test(arguments: [
        ("abc", "abx"), ("^b", "ab"), ("a$", "ab"), ("ab+c", "ac"), ("[^a]", "a"), ("^(ab|cd)$", "abcd"), ("a.c", "ac"),
        ("\\d", "x"), ("^[a-c]*$", "abd"), ("a\\.b", "axb"), ("x", ""),
        ("^a{2}$", "a"), ("^a{2}$", "aaa"), ("^(ab){1,3}$", "abababab"), ("^a{2,}$", "a"), ("^\\D$", "1"),
        ("^[[:digit:]]$", "a"), ("^[^[:space:]]$", " "),
    ])
    func absent(pattern: String, text: String) throws {
        #expect(try !Pattern(pattern).matches(text), "\(pattern) in \(text)")
    }

    @Test(
        arguments: [("(a", 3), ("a)", 2), ("[a", 3), ("*a", 1), ("a**", 3), ("a\\", 3), ("[z-a]", 3), ("a{2}{3}", 5), ("a{3,2}", 2), ("a{1001}", 6),
            ("(?i)a", 3), ("\\ba", 2), ("[[:name:]]", 2), ("(a{100}){100}", 14)] as [(String, Int)]
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
