import ClusterModel

/// A job as it is typed after `:submit`, in the words of `bellows submit`.
enum SubmitLine {
    /// What one task needs when the line does not say: one cpu and 256 MiB.
    static let defaultNeed = ResourceVector(cpus: 1_000, mem: 256 << 20)

    /// A number in thousandths; nil when it is none.
    static func thousandths(_ text: String) -> Int64? { try? Quantity.thousandths(text) }
    /// A span with its unit; nil when it is none.
    static func duration(_ text: String) -> Interval? { try? Quantity.duration(text) }

    /// The job that the line asks for.
    static func parse(_ line: String) -> Result<JobSpec, TextFault> {
        Result { () throws(TextFault) in
            var words = try split(line)[...]
            var job = JobSpec()
            job.need = defaultNeed
            while let word = words.first {
                words.removeFirst()
                if word == "--" { break }
                guard word.hasPrefix("--") else {
                    words.insert(word, at: words.startIndex)
                    break
                }
                try take(word, &words, &job)
            }
            guard !words.isEmpty else {
                throw TextFault(
                    text: line, cause: "the command is missing",
                    remedy: "write it after --, as in :submit --cpus 2 -- sleep 5")
            }
            job.argv = Array(words)
            if job.name.isEmpty { job.name = String(words[words.startIndex].split(separator: "/").last ?? "job") }
            return job
        }
    }

    private static let options = [
        "--cpus", "--mem", "--disk", "--gpus", "--count", "--nodes", "--name", "--role", "--time-limit", "--priority",
        "--where", "--cwd", "--env", "--input", "--output", "--error", "--retries", "--hold",
    ]

    private static func take(_ option: String, _ words: inout ArraySlice<String>, _ job: inout JobSpec)
        throws(TextFault)
    {
        guard options.contains(option) else {
            throw TextFault(
                text: option, cause: "unknown option" + Spelling.hint(for: option, in: options),
                remedy: "expected one of \(options.joined(separator: " "))")
        }
        if option == "--hold" { return job.hold = true }
        guard let value = words.popFirst() else {
            throw TextFault(text: option, cause: "its value is missing", remedy: "write it after a space")
        }
        switch option {
        case "--cpus": job.need.cpus = try Quantity.thousandths(value)
        case "--gpus": job.need.gpus = try Quantity.thousandths(value)
        case "--mem": job.need.mem = try Quantity.bytes(value)
        case "--disk": job.need.disk = try Quantity.bytes(value)
        case "--count": job.count = try whole(value, 1...JobSpec.countLimit)
        case "--nodes": job.nodes = try whole(value, 1...100_000)
        case "--retries": job.retries = try whole(value, 0...1_000)
        case "--priority": job.priority = try signed(value)
        case "--time-limit": job.timeLimit = try Quantity.duration(value)
        case "--where": job.requirement = try Expression(value).text
        case "--name": job.name = value
        case "--role": job.role = value
        case "--cwd": job.directory = value
        case "--env": job.environment.append(value)
        case "--input": job.input = value
        case "--output": job.output = value
        default: job.error = value
        }
    }

    private static func whole(_ text: String, _ range: ClosedRange<UInt32>) throws(TextFault) -> UInt32 {
        guard let number = UInt32(text), range.contains(number) else {
            throw TextFault(
                text: text, cause: "no whole number from \(range.lowerBound) to \(range.upperBound)",
                remedy: "write one such as \(range.lowerBound + 1)")
        }
        return number
    }

    private static func signed(_ text: String) throws(TextFault) -> Int32 {
        guard let number = Int32(text), (-1_000...1_000).contains(number) else {
            throw TextFault(text: text, cause: "no priority", remedy: "write a whole number from -1000 to 1000")
        }
        return number
    }

    /// The words of a line; quotes keep spaces together and a backslash takes the next character as it is.
    static func split(_ line: String) throws(TextFault) -> [String] {
        var words: [String] = []
        var word = ""
        var isWord = false
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                word.append(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                (isEscaped, isWord) = (true, true)
            } else if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "'" || character == "\"" {
                (quote, isWord) = (character, true)
            } else if character == " " {
                if isWord { words.append(word) }
                (word, isWord) = ("", false)
            } else {
                word.append(character)
                isWord = true
            }
        }
        if quote != nil { throw TextFault(text: line, cause: "a quote is not closed", remedy: "close it") }
        if isWord { words.append(word) }
        return words
    }
}
