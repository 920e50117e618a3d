import ClusterModel
import Foundation
import SchedulerWire
import SwiftProtobuf

/// What is told to frameworks, on the wire.
struct EventMapping: Sendable {
    let resources: ResourceMapping
    let place: MasterPlace
    /// Whether the framework knows stacks of reservations.
    var isRefined = true

    func event(_ told: FrameworkEvent, heartbeatSeconds: Int) -> WireSchedulerEvent {
        var event = WireSchedulerEvent()
        switch told {
        case .subscribed(let framework):
            event.type = .subscribed
            event.subscribed.frameworkID.value = framework
            event.subscribed.heartbeatIntervalSeconds = Double(heartbeatSeconds)
            event.subscribed.masterInfo = place.info
        case .offers(let offers):
            event.type = .offers
            event.offers.offers = offers.map { offer($0) }
        case .rescind(let offer):
            event.type = .rescind
            event.rescind.offerID.value = offer
        case .inverseOffers(let offers):
            event.type = .inverseOffers
            event.inverseOffers.inverseOffers = offers.map { inverse($0) }
        case .rescindInverse(let offer):
            event.type = .rescindInverseOffer
            event.rescindInverseOffer.inverseOfferID.value = offer
        case .update(let told):
            event.type = .update
            event.update.status = Self.status(told)
        case .operation(let told):
            event.type = .updateOperationStatus
            event.updateOperationStatus.status = operation(told)
        case .message(let agent, let executor, let data):
            event.type = .message
            event.message.agentID.value = agent
            event.message.executorID.value = executor
            event.message.data = Data(data)
        case .failure(let agent, let executor, let status):
            event.type = .failure
            if !agent.isEmpty { event.failure.agentID.value = agent }
            if !executor.isEmpty {
                event.failure.executorID.value = executor
                event.failure.status = status
            }
        case .error(let message):
            event.type = .error
            event.error.message = message
        case .closed: event.type = .heartbeat
        }
        return event
    }

    static func error(_ message: String) -> WireSchedulerEvent {
        .with {
            $0.type = .error
            $0.error.message = message
        }
    }

    func offer(_ told: OfferTold) -> WireOffer {
        var offer = WireOffer()
        offer.id.value = told.id
        offer.frameworkID.value = told.framework
        offer.agentID.value = told.agent
        offer.hostname = told.hostname
        offer.url = place.agentURL(hostname: told.hostname)
        if let domain = Self.domain(told.domain) { offer.domain = domain }
        // Ports of the system's own are not offered, as in the reference.
        offer.resources = resources.wire(told.resources, role: told.role, isRefined ? .refined : .plain)
            .filter { $0.name != "ephemeral_ports" }
        offer.attributes = Self.attributes(told.attributes)
        offer.executorIds = told.executors.map { name in .with { $0.value = name } }
        if let when = told.unavailability { offer.unavailability = Self.unavailability(when) }
        offer.allocationInfo.role = told.role
        return offer
    }

    func inverse(_ told: InverseOfferTold) -> WireInverseOffer {
        .with {
            $0.id.value = told.id
            $0.frameworkID.value = told.framework
            $0.agentID.value = told.agent
            $0.url = place.agentURL(hostname: "")
            $0.unavailability = Self.unavailability(told.unavailability)
        }
    }

    static func status(_ told: UpdateTold) -> WireTaskStatus {
        let update = told.update
        var status = WireTaskStatus()
        if !update.wire.isEmpty, let said = try? WireTaskStatus(serializedBytes: update.wire, partial: true) {
            status = said
        }
        status.taskID.value = told.task
        status.state = state(update.state)
        if !update.message.isEmpty { status.message = update.message }
        switch update.source {
        case .core: status.source = .master
        case .agent: status.source = .agent
        case .executor: status.source = .executor
        }
        if let reason = reason(update.reason) { status.reason = reason }
        if !update.data.isEmpty { status.data = Data(update.data) }
        if !told.agent.isEmpty { status.agentID.value = told.agent }
        if !told.executor.isEmpty { status.executorID.value = told.executor }
        status.timestamp = Double(update.at.microseconds) / 1e6
        if !update.uuid.isEmpty { status.uuid = Data(update.uuid) } else { status.clearUuid() }
        if !update.unreachableSince.isNever {
            status.unreachableTime.nanoseconds = nanoseconds(update.unreachableSince)
        }
        return status
    }

