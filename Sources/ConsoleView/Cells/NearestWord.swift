// The word that was probably meant: for keys, commands and styles that are not known.

/// Finds the known word nearest to one that is not known.
public enum NearestWord {
    /// Longest word that is compared, in UTF-8 bytes; a longer one has no neighbour.
    public static let maximumBytes = 64

    /// The nearest of `words` within a third of the word's length (at least one edit); the first of equals, nil if
    /// none is near. Cost: the product of the lengths for each word.
    public static func among(_ words: [String], to word: String) -> String? {
        let target = Array(word.utf8)
        guard target.count <= maximumBytes else { return nil }
        var best: (word: String, edits: Int)?
        for candidate in words {
            let edits = distance(Array(candidate.utf8.prefix(maximumBytes)), target)
            if edits <= max(1, target.count / 3) && edits < (best?.edits ?? Int.max) { best = (candidate, edits) }
        }
        return best?.word
    }

    /// Levenshtein's distance.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
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
