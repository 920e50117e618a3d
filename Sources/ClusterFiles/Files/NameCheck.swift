/// Which names pools, machine types, roles, jobs and the like may have.
public enum NameCheck {
    /// Longest name in bytes, so that it fits host names and file names.
    public static let byteLimit = 63
    /// Deepest role path.
    public static let depthLimit = 8

    /// Why `name` cannot be the name of `what`; nil when it can.
    public static func fault(_ name: String, what: String) -> String? {
        guard !name.isEmpty else { return "\(what) needs a name" }
        guard name.utf8.count <= byteLimit else {
            return "`\(name.prefix(20))...` is too long to name \(what): \(name.utf8.count) of \(byteLimit) bytes"
        }
        let isFine = name.utf8.enumerated().allSatisfy { index, byte in
            isLetterOrDigit(byte)
                || index > 0 && (byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "."))
        }
        if isFine { return nil }
        return "`\(name)` cannot name \(what): use letters, digits, `-`, `_`, `.`, and begin with a letter or digit"
    }

    /// Why `path` cannot be the path of a role; nil when it can.
    public static func pathFault(_ path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= depthLimit else { return "role `\(path)` is deeper than \(depthLimit) levels" }
        for part in parts {
            if part.isEmpty { return "role `\(path)` has an empty part; write it like `eng/web`" }
            if let fault = fault(String(part), what: "a role") { return fault }
        }
        return nil
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            || letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")
    }
}
