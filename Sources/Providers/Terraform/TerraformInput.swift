import CSys
import ClusterModel
import Glibc

/// The file that Bellows writes into a working folder: the contract's input map and whose it is. Terraform reads it by
/// itself, so that whoever plans in the folder by hand sees the same world.
struct TerraformInput: Equatable, Sendable {
    /// One machine of the map.
    struct Entry: Equatable, Sendable {
        var type = ""
        var zone = ""
        var userData = ""
        /// Names to values, by name.
        var tags: [JSONValue.Member] = []
    }

    /// Name of the file.
    static let fileName = "bellows.auto.tfvars.json"
    /// Name of the file that takes lost machines in; there only while a command runs.
    static let importName = "bellows_import.tf"
    /// Most bytes of the file that are read.
    static let byteLimit = 64 << 20

    /// The cluster whose machines these are; "" = nobody's yet.
    var cluster = ""
    /// The machines by name.
    var entries: [String: Entry] = [:]

    /// What is written in `folder` under `input`; empty when there is no file yet.
    static func read(folder: String, input: String) throws(TerraformFault) -> TerraformInput {
        let path = "\(folder)/\(fileName)"
        guard access(path, F_OK) == 0 else { return TerraformInput() }
        guard let text = ChildProcess.readText(path, limit: byteLimit) else {
            throw .unusable("\(path) cannot be read: \(ChildProcess.text(errno))")
        }
        guard let json = JSONValue(parsing: text.utf8), json.members != nil else {
            throw .unusable(
                "\(path) is no JSON object: put back what Bellows wrote, or remove it when no machine is left")
        }
        var result = TerraformInput()
        result.cluster = json["cluster"]?.text ?? ""
        for member in json[input]?.members ?? [] {
            result.entries[member.name] = Entry(
                type: member.value["type"]?.text ?? "", zone: member.value["zone"]?.text ?? "",
                userData: member.value["user_data"]?.text ?? "", tags: member.value["tags"]?.members ?? [])
        }
        return result
    }

    /// Puts this into `folder`, whole or not at all, readable by its owner only.
    func write(folder: String, input: String) throws(TerraformFault) {
        let members = entries.sorted { $0.key < $1.key }.map { name, entry in
            JSONValue.Member(
                name: name,
                value: .object([
                    .init(name: "type", value: .string(entry.type)), .init(name: "zone", value: .string(entry.zone)),
                    .init(name: "user_data", value: .string(entry.userData)),
                    .init(name: "tags", value: .object(entry.tags)),
                ]))
        }
        let whole = JSONValue.object([
            .init(name: "cluster", value: .string(cluster)), .init(name: input, value: .object(members)),
        ])
        try Self.put("\(folder)/\(Self.fileName)", whole.text(indent: 0) + "\n")
    }

    /// Writes what takes lost machines in; removes the file when there are none.
    static func writeImports(_ imports: [TerraformStep.Import], folder: String) throws(TerraformFault) {
        let path = "\(folder)/\(importName)"
        guard !imports.isEmpty else {
            unlink(path)
            return
        }
        var text = ""
        for each in imports {
            for word in [each.id, each.name, each.resource] where word.contains(where: { "\"\\$%{}\n".contains($0) }) {
                throw .contract("`\(word)` in output `\(TerraformView.foundOutput)` cannot be written into a module")
            }
            text += "import {\n  to = \(each.resource)[\"\(each.name)\"]\n  id = \"\(each.id)\"\n}\n"
        }
        try put(path, text)
    }

    private static func put(_ path: String, _ text: String) throws(TerraformFault) {
        let fresh = "\(path).new"
        let file = cs_open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .unusable("\(path) cannot be written: \(ChildProcess.text(errno))") }
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            done += count
        }
        let kept = done == bytes.count && cs_fdatasync(file) == 0
        Glibc.close(file)
        guard kept, rename(fresh, path) == 0 else {
            throw .unusable("\(path) cannot be written: \(ChildProcess.text(errno))")
        }
    }
}
