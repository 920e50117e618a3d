/// What a job requires of a node, compiled: an expression over the node's attributes and what is known of it.
public struct Requirement: Hashable, Sendable {
    /// The condition.
    public let expression: Expression
    /// The text as it was written.
    public var text: String { expression.text }

    /// Names that every node answers to, beside its attributes.
    public static let builtInFields = ["node", "pool", "host", "arch", "kernel", "cpus", "mem", "disk", "gpus"]

    /// Those of them that nobody knows before the machine is there.
    public static let lateFields = ["node", "host", "arch", "kernel"]

    /// Reads a requirement; nil for an empty text. Attribute names are free: whether any machine has them is asked
    /// when a job is submitted.
    public static func compile(_ text: String) throws(TextFault) -> Requirement? {
        guard text.utf8.contains(where: { $0 != UInt8(ascii: " ") }) else { return nil }
        let expression = try Expression(text)
        try checkAmounts(expression)
        return Requirement(expression: expression)
    }

    /// Amounts that every node has must be compared with amounts.
    private static func checkAmounts(_ expression: Expression) throws(TextFault) {
        for comparison in expression.comparisons {
            let (isNumber, isAmount) = (
                ["cpus", "gpus"].contains(comparison.field), ["mem", "disk"].contains(comparison.field)
            )
            guard isNumber && comparison.operand.number == nil || isAmount && comparison.operand.bytes == nil else {
                continue
            }
            throw TextFault(
                text: expression.text, cause: "\(comparison.field) is compared with \"\(comparison.operand.text)\"",
                remedy: "write an amount, such as \(isNumber ? "cpus>=4" : "mem>=4GiB")")
        }
    }
    init(expression: Expression) { self.expression = expression }

    /// Whether the node is as required. Cost: the terms times the node's attributes.
    public func holds(on node: NodeID, in state: ClusterState) -> Bool {
        expression.matches { Self.field($0, of: node, in: state) }
    }

    /// Why the node is not as required, as `gpu is t4`; nil when it is.
    public func failure(on node: NodeID, in state: ClusterState) -> String? {
        expression.failure { Self.field($0, of: node, in: state) }
    }

    /// Whether a machine type is as required, as far as it can be known before the machine is there.
    public func mayHold(on type: MachineType, pool: String, scalars: [String]) -> Bool {
        expression.matches { name in
            switch name {
            case "pool": .text(pool)
            default:
                Self.amount(name, of: type.resources, scalars: scalars) ?? Self.attribute(name, in: type.attributes)
            }
        }
    }

    private static func field(_ name: String, of node: NodeID, in state: ClusterState) -> FieldValue? {
        let row = state.nodes[node.index]
        switch name {
        case "node": return .text(state.text(row.name))
        case "pool": return .text(state.name(of: row.pool))
        case "host": return .text(state.nodeDetails[node.index].host)
        case "arch": return .text(state.nodeDetails[node.index].arch)
        case "kernel": return .text(state.nodeDetails[node.index].kernel)
        default:
            return attribute(name, in: state.nodeDetails[node.index].attributes)
                ?? amount(name, of: row.total, scalars: state.configuration.scalars)
        }
    }

    private static func amount(_ name: String, of amounts: ResourceVector, scalars: [String]) -> FieldValue? {
        switch name {
        case "cpus": return .number(amounts.cpus)
        case "gpus": return .number(amounts.gpus)
        case "mem": return .bytes(amounts.mem)
        case "disk": return .bytes(amounts.disk)
        default:
            guard let at = scalars.firstIndex(of: name), at < ResourceVector.customLaneLimit else { return nil }
            return .number(amounts.lanes[ResourceVector.firstCustomLane + at])
        }
    }

    /// An attribute's value; several of one name are a list.
    static func attribute(_ name: String, in attributes: [Attribute]) -> FieldValue? {
        var found: FieldValue?
        for attribute in attributes where attribute.name == name {
            let value: FieldValue
            switch attribute.kind {
            case .text: value = .text(attribute.text)
            case .scalar: value = .number(attribute.thousandths)
            case .ranges: value = .text(attribute.text)
            }
            if case .list(let others)? = found {
                found = .list(others + [value])
            } else if let first = found {
                found = .list([first, value])
            } else {
                found = value
            }
        }
        return found
    }
}
