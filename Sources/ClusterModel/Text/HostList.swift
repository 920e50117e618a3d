/// Lists of hosts in brackets, as cluster people write them: `gpu[01-16,20].lab` stands for gpu01.lab to gpu16.lab and
/// gpu20.lab. Zeros in front are kept; several brackets multiply; commas and blanks outside of brackets part lists.
public enum HostList {
    /// Most hosts that one list may stand for.
    public static let limit = 100_000

    /// The hosts, in the order in which they are written.
    public static func expand(_ text: String) throws(TextFault) -> [String] {
        guard text.utf8.count <= ResourceText.textLimit else {
            throw TextFault(text: text, cause: "longer than \(ResourceText.textLimit) bytes", remedy: "shorten it")
        }
        var hosts: [String] = []
        for part in try parts(of: text) {
            hosts += try expand(part: part, of: text)
            if hosts.count > limit {
                throw TextFault(text: text, cause: "more than \(limit) hosts", remedy: "add them in several goes")
            }
        }
        return hosts
    }

    private static func parts(of text: String) throws(TextFault) -> [String] {
        var (parts, current, depth) = ([String](), "", 0)
        for character in text {
            if character == "[" { depth += 1 }
            if character == "]" { depth -= 1 }
            guard depth == 0 || depth == 1 else {
                throw TextFault(text: text, cause: "brackets do not match", remedy: "write gpu[01-16,20]")
            }
            if depth == 0, character == "," || character == " " || character == "\t" {
                if !current.isEmpty { parts.append(current) }
                current = ""
            } else {
                current.append(character)
            }
        }
        guard depth == 0 else { throw TextFault(text: text, cause: "a bracket is not closed", remedy: "close it") }
        if !current.isEmpty { parts.append(current) }
        return parts
    }

    private static func expand(part: String, of text: String) throws(TextFault) -> [String] {
        // `user@[::1]:22` is an address, not a list.
        guard let open = part.firstIndex(of: "["), let close = part[open...].firstIndex(of: "]") else { return [part] }
        let inner = part[part.index(after: open)..<close]
        if inner.contains(":") { return [part] }
        let head = String(part[..<open])
        let tails = try expand(part: String(part[part.index(after: close)...]), of: text)
        var result: [String] = []
        for piece in inner.split(separator: ",", omittingEmptySubsequences: false) {
            for middle in try run(piece, of: text) {
                for tail in tails { result.append(head + middle + tail) }
                if result.count > limit {
                    throw TextFault(text: text, cause: "more than \(limit) hosts", remedy: "add them in several goes")
                }
            }
        }
        return result
    }

    /// `01-16` as numbers of the same width, or the word as it is.
    private static func run(_ piece: Substring, of text: String) throws(TextFault) -> [String] {
        guard !piece.isEmpty else {
            throw TextFault(text: text, cause: "a bracket holds nothing", remedy: "write gpu[01-16,20]")
        }
        let ends = piece.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, piece.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 || $0 == 45 }) else {
            return [String(piece)]
        }
        guard let low = UInt32(ends[0]), let high = UInt32(ends[1]), low <= high, high - low < UInt32(limit) else {
            throw TextFault(
                text: text, cause: "\"\(piece)\" is no run of numbers", remedy: "write first-last, such as [01-16]")
        }
        let width = ends[0].hasPrefix("0") ? ends[0].count : 0
        return (low...high).map { number in
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
    }
}
