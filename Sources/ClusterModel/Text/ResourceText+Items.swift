/// Resources with what sets them apart, as operators of the field write them:
/// `cpus:4;cpus(eng):2;disk(eng,eng/web)[PV=id:path]:64;disk[MOUNT=/m1]:100;cpus{REV}:10`. A stack of roles is a stack
/// of reservations, the first of which is the agent's own.
extension ResourceText {
    /// Reads such a text, one item an identity, in the order in which identities first appear.
    public static func items(_ text: String, scalars: [String] = []) throws(TextFault) -> [ResourceItem] {
        guard text.utf8.count <= textLimit else {
            throw TextFault(text: text, cause: "longer than \(textLimit) bytes", remedy: "shorten it")
        }
        var items: [ResourceItem] = []
        for part in parts(text) {
            let (identity, name, value) = try Self.identity(of: part, in: text)
            let read = try resources(name.isEmpty ? part : "\(name):\(value)", scalars: scalars)
            if let at = items.firstIndex(where: { $0.identity == identity }) {
                items[at].amount += read.resources
                items[at].extras = items[at].extras + read.extras
            } else {
                items.append(ResourceItem(identity, read.resources, read.extras))
            }
        }
        return items
    }

    /// The pieces between semicolons that stand outside of brackets.
    static func parts(_ text: String) -> [String] {
        var (result, depth, part): ([String], Int, String) = ([], 0, "")
        for sign in text {
            if "([{<".contains(sign) { depth += 1 }
            if ")]}>".contains(sign) { depth -= 1 }
            if sign == ";", depth <= 0 {
                result.append(part)
                part = ""
            } else {
                part.append(sign)
            }
        }
        return (result + [part]).map { Quantity.trimmed(Substring($0)) }.filter { !$0.isEmpty }
    }

    /// What stands between a name and its value; an empty name when nothing does.
    static func identity(
        of part: String, in text: String
    ) throws(TextFault) -> (ResourceIdentity, name: String, value: String) {
        var identity = ResourceIdentity()
        guard let head = part.firstIndex(where: { "([{<:=".contains($0) }), !":=".contains(part[head]) else {
            return (identity, "", "")
        }
        let name = String(part[..<head])
        var rest = part[head...]
        while let open = rest.first, let close = closing[open] {
            guard let end = rest.firstIndex(of: close) else {
                throw TextFault(text: text, cause: "a bracket is not closed", remedy: "write name(role)[tag]:value")
            }
            try take(String(rest[rest.index(after: rest.startIndex)..<end]), open, into: &identity, of: text)
            rest = rest[rest.index(after: end)...]
        }
        guard let sign = rest.first, ":=".contains(sign), !name.isEmpty else {
            throw TextFault(text: text, cause: "\"\(part)\" has no value", remedy: "write name(role)[tag]:value")
        }
        return (identity, name, String(rest.dropFirst()))
    }

    private static let closing: [Character: Character] = ["(": ")", "[": "]", "{": "}", "<": ">"]

    private static func take(
        _ inner: String, _ bracket: Character, into identity: inout ResourceIdentity, of text: String
    ) throws(TextFault) {
        func split(_ text: Substring, at sign: Character) -> (String, String) {
            let at = text.firstIndex(of: sign) ?? text.endIndex
            return (String(text[..<at]), at == text.endIndex ? "" : String(text[text.index(after: at)...]))
        }
        switch bracket {
        case "(":
            for role in inner.split(separator: ",").map({ Quantity.trimmed($0) }) {
                if let fault = RoleName.fault(role) { throw TextFault(text: text, cause: fault, remedy: "name a role") }
                let kind: ResourceIdentity.Reservation.Kind = identity.reservations.isEmpty ? .fixed : .dynamic
                identity.reservations.append(.init(kind, role: role))
            }
        case "{" where inner == "REV": identity.isRevocable = true
        case "<" where inner == "SHARED": identity.isShared = true
        case "[":
            let (kind, value) = split(inner[...], at: "=")
            switch kind {
            case "PV":
                let (id, path) = split(value[...], at: ":")
                identity.volume = ResourceIdentity.Volume(id: id, containerPath: path)
            case "MOUNT", "PATH", "BLOCK", "RAW":
                identity.diskRoot = value
                identity.disk = kind == "MOUNT" ? .mount : kind == "PATH" ? .path : kind == "BLOCK" ? .block : .raw
            default: throw unknown(inner, text)
            }
        default: throw unknown(inner, text)
        }
    }

    private static func unknown(_ inner: String, _ text: String) -> TextFault {
        TextFault(
            text: text, cause: "\"\(inner)\" says nothing of a resource",
            remedy: "write (role), [MOUNT=path], [PV=id:path], {REV} or <SHARED>")
    }
}
