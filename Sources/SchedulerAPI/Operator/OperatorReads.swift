import ClusterModel
import Foundation
import SchedulerWire

/// The reading calls of `POST /api/v1`.
struct OperatorReads: Sendable {
    let reading: StateReading
    let now: Instant
    /// Whether agents are left out, because they are put in as they were written before.
    var leavesAgentsOut = false

    private var state: ClusterState { reading.state }

    var getAgents: WireOperatorResponse.GetAgents {
        .with { answer in
            if !leavesAgentsOut { answer.agents = reading.agents.map { reading.agent($0) } }
            // Nodes that are known of but have not been heard under this leadership.
            answer.recoveredAgents = state.presentNodes.filter {
                let row = state.nodes[$0.index]
                return row.agent > 0 && row.state == .joining
            }.map { reading.agentInfo($0) }
        }
    }

    var getFrameworks: WireOperatorResponse.GetFrameworks {
        .with { answer in
            for slot in state.frameworks.indices where state.frameworks[slot].isExternal {
                let framework = reading.framework(FrameworkID(slot))
                if state.frameworks[slot].state == .removed {
                    answer.completedFrameworks.append(framework)
                } else {
                    answer.frameworks.append(framework)
                }
            }
        }
    }

    var getTasks: WireOperatorResponse.GetTasks {
        .with { answer in
            for (job, row) in reading.tasks() {
                let task = reading.task(job, row)
                switch StateReading.list(of: row) {
                case .live: answer.tasks.append(task)
                case .unreachable: answer.unreachableTasks.append(task)
                case .completed: answer.completedTasks.append(task)
                }
            }
        }
    }

    var getExecutors: WireOperatorResponse.GetExecutors { .with { $0.executors = reading.executors() } }

    var getState: WireOperatorResponse.GetState {
        .with {
            $0.getTasks = getTasks
            $0.getExecutors = getExecutors
            $0.getFrameworks = getFrameworks
            $0.getAgents = getAgents
        }
    }

    var getRoles: WireOperatorResponse.GetRoles {
        .with { answer in
            answer.roles = RoleReading(state).rows.map { role in
                .with {
                    $0.name = role.path
                    $0.weight = Double(role.role?.weight ?? 1_000) / 1_000
                    $0.frameworks = role.frameworks.map { id in .with { $0.value = state.frameworkID(of: id) } }
                    // As in the reference nothing but these: of others nobody knows whether they are scalars.
                    $0.resources = scalars(
                        (role.allocated + role.offered).numbers(reading.resources)
                            .filter { ["cpus", "mem", "disk", "gpus"].contains($0.name) })
                }
            }
        }
    }

    /// Numbers as scalars.
    func scalars(_ numbers: [(name: String, value: Double)]) -> [WireResource] {
        numbers.map { name, value in
            .with {
                $0.name = name
                $0.type = .scalar
                $0.scalar.value = value
            }
        }
    }

    var getWeights: WireOperatorResponse.GetWeights {
        .with { answer in
            answer.weightInfos = state.roles.filter { $0.weight != 1_000 && !state.text($0.path).isEmpty }.map { row in
                .with {
                    $0.weight = Double(row.weight) / 1_000
                    $0.role = state.text(row.path)
                }
            }.sorted { $0.role < $1.role }
        }
    }

    var getQuota: WireOperatorResponse.GetQuota {
        .with { answer in
            answer.status = WireQuotaStatus()
            for row in state.roles where !row.quota.isDefault {
                let path = state.text(row.path)
                answer.status.infos.append(
                    .with {
                        $0.role = path
                        $0.guarantee = scalars(reading.resources.numbers(row.quota.guarantees))
                    })
                answer.status.configs.append(
                    .with {
                        $0.role = path
                        for (name, value) in reading.resources.numbers(row.quota.guarantees) {
                            $0.guarantees[name] = .with { $0.value = value }
                        }
                        for (lane, name) in state.configuration.laneNames.enumerated() where row.quota.isLimited(lane) {
                            let value = ResourceMapping.number(row.quota.limits.lanes[lane], lane: lane)
                            $0.limits[name] = .with { $0.value = value }
                        }
                    })
            }
        }
    }

    var getMaster: WireOperatorResponse.GetMaster {
        .with {
            $0.masterInfo = reading.place.info
            $0.startTime = Double(state.startedAt.microseconds) / 1e6
            $0.electedTime = Double(state.startedAt.microseconds) / 1e6
        }
    }

    var schedule: WireMaintenanceSchedule {
        .with { schedule in
            schedule.windows = state.maintenance.map { window in
                .with {
                    $0.machineIds = window.machines.map { Self.machine($0) }
                    $0.unavailability = EventMapping.unavailability(window.unavailability)
                }
            }
        }
    }

    var maintenanceStatus: WireMaintenanceClusterStatus {
        .with { status in
            status.downMachines = state.machinesDown.map { Self.machine($0) }
            for machine in state.maintenance.flatMap(\.machines) {
                guard !state.machinesDown.contains(where: { $0.isSame(as: machine) }) else { continue }
                status.drainingMachines.append(
                    .with {
                        $0.id = Self.machine(machine)
                        $0.statuses = answers(machine)
                    })
            }
        }
    }

    private func answers(_ machine: MaintenanceWindow.Machine) -> [WireInverseOfferStatus] {
        state.inverseOffers.compactMap { row in
            guard state.nodes.contains(row.node.index), state.machine(of: row.node).isSame(as: machine),
                row.answer != .unknown
            else { return nil }
            return .with {
                $0.status = row.answer == .accept ? .accept : .decline
                $0.frameworkID.value = state.frameworkID(of: row.framework)
                $0.timestamp.nanoseconds = EventMapping.nanoseconds(row.answeredAt)
            }
        }
    }

    static func machine(_ machine: MaintenanceWindow.Machine) -> WireMachineID {
        .with {
            if !machine.hostname.isEmpty { $0.hostname = machine.hostname }
            if !machine.ip.isEmpty { $0.ip = machine.ip }
        }
    }

    var version: WireVersionInfo { .with { $0.version = reading.place.version } }
}
