import ClusterModel
import Foundation
import SchedulerWire

/// Resources between the wire and the state: cpus and gpus in thousandths, memory and disk in bytes there, decimal
/// numbers (memory and disk in mebibytes) here.
struct ResourceMapping: Sendable {
    /// How reservations are written.
    enum Format: Sendable {
        /// A stack of layers.
        case refined
        /// The role and at most one layer: for frameworks that know no stacks.
        case plain
        /// Both, as answers to operators have them.
        case both
    }

    let configuration: ClusterConfiguration
    private let laneNames: [String]

    init(configuration: ClusterConfiguration) {
        self.configuration = configuration
        laneNames = configuration.laneNames
    }

    /// Why a list of resources cannot be taken.
    struct Fault: Error { var description: String }

    // MARK: From the wire

    /// Resources by identity. Amounts are rounded to thousandths.
    func items(_ resources: [WireResource]) throws(Fault) -> [ResourceItem] {
        var items: [ResourceItem] = []
        for resource in resources {
            let identity = try identity(resource)
            var at = items.firstIndex { $0.identity == identity }
            if identity.volume != nil || identity.disk == .mount { at = nil }
            if at == nil { items.append(ResourceItem(identity, .zero)) }
            try add(resource, to: &items[at ?? items.count - 1])
        }
        return items
    }

    /// `items`, with the fault as text instead of thrown.
    func items(_ resources: [WireResource], problem: inout String) -> [ResourceItem] {
        do { return try items(resources) } catch {
            if problem.isEmpty { problem = error.description }
            return []
        }
    }

    private func add(_ resource: WireResource, to item: inout ResourceItem) throws(Fault) {
        switch resource.type {
        case .scalar:
            guard resource.hasScalar else { throw Fault(description: "Invalid scalar resource: no value in it") }
            guard let lane = configuration.lane(of: resource.name) else {
                throw Fault(
                    description:
                        "Resource '\(resource.name)' is not known here: name it under scalars in the cluster file")
            }
            guard let amount = Self.amount(resource.scalar.value, lane: lane) else {
                throw Fault(
                    description: resource.scalar.value < 0
                        ? "Invalid scalar resource: value < 0"
                        : "Invalid scalar resource: value \(resource.scalar.value) of '\(resource.name)'")
            }
            guard let sum = Self.sum(item.amount.lanes[lane], amount) else {
                throw Fault(description: "Invalid scalar resource: too much of '\(resource.name)' in all")
            }
            item.amount.lanes[lane] = sum
        case .ranges:
            var bounds: [UInt64] = []
            for range in resource.ranges.range {
                guard range.begin <= range.end else { throw Fault(description: "Invalid ranges resource: begin > end") }
                bounds = Extras.joined(bounds, [range.begin, range.end])
            }
            guard bounds.count <= 2 * Extras.pieceLimit else {
                throw Fault(description: "Invalid ranges resource: more than \(Extras.pieceLimit) ranges")
            }
            var extras = Extras()
            extras.set(Extras.Ranges(name: resource.name, bounds: bounds))
            item.extras = item.extras + extras
        case .set:
            var extras = Extras()
            extras.set(Extras.Words(name: resource.name, items: Array(Set(resource.set.item)).sorted()))
            item.extras = item.extras + extras
        case .text: throw Fault(description: "Unsupported resource type for resource '\(resource.name)'")
        }
    }

    /// The most of one kind that a list of resources may name, in the lane's units: 64 PiB, or 7 * 10^13 cpus.
    private static let most: Int64 = 1 << 56

    /// A wire number in the lane's units; nil when it is below zero or no number, so small that nothing is left of it,
    /// or more than any cluster has.
    static func amount(_ value: Double, lane: Int) -> Int64? {
        let thousandths = (value * 1_000).rounded()
        if value != 0, thousandths <= 0 { return nil }
        let units = lane == 1 || lane == 2 ? (thousandths / 1_000 * 1_048_576).rounded() : thousandths
        return units >= 0 && units <= Double(most) ? Int64(units) : nil
    }

    /// Two such amounts together; nil when that is too much.
    static func sum(_ a: Int64, _ b: Int64) -> Int64? { a + b <= most ? a + b : nil }

    /// Named quantities as a vector. Names that are not known are told.
    func vector(_ quantities: [String: WireValue.Scalar]) throws(Fault) -> ResourceVector {
        var vector = ResourceVector.zero
        for (name, scalar) in quantities.sorted(by: { $0.key < $1.key }) {
            guard let lane = configuration.lane(of: name) else {
                throw Fault(description: "Resource '\(name)' is not known here")
            }
            guard let amount = Self.amount(scalar.value, lane: lane) else {
                throw Fault(description: "Invalid amount of '\(name)'")
            }
            vector.lanes[lane] = amount
        }
        return vector
    }

    private func identity(_ resource: WireResource) throws(Fault) -> ResourceIdentity {
        var identity = ResourceIdentity()
        for layer in resource.reservations {
            guard layer.hasRole, !layer.role.isEmpty, layer.role != "*" else {
                throw Fault(description: "Invalid reservation: role '\(layer.role)' cannot be reserved for")
            }
            identity.reservations.append(
                .init(
                    layer.type == .dynamic ? .dynamic : .fixed, role: layer.role, principal: layer.principal,
                    labels: Self.labels(layer.labels)))
        }
        if resource.reservations.isEmpty, resource.hasReservation || resource.hasRole && resource.role != "*" {
            guard resource.role != "*", !resource.role.isEmpty else {
                throw Fault(description: "Invalid reservation: role \"*\" cannot be dynamically reserved")
            }
            identity.reservations = [
                .init(
                    resource.hasReservation ? .dynamic : .fixed, role: resource.role,
                    principal: resource.reservation.principal, labels: Self.labels(resource.reservation.labels))
            ]
        }
        if resource.hasDisk { try disk(resource.disk, &identity) }
        identity.isRevocable = resource.hasRevocable
        identity.isShared = resource.hasShared
        return identity
    }

