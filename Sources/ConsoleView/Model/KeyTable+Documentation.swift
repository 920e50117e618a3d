/// The key table as a page of documentation.
public enum KeyDocumentation {
    /// The text of docs/keys.md.
    public static var markdown: String {
        var lines = [
            "# Keys and commands", "",
            "Made from the key table of the console; a test keeps it true. Every line can also be typed after `:`.", "",
            "A command marked with * changes the cluster: with `--read-only` it is not offered.", "",
        ]
        for group in Binding.Group.allCases {
            lines += ["## \(group.rawValue)", "", "| key | where | command | what |", "|---|---|---|---|"]
            for line in KeyTable.bindings where line.group == group { lines.append(row(line)) }
            lines.append("")
        }
        lines += [
            "Mouse: a click focuses a pane and puts the cursor on the row, a click on a column's heading sorts by",
            "it (again: turns the order around), the wheel scrolls. Hold shift to select text as usual.", "",
        ]
        return lines.joined(separator: "\n")
    }

    private static func row(_ line: Binding) -> String {
        let keys = line.keys.map { "`\($0.description)`" }.joined(separator: " ")
        let command = "`:\(line.word)\(line.usage.isEmpty ? "" : " \(line.usage)")`\(line.changesCluster ? " *" : "")"
        let note = line.missing.isEmpty ? "" : " (disabled: \(line.missing))"
        return "| \(keys) | \(line.scope.words) | \(command) | \(line.text)\(note) |".replacingPipes(in: line.usage)
    }
}

extension String {
    /// The row with the pipes of a usage text written so that a Markdown table keeps its columns.
    fileprivate func replacingPipes(in usage: String) -> String {
        guard usage.contains("|") else { return self }
        let escaped = usage.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
        guard let range = firstRange(of: usage) else { return self }
        return String(self[..<range.lowerBound]) + escaped + String(self[range.upperBound...])
    }
}
