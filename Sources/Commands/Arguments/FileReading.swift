import ClusterFiles
import ClusterModel

/// Reads the files that commands name; what is wrong with one ends the command with all of its problems.
enum FileReading {
    /// A cluster file.
    static func cluster(_ path: String, in environment: CommandEnvironment) throws -> ClusterConfiguration {
        let text = try environment.readFile(path, ClusterFile.byteLimit)
        // Price books stand beside the cluster file.
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return try refused { () throws(FileFault) in
            try ClusterFile.read(text, file: path) { book in
                let place = book.hasPrefix("/") || folder.isEmpty ? book : "\(folder)/\(book)"
                return try environment.readFile(place, PriceBook.byteLimit)
            }
        }
    }

    /// A jobs file for a cluster configured like `configuration`.
    static func jobs(
        _ path: String, _ configuration: ClusterConfiguration, in environment: CommandEnvironment
    ) throws -> SubmitJobs {
        let text = try environment.readFile(path, JobsFile.byteLimit)
        return try refused { () throws(FileFault) in
            try JobsFile.read(text, file: path, configuration: configuration)
        }
    }

    /// The hosts of an Ansible inventory.
    static func inventory(
        _ path: String, group: String?, in environment: CommandEnvironment
    ) throws -> [NodeSpec] {
        let text = try environment.readFile(path, AnsibleInventory.byteLimit)
        return try refused { () throws(FileFault) in try AnsibleInventory.read(text, file: path, group: group) }
    }

    private static func refused<T>(_ read: () throws(FileFault) -> T) throws -> T {
        do {
            return try read()
        } catch {
            throw CommandFailure(.usage, error.description)
        }
    }
}