    private func disk(_ disk: WireResource.DiskInfo, _ identity: inout ResourceIdentity) throws(Fault) {
        if disk.hasSource {
            switch disk.source.type {
            case .path: (identity.disk, identity.diskRoot) = (.path, disk.source.path.root)
            case .mount: (identity.disk, identity.diskRoot) = (.mount, disk.source.mount.root)
            case .block: (identity.disk, identity.diskRoot) = (.block, disk.source.id)
            case .raw: (identity.disk, identity.diskRoot) = (.raw, disk.source.id)
            case .unknown: throw Fault(description: "Unsupported 'DiskInfo.Source.Type'")
            }
        }
        if disk.hasPersistence {
            guard disk.hasVolume else { throw Fault(description: "Expecting 'volume' to be set for persistent volume") }
            identity.volume = .init(
                id: disk.persistence.id, containerPath: disk.volume.containerPath,
                principal: disk.persistence.principal, isReadOnly: disk.volume.mode == .ro)
        } else if disk.hasVolume {
            throw Fault(description: "Non-persistent volume not supported")
        }
    }

    private static func labels(_ labels: WireLabels) -> [ResourceIdentity.Label] {
        labels.labels.map { .init($0.key, $0.value) }
    }

    // MARK: To the wire

    /// `items` for the role that holds them; "" = nobody does.
    func wire(_ items: [ResourceItem], role: String = "", _ format: Format = .refined) -> [WireResource] {
        var result: [WireResource] = []
        for item in items {
            let base = base(item.identity, role: role, format)
            for (lane, name) in laneNames.enumerated() where item.amount.lanes[lane] != 0 {
                var resource = base
                resource.name = name
                resource.type = .scalar
                resource.scalar.value = Self.number(item.amount.lanes[lane], lane: lane)
                result.append(resource)
            }
            for ranges in item.extras.ranges {
                var resource = base
                resource.name = ranges.name
                resource.type = .ranges
                resource.ranges.range = stride(from: 0, to: ranges.bounds.count, by: 2).map { at in
                    .with {
                        $0.begin = ranges.bounds[at]
                        $0.end = ranges.bounds[at + 1]
                    }
                }
                result.append(resource)
            }
            for words in item.extras.words {
                var resource = base
                resource.name = words.name
                resource.type = .set
                resource.set.item = words.items
                result.append(resource)
            }
        }
        return result
    }

    /// A lane's amount as the wire has it.
    static func number(_ amount: Int64, lane: Int) -> Double {
        lane == 1 || lane == 2
            ? (Double(amount) / 1_048_576 * 1_000).rounded() / 1_000 : Double(amount) / 1_000
    }

    /// Names and numbers of a vector, names ascending.
    func numbers(_ vector: ResourceVector) -> [(name: String, value: Double)] {
        laneNames.enumerated().filter { vector.lanes[$0.offset] != 0 }
            .map { (name: $0.element, value: Self.number(vector.lanes[$0.offset], lane: $0.offset)) }
            .sorted { $0.name < $1.name }
    }

    private func base(_ identity: ResourceIdentity, role: String, _ format: Format) -> WireResource {
        var resource = WireResource()
        if !role.isEmpty { resource.allocationInfo.role = role }
        let layers = identity.reservations.map { layer in
            WireResource.ReservationInfo.with {
                $0.type = layer.kind == .dynamic ? .dynamic : .static
                $0.role = layer.role
                if !layer.principal.isEmpty { $0.principal = layer.principal }
                if !layer.labels.isEmpty { $0.labels = Self.wire(layer.labels) }
            }
        }
        if format != .plain { resource.reservations = layers }
        if format == .plain || format == .both && layers.count <= 1 {
            resource.role = identity.role ?? "*"
            if let last = layers.last, last.type == .dynamic {
                resource.reservation = .with {
                    if last.hasPrincipal { $0.principal = last.principal }
                    if last.hasLabels { $0.labels = last.labels }
                }
            }
        }
        if let volume = identity.volume {
            resource.disk.persistence.id = volume.id
            if !volume.principal.isEmpty { resource.disk.persistence.principal = volume.principal }
            resource.disk.volume.mode = volume.isReadOnly ? .ro : .rw
            resource.disk.volume.containerPath = volume.containerPath
        }
        switch identity.disk {
        case .root: break
        case .path:
            resource.disk.source.type = .path
            resource.disk.source.path.root = identity.diskRoot
        case .mount:
            resource.disk.source.type = .mount
            resource.disk.source.mount.root = identity.diskRoot
        case .block:
            resource.disk.source.type = .block
            resource.disk.source.id = identity.diskRoot
        case .raw:
            resource.disk.source.type = .raw
            resource.disk.source.id = identity.diskRoot
        }
        if identity.isRevocable { resource.revocable = .init() }
        if identity.isShared { resource.shared = .init() }
        return resource
    }

    private static func wire(_ labels: [ResourceIdentity.Label]) -> WireLabels {
        .with { list in
            list.labels = labels.map { label in
                .with {
                    $0.key = label.key
                    if !label.value.isEmpty { $0.value = label.value }
                }
            }
        }
    }
}
