import ClusterModel

/// What is wrong with a task that a framework wants to start, in the order in which frameworks are told.
extension ControlCore {
    /// Why a task may not start on these offers; nil when only the room is left to be looked at.
    func obstacle(_ task: LaunchTask, _ accepting: Accepting) -> String? {
        if let problem = Self.fault(inID: task.id) { return "Task ID '\(task.id)' \(problem)" }
        if let problem = obstacle(common: task, accepting) { return problem }
        guard task.hasCommand != (task.executor != nil) else {
            return "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present"
        }
        guard let executor = task.executor else { return mixed(task.resources) }
        return obstacle(executor, accepting) ?? mixed(task.resources + executor.resources)
    }

    /// Why a group may not start on these offers.
    func obstacle(_ executor: LaunchExecutor, _ tasks: [LaunchTask], _ accepting: Accepting) -> String? {
        if tasks.isEmpty { return "Task group cannot be empty" }
        if let problem = obstacle(executor, accepting) { return problem }
        let amount = executor.resources.reduce(ResourceVector.zero) { $0 + $1.amount }
        if amount.cpus < 10 { return "Executor needs at least 0.01 cpus" }
        if amount.mem < 32 << 20 { return "Executor needs at least 32 MB of mem" }
        if amount.disk <= 0 { return "Executor needs some disk" }
        if Set(tasks.map(\.id)).count != tasks.count { return "Task group has a task id twice" }
        for task in tasks {
            if let problem = Self.fault(inID: task.id) { return "Task ID '\(task.id)' \(problem)" }
            if task.executor != nil { return "'TaskInfo.executor' must not be set in a task group" }
            if let problem = obstacle(common: task, accepting) { return "Task '\(task.id)': \(problem)" }
            if !task.hasCommand, executor.isDefault { return "Task '\(task.id)' has no CommandInfo" }
        }
        return mixed(tasks.flatMap(\.resources) + executor.resources)
    }

    private func obstacle(common task: LaunchTask, _ accepting: Accepting) -> String? {
        if state.job(ofTask: task.id, of: accepting.framework) != nil {
            return "Task has duplicate ID: \(task.id)"
        }
        if task.agent != state.agentID(of: accepting.node) {
            return "Task uses invalid agent \(task.agent) while agent \(state.agentID(of: accepting.node)) is expected"
        }
        if task.resources.allSatisfy(\.isEmpty) { return "Task uses no resources" }
        if let problem = Self.fault(in: task.resources) { return "Task uses invalid resources: \(problem)" }
        return task.problem.isEmpty ? nil : task.problem
    }

    private func obstacle(_ executor: LaunchExecutor, _ accepting: Accepting) -> String? {
        if let problem = Self.fault(inID: executor.id) { return "Executor ID '\(executor.id)' \(problem)" }
        let framework = state.frameworkID(of: accepting.framework)
        if !executor.framework.isEmpty, executor.framework != framework {
            return "ExecutorInfo has an invalid FrameworkID (Actual: \(executor.framework) vs Expected: \(framework))"
        }
        if executor.isDefault, executor.hasCommand {
            return "'ExecutorInfo.command' must not be set for 'DEFAULT' executor"
        }
        if !executor.isDefault, !executor.hasCommand {
            return "'ExecutorInfo.command' must be set for 'CUSTOM' executor"
        }
        if let problem = Self.fault(in: executor.resources) { return "Executor uses invalid resources: \(problem)" }
        let agent = state.nodes[accepting.node.index].agent
        if let running = state.job(ofExecutor: executor.id, on: agent, of: accepting.framework),
            let row = state.external(running), row.wire != executor.wire
        {
            return "ExecutorInfo is not compatible with existing ExecutorInfo with same ExecutorID"
        }
        return nil
    }

    /// What of one name may be taken back cannot go with what may not.
    private func mixed(_ items: [ResourceItem]) -> String? {
        for lane in 0..<8 {
            let kinds = Set(items.filter { $0.amount.lanes[lane] > 0 }.map(\.identity.isRevocable))
            if kinds.count > 1 { return "Cannot use both revocable and non-revocable resources of one name" }
        }
        return nil
    }

    /// What is wrong with an id; nil when nothing is.
    static func fault(inID id: String) -> String? {
        if id.isEmpty { return "must not be empty" }
        if id.utf8.count > LaunchTask.idLimit { return "must not be longer than \(LaunchTask.idLimit) characters" }
        if id == "." || id == ".." { return "is disallowed" }
        if id.utf8.contains(where: { $0 < 32 || $0 == 127 || $0 == UInt8(ascii: "/") }) {
            return "contains invalid characters"
        }
        return nil
    }

    /// What is wrong with resources by themselves; nil when nothing is.
    static func fault(in items: [ResourceItem]) -> String? {
        for item in items {
            if !item.amount.isNonNegative { return "an amount is below zero" }
            let identity = item.identity
            var above = ""
            for (depth, layer) in identity.reservations.enumerated() {
                if let fault = RoleName.fault(layer.role) { return fault }
                if layer.role == "*" { return "nothing can be reserved for role '*'" }
                if depth > 0, layer.kind == .fixed { return "only the outermost reservation may be static" }
                if depth > 0, layer.role == above || !ResourceIdentity.isRole(layer.role, atOrBelow: above) {
                    return "a reservation for '\(layer.role)' does not refine one for '\(above)'"
                }
                above = layer.role
            }
            if identity.isShared, identity.volume == nil { return "only persistent volumes can be shared" }
            if identity.volume != nil, identity.isRevocable { return "a persistent volume cannot be revocable" }
        }
        return nil
    }
}
