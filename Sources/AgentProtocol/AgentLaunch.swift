/// Everything the agent needs to start one task; also the task's record in the agent's journal.
public struct AgentLaunch: Sendable {
    /// An extra file for the sandbox, such as a gang's host file.
    public struct File: Sendable {
        /// A plain file name, no `/`, not `.` or `..`.
        public var name: String
        /// What is in it.
        public var content: [UInt8]

        /// A file to be written before the start.
        public init(name: String, content: [UInt8]) {
            self.name = name
            self.content = content
        }
    }

    /// Which task, which attempt.
    public var key: AgentTaskKey
    /// Program and arguments; the program is looked up in the task's PATH when it has no `/`.
    public var arguments: [String]
    /// `KEY=VALUE` entries: the whole environment, but for PATH, BELLOWS_TASK and BELLOWS_SANDBOX where missing.
    public var environment: [String] = []
    /// Working directory; empty for the sandbox.
    public var directory = ""
    /// File for standard input; empty for /dev/null. Relative paths start at the working directory.
    public var inputPath = ""
    /// File for standard output, appended to; empty for `stdout` in the sandbox. No size limit holds for it.
    public var outputPath = ""
    /// File for standard error; empty for `stderr` in the sandbox. No size limit holds for it.
    public var errorPath = ""
    /// Who submitted it; for the record only, see `runAs`.
    public var user = ""
    /// The user of the node as whom it runs, by name; empty for the agent's own. Only an agent of root can change it.
    public var runAs = ""
    /// An agent that is not root runs it as itself, whatever `runAs` says; otherwise that is refused.
    public var mayKeepUser = false
    /// Its /tmp is a folder of its own, which ends with the sandbox.
    public var privateTmp = false
    /// It may write in its sandbox, in its own /tmp and in /dev/shm alone.
    public var readOnly = false
    /// What it sees as its root: a folder of the node (a whole path), or an image for podman or docker; empty for the
    /// node's own.
    public var image = ""
    /// Allowed processor time in thousandths of a processor; held by a control group when `isolate` is set.
    public var cpuThousandths: UInt64 = 0
    /// Allowed memory in bytes, 0 for no limit; held by a control group when `isolate` is set, otherwise watched.
    public var memoryBytes: UInt64 = 0
    /// Longest run time in milliseconds, 0 for no limit.
    public var timeLimitMilliseconds: UInt64 = 0
    /// Most processes of the task's user (RLIMIT_NPROC), or of the task when isolated; 0 for no limit.
    public var maxProcesses: UInt64 = 0
    /// Most open files per process, 0 to leave the limit as it is.
    public var maxOpenFiles: UInt64 = 0
    /// Size of one part of stdout or stderr in the sandbox, in bytes; 0 for the agent's default.
    public var logLimitBytes: UInt64 = 0
    /// How many older parts are kept beside the newest.
    public var logKeptParts: UInt64 = 1
    /// Time between the polite and the hard signal when the time limit is reached, in milliseconds.
    public var graceMilliseconds: UInt64 = 5000
    /// Ask for a control group, so that cpu and memory limits are held by the kernel.
    public var isolate = false
    /// Gpus in thousandths; whole ones are the task's alone, a part of one is shared with other parts.
    public var gpuThousandths: UInt64 = 0
    /// It is an executor of a framework: it speaks to the core through the agent's loopback port, and is told to end by
    /// that way, so that there is no polite signal before the hard one.
    public var isExecutor = false
    /// Files to write into the sandbox before the start.
    public var files: [File] = []

    /// A launch with defaults for all but key and program.
    public init(key: AgentTaskKey, arguments: [String]) {
        self.key = key
        self.arguments = arguments
    }

    /// What is wrong with the request, or nil.
    public var fault: String? {
        if arguments.isEmpty || arguments[0].utf8.isEmpty { return "no program given" }
        if arguments.count > AgentLimits.arguments { return "more than \(AgentLimits.arguments) arguments" }
        if environment.count > AgentLimits.environmentEntries {
            return "more than \(AgentLimits.environmentEntries) environment entries"
        }
        if files.count > AgentLimits.files { return "more than \(AgentLimits.files) files" }
        if image.utf8.count > AgentLimits.imageBytes { return "image over \(AgentLimits.imageBytes) bytes" }
        if !image.utf8.isEmpty && gpuThousandths > 0 { return "gpus are not given to containers" }
        if graceMilliseconds > AgentLimits.graceMilliseconds {
            return "grace over \(AgentLimits.graceMilliseconds) ms"
        }
        for text in arguments + environment + [directory, inputPath, outputPath, errorPath, runAs, image]
            + files.map({ $0.name })
        where text.utf8.contains(0) {
            return "a zero byte in an argument, environment entry or path"
        }
        for entry in environment where !entry.utf8.contains(UInt8(ascii: "=")) {
            return "environment entry without '='"
        }
        for file in files where !file.hasPlainName { return "file name is empty, has '/' or is a dot name" }
        return nil
    }
}

