import ClusterModel

/// Whether a request could ever be served: refused at submission, with cause and way out, rather than left to wait.
public enum JobCheck {
    /// Highest and lowest priority.
    public static let priorities: ClosedRange<Int32> = -1_000...1_000
    /// Longest name, in bytes.
    public static let nameLimit = 128
    /// Most ports of one task.
    public static let portLimit: UInt32 = 256
    /// Most retries of one task.
    public static let retryLimit: UInt32 = 1_000
    /// Most jobs that one job may wait for.
    public static let afterLimit = 1_000

    /// What is wrong with the request, in one line: the thing, the cause and the way out; nil when nothing is.
    /// The limits are those of the configuration; roles must be among the configured ones when any is.
    public static func problems(_ spec: JobSpec, in state: ClusterState) -> String? {
        textProblem(spec) ?? countProblem(spec) ?? timeProblem(spec) ?? roleProblem(spec, state)
            ?? needProblem(spec, state) ?? sizeProblem(spec, state)
    }

    private static func textProblem(_ spec: JobSpec) -> String? {
        guard let program = spec.argv.first, !program.isEmpty else {
            return "command: there is none; give a program and its arguments"
        }
        if spec.name.utf8.count > nameLimit { return "name: longer than \(nameLimit) bytes; shorten it" }
        if let sign = spec.name.unicodeScalars.first(where: { $0.value < 32 || $0.value == 127 || $0 == "/" }) {
            return "name: holds the sign U+\(String(sign.value, radix: 16)); use letters, digits, - and _"
        }
        let paths = [
            ("working directory", spec.directory), ("input", spec.input), ("output", spec.output),
            ("error", spec.error),
        ]
        for (what, text) in paths where text.utf8.contains(0) { return "\(what): holds a NUL byte; remove it" }
        for text in spec.argv where text.utf8.contains(0) { return "command: an argument holds a NUL byte; remove it" }
        for entry in spec.environment {
            if entry.utf8.contains(0) { return "environment: an entry holds a NUL byte; remove it" }
            guard let sign = entry.utf8.firstIndex(of: UInt8(ascii: "=")), sign > entry.utf8.startIndex else {
                return "environment: \"\(entry.prefix(40))\" is not NAME=VALUE; write it so"
            }
        }
        let size = (spec.argv + spec.environment).reduce(0) { $0 + $1.utf8.count + 1 }
        if size > JobSpec.textLimit {
            return "command: with its environment it has \(size) bytes, more than \(JobSpec.textLimit); use a file"
        }
        return nil
    }

    private static func countProblem(_ spec: JobSpec) -> String? {
        if spec.count == 0 { return "count: is 0; give at least 1" }
        if spec.count > JobSpec.countLimit {
            return "count: \(spec.count) is over the limit of \(JobSpec.countLimit); submit several jobs"
        }
        if spec.nodes == 0 { return "nodes: is 0; give at least 1" }
        if spec.nodes > JobSpec.countLimit { return "nodes: \(spec.nodes) is over the limit of \(JobSpec.countLimit)" }
        if spec.nodes > 1, spec.count > 1 {
            return
                "nodes: a gang of \(spec.nodes) nodes cannot have a count of \(spec.count); submit \(spec.count) gangs"
        }
        if !priorities.contains(spec.priority) {
            return "priority: \(spec.priority) is not within \(priorities.lowerBound) to \(priorities.upperBound)"
        }
        if spec.ports > portLimit { return "ports: \(spec.ports) is over the limit of \(portLimit) a task" }
        if spec.retries > retryLimit { return "retries: \(spec.retries) is over the limit of \(retryLimit)" }
        if spec.after.count > afterLimit {
            return "after: \(spec.after.count) jobs are over the limit of \(afterLimit)"
        }
        return nil
    }

    private static func timeProblem(_ spec: JobSpec) -> String? {
        if spec.timeLimit < .zero { return "time limit: is negative; leave it out for no limit" }
        if spec.grace < .zero { return "grace: is negative; give 0s or more" }
        if spec.grace > .hours(24) { return "grace: is over 24h; give less" }
        if spec.logLimit < 0 { return "log limit: is negative; leave it out for the cluster's own" }
        return nil
    }

    private static func roleProblem(_ spec: JobSpec, _ state: ClusterState) -> String? {
        let parts = spec.role.split(separator: "/", omittingEmptySubsequences: false)
        if parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) || spec.role.utf8.count > 256 {
            return "role: \"\(spec.role.prefix(80))\" is no path; write names with / between them, such as eng/web"
        }
        if spec.role.unicodeScalars.contains(where: { $0.value <= 32 || $0.value == 127 }) {
            return "role: \"\(spec.role)\" holds a blank or control sign; use letters, digits, - and _"
        }
        let known = state.configuration.roles.map(\.path)
        if !known.isEmpty, !known.contains(spec.role) {
            return "role: \"\(spec.role)\" is not in the cluster file; \(Spelling.hint(for: spec.role, in: known))"
        }
        return nil
    }

    private static func needProblem(_ spec: JobSpec, _ state: ClusterState) -> String? {
        let names = state.configuration.laneNames
        for lane in 0..<8 {
            let amount = spec.need.lanes[lane]
            if amount < 0 { return "\(lane < names.count ? names[lane] : "scalar"): is negative; give 0 or more" }
            if amount > 0, lane >= names.count {
                return "resources: the cluster has no scalar number \(lane); \(Spelling.hint(for: "", in: names))"
            }
        }
        if spec.need.isZero { return "resources: none are asked for; ask for some cpus or mem" }
        for (at, entry) in spec.words.enumerated() {
            if entry.name.isEmpty || entry.items.isEmpty { return "words: an entry is empty; write name:{a,b}" }
            if spec.words[..<at].contains(where: { $0.name == entry.name }) {
                return "words: \"\(entry.name)\" is given twice; give it once"
            }
        }
        do {
            _ = try Requirement.compile(spec.requirement)
        } catch {
            return "where: \(error.message)"
        }
        return nil
    }
}
