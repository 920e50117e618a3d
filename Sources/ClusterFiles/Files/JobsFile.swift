import ClusterModel

/// A jobs file: work to be submitted together or not at all. A list of jobs, or `jobs:` with that list;
/// docs/jobs-file.md lists every key with its default.
public enum JobsFile {
    /// Most bytes a jobs file may have.
    public static let byteLimit = 8 << 20
    /// Most retries of a task.
    public static let retryLimit: UInt32 = 1_000
    /// Longest time limit, grace or wait.
    public static let timeLimit = Interval.hours(24 * 365)

    /// The request that `text` describes, for a cluster configured like `configuration` (its scalars and roles are the
    /// words that a job may use). `file` is what the file is called in messages. Throws every problem with its place;
    /// nothing is taken from a file with a problem. Linear in the text.
    public static func read(
        _ text: String, file: String, configuration: ClusterConfiguration
    ) throws(FileFault) -> SubmitJobs {
        let tree = try YAMLTree.parse(text, file: file, limit: byteLimit)
        let problems = Problems(file: file)
        var drafts: [JobDraft] = []
        for item in items(of: tree, problems: problems).prefix(SubmitJobs.limit) {
            guard var reader = MappingReader(item, subject: "a job", problems: problems) else { continue }
            drafts.append(JobDraft(&reader, configuration: configuration))
        }
        try problems.throwIfAny()
        let request = JobOrder.request(drafts, problems: problems)
        try problems.throwIfAny()
        return request
    }

    private static func items(of tree: YAMLTree, problems: Problems) -> [YAMLTree] {
        let items: [YAMLTree]
        switch tree.content {
        case .list(let list): items = list
        case .mapping:
            guard var reader = MappingReader(tree, subject: "the jobs file", problems: problems) else { return [] }
            items = reader.list("jobs", of: "jobs")
            if reader.keys.isEmpty { problems.add(tree.place, "the jobs file expects a list of jobs, or `jobs:`") }
            reader.finish()
        case .scalar:
            problems.add(tree.place, "the jobs file expects a list of jobs, or `jobs:`, not \(tree.kind)")
            return []
        }
        if items.isEmpty, problems.found.isEmpty { problems.add(tree.place, "the jobs file holds no job") }
        if items.count > SubmitJobs.limit {
            problems.add(items[SubmitJobs.limit].place, "a jobs file takes at most \(SubmitJobs.limit) jobs")
        }
        return items
    }
}

/// A job as read, before the names in `after:` are looked up.
struct JobDraft {
    var spec = JobSpec()
    /// Where the job stands.
    var place: FilePlace
    /// What `after:` names, with places.
    var after: [(text: String, place: FilePlace)] = []

    init(_ reader: inout MappingReader, configuration: ClusterConfiguration) {
        place = reader.place
        if let name = reader.name("name") {
            spec.name = name
            reader.subject = "job `\(name)`"
        }
        readCommand(&reader)
        readNeed(&reader, configuration: configuration)
        readPlacing(&reader, configuration: configuration)
        readFiles(&reader)
        readRules(&reader)
        after = reader.texts("after", of: "jobs in this file, or job numbers")
        reader.finish()
    }

    private mutating func readCommand(_ reader: inout MappingReader) {
        guard let tree = reader.tree("command") else {
            if !reader.has("command") { reader.problems.add(reader.place, "\(reader.subject) needs a `command`") }
            return
        }
        switch tree.content {
        case .scalar(let text, _) where !text.isEmpty: spec.argv = ["sh", "-c", text]
        case .list(let items) where !items.isEmpty: spec.argv = reader.texts("command", of: "words").map(\.text)
        default: reader.refuse("command", "`command` expects a shell line or a list of program and arguments")
        }
        if let program = spec.argv.first, program.isEmpty { reader.refuse("command", "the program's name is empty") }
        if spec.argv.contains(where: { $0.utf8.contains(0) }) {
            reader.refuse("command", "`command` holds a NUL character")
        }
    }

    private mutating func readNeed(_ reader: inout MappingReader, configuration: ClusterConfiguration) {
        spec.need.cpus = reader.thousandths("cpus", 0...1_000_000_000) ?? JobDefaults.cpus
        spec.need.mem = reader.bytes("mem", 0...(1 << 50)) ?? JobDefaults.mem
        spec.need.disk = reader.bytes("disk", 0...(1 << 60)) ?? 0
        spec.need.gpus = reader.thousandths("gpus", 0...1_000_000) ?? 0
        for (offset, scalar) in configuration.scalars.enumerated() {
            guard let amount = reader.thousandths(scalar, 0...1_000_000_000_000) else { continue }
            spec.need.lanes[ResourceVector.firstCustomLane + offset] = amount
        }
        spec.ports = reader.count("ports", 0...256) ?? 0
        guard var sets = reader.mapping("sets", subject: "`sets`") else { return }
        for name in sets.keys {
            let words = sets.texts(name, of: "words").map(\.text)
            if Set(words).count != words.count { sets.refuse(name, "a word is given twice in set `\(name)`") }
            spec.words.append(Extras.Words(name: name, items: words))
        }
        spec.words.sort { $0.name < $1.name }
        sets.finish()
    }