extension AgentLaunch.File {
    /// The name stays inside the sandbox and is none of the agent's own files.
    var hasPlainName: Bool {
        let bytes = Array(name.utf8)
        if bytes.isEmpty || bytes.count > 255 || bytes[0] == UInt8(ascii: ".") { return false }
        return !bytes.contains(UInt8(ascii: "/"))
    }
}

extension AgentLaunch {
    /// Appends the fields 1 to 26.
    public func write(_ writer: inout FieldWriter) {
        key.write(&writer, idTag: 1, attemptTag: 2)
        writer.texts(3, arguments)
        writer.texts(4, environment)
        writer.text(5, directory)
        writer.text(6, inputPath)
        writer.text(7, outputPath)
        writer.text(8, errorPath)
        writer.text(9, user)
        writer.number(10, cpuThousandths)
        writer.number(11, memoryBytes)
        writer.number(12, timeLimitMilliseconds)
        writer.number(13, maxProcesses)
        writer.number(14, maxOpenFiles)
        writer.number(15, logLimitBytes)
        writer.number(16, logKeptParts)
        writer.number(17, graceMilliseconds)
        writer.flag(18, isolate)
        writer.flag(20, isExecutor)
        writer.number(21, gpuThousandths)
        writer.text(22, runAs)
        writer.flag(23, mayKeepUser)
        writer.flag(24, privateTmp)
        writer.flag(25, readOnly)
        writer.text(26, image)
        for file in files {
            writer.record(19) { inner in
                inner.text(1, file.name)
                inner.blob(2, file.content)
            }
        }
    }

    /// Reads what `write` wrote, or nil if it is cut or of wrong form; says nothing about `fault`.
    public static func read(_ bytes: ArraySlice<UInt8>) -> AgentLaunch? {
        var reader = FieldReader(bytes)
        var launch = AgentLaunch(key: AgentTaskKey(id: 0, attempt: 0), arguments: [])
        launch.logKeptParts = 0
        launch.graceMilliseconds = 0
        while let field = reader.next() { launch.take(field, &reader) }
        return reader.failed ? nil : launch
    }

    private mutating func take(_ field: Field, _ reader: inout FieldReader) {
        switch field.tag {
        case 1: key.id = reader.number(field)
        case 2: key.attempt = reader.number32(field)
        case 3: arguments.append(reader.text(field))
        case 4: environment.append(reader.text(field))
        case 5: directory = reader.text(field)
        case 6: inputPath = reader.text(field)
        case 7: outputPath = reader.text(field)
        case 8: errorPath = reader.text(field)
        case 9: user = reader.text(field)
        case 10: cpuThousandths = reader.number(field)
        case 11: memoryBytes = reader.number(field)
        case 12: timeLimitMilliseconds = reader.number(field)
        case 13: maxProcesses = reader.number(field)
        case 14: maxOpenFiles = reader.number(field)
        case 15: logLimitBytes = reader.number(field)
        case 16: logKeptParts = reader.number(field)
        case 17: graceMilliseconds = reader.number(field)
        case 18: isolate = reader.flag(field)
        case 20: isExecutor = reader.flag(field)
        case 21: gpuThousandths = reader.number(field)
        case 22: runAs = reader.text(field)
        case 23: mayKeepUser = reader.flag(field)
        case 24: privateTmp = reader.flag(field)
        case 25: readOnly = reader.flag(field)
        case 26: image = reader.text(field)
        case 19:
            guard let file = File.read(reader.bytes(field)) else { return reader.fail() }
            files.append(file)
        default: break
        }
    }
}

extension AgentLaunch.File {
    fileprivate static func read(_ bytes: ArraySlice<UInt8>) -> AgentLaunch.File? {
        var reader = FieldReader(bytes)
        var file = AgentLaunch.File(name: "", content: [])
        while let field = reader.next() {
            switch field.tag {
            case 1: file.name = reader.text(field)
            case 2: file.content = Array(reader.bytes(field))
            default: break
            }
        }
        return reader.failed ? nil : file
    }
}

#if !hasFeature(Embedded)
    // Comparing texts needs Unicode tables, which the agent does without.
    extension AgentLaunch: Equatable {}
    extension AgentLaunch.File: Equatable {}
#endif