    func operation(_ told: OperationTold) -> WireOperationStatus {
        var status = WireOperationStatus()
        if !told.operation.isEmpty { status.operationID.value = told.operation }
        status.state = WireOperationState(rawValue: Int(told.state.rawValue)) ?? .operationUnknown
        if !told.message.isEmpty { status.message = told.message }
        status.convertedResources = resources.wire(told.converted)
        if !told.uuid.isEmpty { status.uuid.value = Data(told.uuid) }
        if !told.agent.isEmpty { status.agentID.value = told.agent }
        return status
    }

    // MARK: Small parts

    static func state(_ state: FrameworkTaskState) -> WireTaskState {
        switch state {
        case .staging: .taskStaging
        case .starting: .taskStarting
        case .running: .taskRunning
        case .killing: .taskKilling
        case .finished: .taskFinished
        case .failed: .taskFailed
        case .killed: .taskKilled
        case .error: .taskError
        case .lost: .taskLost
        case .dropped: .taskDropped
        case .unreachable: .taskUnreachable
        case .gone: .taskGone
        case .goneByOperator: .taskGoneByOperator
        case .unknown: .taskUnknown
        }
    }

    /// The wire's reason: both sides have the words in one order.
    static func reason(_ reason: StatusReason) -> WireTaskStatus.Reason? {
        guard reason != .none else { return nil }
        let at = Int(reason.rawValue) - 1
        return at < WireTaskStatus.Reason.allCases.count ? WireTaskStatus.Reason.allCases[at] : nil
    }

    static func nanoseconds(_ at: Instant) -> Int64 {
        let (value, overflow) = at.microseconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? .max : value
    }

    static func domain(_ domain: FaultDomain) -> WireDomainInfo? {
        guard domain != FaultDomain() else { return nil }
        return .with {
            $0.faultDomain.region.name = domain.region
            $0.faultDomain.zone.name = domain.zone
        }
    }

    static func attributes(_ attributes: [Attribute]) -> [WireAttribute] {
        attributes.map { attribute in
            .with {
                $0.name = attribute.name
                switch attribute.kind {
                case .text:
                    $0.type = .text
                    $0.text.value = attribute.text
                case .scalar:
                    $0.type = .scalar
                    $0.scalar.value = Double(attribute.thousandths) / 1_000
                case .ranges:
                    $0.type = .ranges
                    $0.ranges.range = stride(from: 0, to: attribute.bounds.count - 1, by: 2).map { at in
                        .with {
                            $0.begin = attribute.bounds[at]
                            $0.end = attribute.bounds[at + 1]
                        }
                    }
                }
            }
        }
    }

    static func unavailability(_ when: Unavailability) -> WireUnavailability {
        .with {
            $0.start.nanoseconds = when.startNanoseconds
            if when.durationNanoseconds >= 0 { $0.duration.nanoseconds = when.durationNanoseconds }
        }
    }
}

/// Where the core is reached, as clients are told.
struct MasterPlace: Hashable, Sendable {
    var cluster = ""
    var host = "127.0.0.1"
    var port = 0
    var version = ""
    var domain = FaultDomain()

    var info: WireMasterInfo {
        .with {
            $0.id = cluster
            // The address's bytes as they stand in memory on the reference's machines.
            let parts = host.split(separator: ".").compactMap { UInt32($0) }
            $0.ip = parts.count == 4 ? parts.reversed().reduce(0) { $0 << 8 | $1 } : 0
            $0.port = UInt32(port)
            $0.pid = "master@\(host):\(port)"
            $0.hostname = hostname
            $0.version = version
            $0.address.hostname = hostname
            $0.address.ip = host
            $0.address.port = Int32(port)
            if let domain = EventMapping.domain(domain) { $0.domain = domain }
            let types: [WireMasterInfo.Capability.TypeEnum] = [.agentUpdate, .agentDraining, .quotaV2]
            $0.capabilities = types.map { type in .with { $0.type = type } }
        }
    }

    var hostname: String { host == "127.0.0.1" ? "localhost" : host }

    func agentURL(hostname: String) -> WireURL {
        .with {
            $0.scheme = "http"
            $0.address.hostname = hostname.isEmpty ? self.hostname : hostname
            $0.address.ip = host
            $0.address.port = Int32(port)
            $0.path = "/slave(1)"
        }
    }
}