    private mutating func readPlacing(_ reader: inout MappingReader, configuration: ClusterConfiguration) {
        spec.count = reader.count("count", 1...JobSpec.countLimit) ?? 1
        spec.nodes = reader.count("nodes", 1...10_000) ?? 1
        if spec.nodes > 1, spec.count > 1 {
            reader.refuse("nodes", "a job has either `count` tasks or `nodes` that start as one, not both")
        }
        if let role = reader.text("role", expected: "a role such as `eng/web`") {
            if let fault = NameCheck.pathFault(role) {
                reader.refuse("role", fault)
            } else if !configuration.roles.isEmpty, !configuration.roles.contains(where: { $0.path == role }) {
                let hint = MappingReader.hintOrAll(role, configuration.roles.map(\.path))
                reader.refuse("role", "the cluster has no role `\(role)`\(hint)")
            }
            spec.role = role
        }
        if let requirement = reader.text("where", expected: "a requirement such as `gpu=a100 and rack!=r3`") {
            spec.requirement = requirement
            reader.checkRequirement("where", requirement)
        }
        spec.priority = reader.count("priority", -1_000...1_000) ?? 0
    }

    private mutating func readFiles(_ reader: inout MappingReader) {
        if let directory = reader.text("cwd", expected: "a folder on the node such as `/data`") {
            if directory.hasPrefix("/") {
                spec.directory = directory
            } else {
                reader.refuse("cwd", "`cwd` expects a whole path such as `/data`, not `\(directory)`")
            }
        }
        spec.input = reader.text("input", expected: "a file on the node") ?? ""
        spec.output = reader.text("output", expected: "a file on the node") ?? ""
        spec.error = reader.text("error", expected: "a file on the node") ?? ""
        for (name, text, place) in reader.pairs("env", of: "names to values") {
            if let fault = JobDefaults.environmentFault(name: name, value: text) {
                reader.problems.add(place, fault)
            } else {
                spec.environment.append("\(name)=\(text)")
            }
        }
    }

    private mutating func readRules(_ reader: inout MappingReader) {
        if let limit = reader.interval("timeLimit", .milliseconds(1)...JobsFile.timeLimit) { spec.timeLimit = limit }
        spec.retries = reader.count("retries", 0...JobsFile.retryLimit) ?? 0
        if let grace = reader.interval("grace", .zero ... .hours(24)) { spec.grace = grace }
        if let limit = reader.bytes("logLimit", 4_096...(1 << 40)) { spec.logLimit = limit }
        spec.hold = reader.flag("hold") ?? false
        spec.isRevocable = reader.flag("revocable") ?? false
        if let user = reader.text("user", expected: "a user of the node such as `alice`") {
            if let fault = JobDefaults.userFault(user) {
                reader.refuse("user", "`user` \(fault)")
            } else {
                spec.runAs = user
            }
        }
        spec.privateTmp = reader.flag("privateTmp") ?? false
        spec.readOnly = reader.flag("readOnly") ?? false
        if let image = reader.text("image", expected: "a folder of the node or an image such as `alpine:3.20`") {
            if let fault = JobSpec.imageFault(image, gpus: spec.need.gpus) {
                reader.refuse("image", "`image` \(fault)")
            } else {
                spec.image = image
            }
        }
        let bytes = (spec.argv + spec.environment).reduce(0) { $0 + $1.utf8.count + 1 }
        if bytes > JobSpec.textLimit {
            reader.problems.add(
                reader.place,
                "\(reader.subject) has \(bytes) bytes of command and `env`, the limit is \(JobSpec.textLimit)")
        }
    }
}

/// What a job needs when it does not say.
public enum JobDefaults {
    /// What is wrong with the name of a user of a node; nil when nothing is.
    public static func userFault(_ name: String) -> String? {
        let isPlain = name.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "\\")]
                    .contains(byte)
        }
        guard isPlain, !name.isEmpty, name.utf8.count <= 256, !name.hasPrefix("-") else {
            return "expects the name of a user of the node such as `alice`, not `\(name)`"
        }
        return nil
    }

    /// Thousandths of a cpu.
    public static let cpus: Int64 = 1_000
    /// Bytes of memory.
    public static let mem: Int64 = 256 << 20

    /// The role, in a cluster that does not list its roles.
    public static let role = "default"

    /// Why a task cannot have this variable; nil when it can.
    public static func environmentFault(name: String, value: String) -> String? {
        if name.isEmpty { return "a variable needs a name, as in `NAME=VALUE`" }
        if name.utf8.contains(UInt8(ascii: "=")) { return "variable `\(name)` has a `=` in its name" }
        if name.utf8.contains(0) || value.utf8.contains(0) { return "variable `\(name)` holds a NUL character" }
        return nil
    }
}
