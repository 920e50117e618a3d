import ClusterModel
import Foundation
import SchedulerWire
import SwiftProtobuf

/// Tasks of frameworks in the wire's words.
extension StateReading {
    /// Where a task is listed.
    enum TaskList: Sendable { case live, unreachable, completed }

    /// The list that a task belongs to.
    static func list(of task: ExternalTask) -> TaskList {
        if task.state == .unreachable { return .unreachable }
        return task.isCompleted ? .completed : .live
    }

    /// Jobs that are tasks of frameworks, ascending.
    func tasks(where isWanted: (JobID, ExternalTask) -> Bool = { _, _ in true }) -> [(JobID, ExternalTask)] {
        (0..<state.externalTasks.count).compactMap { slot in
            guard state.externalTasks.contains(slot) else { return nil }
            let (job, row) = (JobID(slot), state.externalTasks[slot])
            return row.kind == .task && isWanted(job, row) ? (job, row) : nil
        }
    }

    func task(_ job: JobID, _ external: ExternalTask) -> WireTask {
        var task = WireTask()
        let said = (try? WireTaskInfo(serializedBytes: external.wire, partial: true)) ?? WireTaskInfo()
        task.name = said.hasName ? said.name : external.name
        task.taskID.value = external.name
        task.frameworkID.value = state.frameworkID(of: external.framework)
        if !external.executor.isEmpty { task.executorID.value = external.executor }
        task.agentID.value = state.agentID(number: external.agent)
        task.state = EventMapping.state(external.state)
        if state.contains(job) {
            let id = TaskID(job: job, index: 0)
            let role = state.path(of: state.jobs[job.index].role)
            if let row = state.row(of: id), !row.need.isZero || state.taskExtras[id] != nil {
                task.resources = resources.wire(state.items(state.holding(of: id, row)), role: role)
            }
            if task.resources.isEmpty { task.resources = sent(said, role: role) }
        }
        task.statuses = external.history.map { status($0, of: external) }
        if let last = external.history.last {
            task.statusUpdateState = EventMapping.state(last.state)
            if !last.uuid.isEmpty { task.statusUpdateUuid = Data(last.uuid) }
        }
        if said.hasLabels { task.labels = said.labels }
        if said.hasDiscovery { task.discovery = said.discovery }
        if said.hasContainer { task.container = said.container }
        if said.hasHealthCheck { task.healthCheck = said.healthCheck }
        if said.hasKillPolicy { task.killPolicy = said.killPolicy }
        let user = said.hasCommand && said.command.hasUser ? said.command.user : ""
        if !user.isEmpty { task.user = user }
        task.limits = said.limits
        return task
    }

    /// What was sent with the launch, with the role that holds it.
    private func sent(_ said: WireTaskInfo, role: String) -> [WireResource] {
        said.resources.map { resource in
            var own = resource
            if !own.hasAllocationInfo { own.allocationInfo.role = role }
            return own
        }
    }

    func status(_ update: TaskUpdate, of task: ExternalTask) -> WireTaskStatus {
        EventMapping.status(
            UpdateTold(
                task: task.name, agent: state.agentID(number: task.agent), executor: task.executor, update))
    }
}
