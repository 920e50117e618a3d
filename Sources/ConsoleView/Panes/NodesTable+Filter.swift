import ClusterModel

/// What filters can ask of nodes.
extension NodesTable {
    static let fields = [
        "node", "name", "pool", "state", "cpu", "cpus", "mem", "gpus", "use", "tasks", "price", "age", "free",
        "freemem",
        "load", "heard", "why", "type",
    ]

    static func field(_ name: String, _ key: RowKey, _ context: FrameContext) -> FieldValue? {
        if key.kind == .instance { return field(name, context.state.instances[key.instance.index], context) }
        let row = context.state.nodes[key.node.index]
        switch name {
        case "node", "name": return .text(context.state.text(row.name))
        case "pool": return .text(context.state.name(of: row.pool))
        case "state": return .text(row.state.word)
        case "cpu": return .number(Int64(Show.permille(row.used.cpus, of: row.total.cpus)) * 100)
        case "cpus": return .number(row.total.cpus)
        case "mem": return .bytes(row.total.mem)
        case "gpus": return .number(row.total.gpus)
        case "use": return .number(Int64(Show.permille(row.cpuUsed, of: row.total.cpus)) * 100)
        case "tasks": return .number(Int64(row.tasks) * 1_000)
        case "price": return .money(row.pricePerHour)
        case "age":
            return .duration((context.now - (row.joinedAt.isNever ? row.stateSince : row.joinedAt)).microseconds)
        case "free": return .number(row.free.cpus)
        case "freemem": return .bytes(row.free.mem)
        case "load": return .number(row.load &* 10)
        case "heard": return .duration((context.now - row.heardAt).microseconds)
        case "why": return .text(row.reason.description)
        default: return nil
        }
    }

    private static func field(_ name: String, _ row: InstanceRow, _ context: FrameContext) -> FieldValue? {
        switch name {
        case "node", "name": .text(context.state.text(row.name))
        case "pool": .text(context.state.name(of: row.pool))
        case "state": .text(row.state.word)
        case "type": .text(context.state.text(row.type))
        case "price": .money(row.pricePerHour)
        case "age": .duration((context.now - row.wishedAt).microseconds)
        case "why": .text(row.reason.description)
        default: nil
        }
    }

    static func words(_ key: RowKey, _ context: FrameContext) -> [String] {
        if key.kind == .instance {
            let row = context.state.instances[key.instance.index]
            return [context.state.text(row.name), context.state.name(of: row.pool), row.state.word]
        }
        let row = context.state.nodes[key.node.index]
        return [context.state.text(row.name), context.state.name(of: row.pool), row.state.word, row.reason.description]
    }
}
