import Allocator
import ClusterModel

/// Taking back, under the policy `priority`: work of the built-in framework gives way to waiting work of roles of
/// higher priority, revocable work first. Whoever gives way has its grace, and is queued again. Gangs and what
/// frameworks outside run stay. It is done for the head of a queue, a piece at a time: that one is promised the room,
/// so that nobody else starts there meanwhile.
extension ControlCore {
    /// Ends what must give way so that the first of the queue can start. Nothing more is ended for a job for whose sake
    /// tasks are ending already.
    mutating func preempt() {
        guard state.configuration.offers.policy == .priority, !state.index.pending.allSatisfy(\.isEmpty) else { return }
        let roles = state.roles.indices.filter { !state.index.pending[$0].isEmpty }
            .sorted { (-state.priority(of: RoleID($0)), $0) < (-state.priority(of: RoleID($1)), $1) }
        let underWay = endingForOthers()
        for role in roles {
            let head = state.index.pending[role].first { state.jobs[$0.index].notBefore <= now }
            if let head, !underWay.contains(head) { makeRoom(for: head) }
        }
    }

    /// Jobs for whose sake tasks are ending.
    private func endingForOthers() -> Set<JobID> {
        var jobs: Set<JobID> = []
        for tasks in state.index.tasksOnNode {
            for task in tasks {
                guard let row = state.row(of: task), row.state == .killing, row.reason.code == .preempted else {
                    continue
                }
                jobs.insert(JobID(raw: UInt32(truncatingIfNeeded: row.reason.number)))
            }
        }
        return jobs
    }

    private mutating func makeRoom(for job: JobID) {
        let row = state.jobs[job.index]
        guard row.framework == .batch, row.gate == .open, row.queued > 0, !state.specs[job.index].isRevocable else {
            return
        }
        let spec = state.specs[job.index]
        var demand = Demand(role: row.role, need: row.need, count: 1, ports: spec.ports, words: spec.words)
        if !spec.requirement.isEmpty {
            guard let requirement = try? Requirement.compile(spec.requirement) else { return }
            demand.requirement = requirement
        }
        let wanted = Int(row.gang)
        var plans: [(victims: [TaskID], node: NodeID)] = []
        var room = 0
        // Where another is to start, nothing would be gained.
        let taken = memory.nodesPromised(toOthersThan: job, in: state, now: now)
        for node in state.presentNodes where Demand.closedReason(of: node, in: state) == nil {
            guard !taken.contains(node), demand.mismatch(with: node, in: state) == nil else { continue }
            if row.need.fits(in: state.nodes[node.index].free) {
                room += 1
            } else if let victims = victims(on: node, for: row.need, state.priority(of: row.role)) {
                plans.append((victims, node))
            }
        }
        // With room enough something else speaks against its start, and ending others would not help.
        guard room < wanted, room + plans.count >= wanted else { return }
        plans.sort { ($0.victims.count, $0.node) < ($1.victims.count, $1.node) }
        let chosen = plans.prefix(wanted - room)
        for plan in chosen {
            for victim in plan.victims { requestKill(victim, Reason(.preempted, Int64(job.raw)), user: "") }
        }
        let count = chosen.reduce(0) { $0 + $1.victims.count }
        emit(
            .decided(
                Decision(
                    about: .hold,
                    summary: "\(count) task\(count == 1 ? "" : "s") give way to \(state.label(of: job)), "
                        + "whose role \(state.path(of: row.role)) has priority \(state.priority(of: row.role))")))
    }

    private func victims(on node: NodeID, for need: ResourceVector, _ priority: Int64) -> [TaskID]? {
        var tasks: [TaskID] = []
        var holders: [Preemption.Holder] = []
        for task in state.index.tasksOnNode[node.index].sorted() {
            guard let row = state.row(of: task), row.state == .running || row.state == .staging,
                state.contains(task.job), state.jobs[task.job.index].framework == .batch,
                state.jobs[task.job.index].gang <= 1
            else { continue }
            tasks.append(task)
            holders.append(
                Preemption.Holder(
                    row.need, priority: state.priority(of: state.jobs[task.job.index].role),
                    isRevocable: state.specs[task.job.index].isRevocable, since: row.launchedAt))
        }
        let free = state.nodes[node.index].free
        return Preemption.victims(for: need, priority: priority, free: free, holders: holders)?.map { tasks[$0] }
    }
}
