/// The word that was probably meant: for keys, roles, fields and commands that are not known.
public enum Spelling {
    /// Longest word that is compared, in UTF-8 bytes; a longer one has no neighbour.
    public static let wordLimit = 64

    /// The nearest of `words` within a third of the word's length (at least one edit); the first of equals, nil when
    /// none is near. Cost: the product of the lengths for each word.
    public static func nearest(to word: String, in words: [String]) -> String? {
        let target = Array(word.utf8)
        guard !target.isEmpty, target.count <= wordLimit else { return nil }
        var best: (word: String, edits: Int)?
        for candidate in words {
            let edits = distance(Array(candidate.utf8.prefix(wordLimit)), target)
            if edits <= max(1, target.count / 3), edits < (best?.edits ?? .max) { best = (candidate, edits) }
        }
        return best?.word
    }

    /// `did you mean "x"`, or the words themselves when none is near, at most ten of them.
    public static func hint(for word: String, in words: [String]) -> String {
        if let near = nearest(to: word, in: words) { return "did you mean \"\(near)\"?" }
        if words.isEmpty { return "none is known" }
        let more = words.count > 10 ? ", ..." : ""
        return "known: " + words.prefix(10).joined(separator: ", ") + more
    }

    /// Levenshtein's distance in bytes.
    static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var previous = Array(0...other.count)
        for (row, byte) in one.enumerated() {
            var current = [row + 1]
            for (column, against) in other.enumerated() {
                let change = previous[column] + (byte == against ? 0 : 1)
                current.append(min(change, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[other.count]
    }
}
