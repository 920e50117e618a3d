import ClusterFiles
import ClusterModel

/// Reads the files that commands name; what is wrong with one ends the command with all of its problems.
enum FileReading {
    /// A cluster file.
    static func cluster(_ path: String, in environment: CommandEnvironment) throws -> ClusterConfiguration {
        let text = try environment.readFile(path, ClusterFile.byteLimit)
        return try refused { () throws(FileFault) in try ClusterFile.read(text, file: path) }
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

    private static func refused<T>(_ read: () throws(FileFault) -> T) throws -> T {
        do {
            return try read()
        } catch {
            throw CommandFailure(.usage, error.description)
        }
    }
}
