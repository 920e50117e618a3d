import ClusterModel

/// What an agent must know to start a task: what was asked for, and what the task is told of itself.
extension Batch {
    /// Name of the file in a gang member's sandbox that lists its nodes, one line a rank.
    public static let hostFile = "hosts"

    /// All that an agent must know to start the task of `event`. For a gang, call it once every rank's launch has been
    /// applied: nodes of ranks that are not known yet are left out of the list. The job's own environment comes first;
    /// what Bellows says stands behind it and wins.
    public static func launch(for event: TaskLaunched, in state: ClusterState) -> TaskLaunch {
        let job = event.task.job
        let row = state.jobs[job.index]
        let spec = state.specs[job.index]
        var environment = spec.environment
        func tell(_ name: String, _ value: String) { environment.append("\(name)=\(value)") }
        tell("BELLOWS_JOB_ID", "\(job.raw)")
        tell("BELLOWS_TASK_ID", event.task.description)
        tell("BELLOWS_TASK_INDEX", "\(event.task.index)")
        tell("BELLOWS_TASK_COUNT", "\(row.count)")
        tell("BELLOWS_ATTEMPT", "\(event.attempt)")
        tell("BELLOWS_NODE", state.name(of: event.node))
        tell("BELLOWS_ROLE", state.path(of: row.role))
        tell("BELLOWS_CPUS", Quantity.format(thousandths: spec.need.cpus))
        tell("BELLOWS_MEM", "\(spec.need.mem)")
        for (number, port) in ports(of: event.extras).enumerated() { tell("PORT\(number)", "\(port)") }
        var files: [LaunchFile] = []
        if row.gang > 1 {
            let nodes = members(of: event, in: state)
            tell("BELLOWS_RANK", "\(event.rank)")
            tell("BELLOWS_SIZE", "\(row.gang)")
            tell("BELLOWS_NODELIST", nodes.joined(separator: ","))
            tell("BELLOWS_HOSTFILE", hostFile)
            files.append(LaunchFile(name: hostFile, content: nodes.map { $0 + "\n" }.joined()))
        }
        return TaskLaunch(
            task: event.task, attempt: event.attempt, spec: spec, environment: environment,
            output: filled(spec.output, event.task), error: filled(spec.error, event.task), files: files)
    }

    /// Names of the nodes of a gang's ranks, in their order.
    private static func members(of event: TaskLaunched, in state: ClusterState) -> [String] {
        let row = state.jobs[event.task.job.index]
        var nodes: [String] = []
        for index in 0..<row.count {
            let slot = Int(row.firstTask) + Int(index)
            let own = index == event.task.index
            guard own || state.tasks[slot].state.isPlaced else { continue }
            nodes.append(state.name(of: own ? event.node : state.tasks[slot].node))
        }
        return nodes
    }

    /// The port numbers in `extras`, ascending.
    private static func ports(of extras: Extras) -> [UInt64] {
        guard let entry = extras.ranges.first(where: { $0.name == Demand.portsName }) else { return [] }
        return stride(from: 0, to: entry.bounds.count, by: 2).flatMap { Array(entry.bounds[$0]...entry.bounds[$0 + 1]) }
    }

    /// A path with `%j` = job, `%i` = index and `%%` = `%` filled in.
    static func filled(_ path: String, _ task: TaskID) -> String {
        guard path.utf8.contains(UInt8(ascii: "%")) else { return path }
        var (result, escaped) = ("", false)
        for sign in path {
            if escaped {
                switch sign {
                case "j": result += "\(task.job.raw)"
                case "i": result += "\(task.index)"
                case "%": result += "%"
                default: result += "%\(sign)"
                }
                escaped = false
            } else if sign == "%" {
                escaped = true
            } else {
                result.append(sign)
            }
        }
        return escaped ? result + "%" : result
    }
}
