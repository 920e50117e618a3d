import ClusterModel

/// The nodes pane: present nodes, and machines on their way that are no nodes yet.
enum NodesTable: PaneTable {
    static let columns = [
        ColumnSpec(name: "node", title: "NODE", width: 9, grows: true, yields: 0),
        ColumnSpec(name: "pool", title: "POOL", width: 8, grows: true, yields: 5),
        ColumnSpec(name: "state", title: "STATE", width: 11, yields: 1),
        ColumnSpec(name: "cpu", title: "CPU", width: 12, yields: 2, largestFirst: true),
        ColumnSpec(name: "mem", title: "MEM", width: 4, align: .trailing, yields: 3, largestFirst: true),
        ColumnSpec(
            name: "gpu", title: "GPU", width: 4, align: .trailing, yields: 20, zoomOnly: true, largestFirst: true),
        ColumnSpec(name: "use", title: "USE", width: 4, align: .trailing, yields: 8, largestFirst: true),
        ColumnSpec(name: "tasks", title: "TASKS", width: 5, align: .trailing, yields: 7, largestFirst: true),
        ColumnSpec(name: "price", title: "$/H", width: 5, align: .trailing, yields: 6, largestFirst: true),
        ColumnSpec(name: "age", title: "AGE", width: 4, align: .trailing, yields: 4, largestFirst: true),
        ColumnSpec(
            name: "free", title: "FREE CPU", width: 8, align: .trailing, yields: 21,
            zoomOnly: true, largestFirst: true),
        ColumnSpec(
            name: "freemem", title: "FREE MEM", width: 8, align: .trailing, yields: 22, zoomOnly: true,
            largestFirst: true),
        ColumnSpec(
            name: "offered", title: "OFFERED", width: 7, align: .trailing, yields: 23, zoomOnly: true,
            largestFirst: true),
        ColumnSpec(
            name: "load", title: "LOAD", width: 6, align: .trailing, yields: 24, zoomOnly: true, largestFirst: true),
        ColumnSpec(
            name: "heard", title: "HEARD", width: 5, align: .trailing, yields: 25, zoomOnly: true, largestFirst: true),
        ColumnSpec(name: "why", title: "WHY", width: 16, grows: true, yields: 26, zoomOnly: true),
    ]
    static let firstSort = 0

    static func change(_ state: ClusterState) -> UInt64 { state.nodes.change &+ state.instances.change }

    static func entries(_ context: FrameContext, by column: Int) -> [IndexEntry] {
        let state = context.state
        var result: [IndexEntry] = []
        result.reserveCapacity(state.nodes.count)
        for (index, chunk) in state.nodes.chunks.enumerated() {
            for (offset, row) in chunk.rows.enumerated() where row.isPresent {
                let slot = UInt32(index * Table<NodeRow>.chunkSize + offset)
                result.append(
                    IndexEntry(sort: sort(row, by: column, context), key: RowKey(.node, slot, row.name.raw)))
            }
        }
        for id in state.index.liveInstances where state.instances[id.index].node.isNone {
            result.append(
                IndexEntry(sort: sort(state.instances[id.index], by: column, context), key: RowKey(.instance, id.raw)))
        }
        return result
    }

    private static func sort(_ row: NodeRow, by column: Int, _ context: FrameContext) -> Int64 {
        switch columns[column].name {
        case "node": context.ranks[row.name]
        case "pool": poolRank(row.pool, context)
        case "state": Int64(row.state.rawValue)
        case "cpu": Int64(Show.permille(row.used.cpus, of: row.total.cpus))
        case "mem": Int64(Show.permille(row.used.mem, of: row.total.mem))
        case "gpu": row.used.gpus
        case "use": Int64(Show.permille(row.cpuUsed, of: row.total.cpus))
        case "tasks": Int64(row.tasks)
        case "price": row.pricePerHour
        case "age": 0 &- since(row).microseconds
        case "free": row.free.cpus
        case "freemem": row.free.mem
        case "offered": row.offered.cpus
        case "load": row.load
        case "heard": 0 &- row.heardAt.microseconds
        default: Int64(row.reason.code.rawValue)
        }
    }

    private static func sort(_ row: InstanceRow, by column: Int, _ context: FrameContext) -> Int64 {
        switch columns[column].name {
        case "node": context.ranks[row.name]
        case "pool": poolRank(row.pool, context)
        case "state": Int64(NodeRow.State.joining.rawValue)
        case "price": row.pricePerHour
        case "age": 0 &- row.wishedAt.microseconds
        default: -1
        }
    }

    private static func poolRank(_ pool: PoolID, _ context: FrameContext) -> Int64 {
        pool.index < context.state.pools.count ? context.ranks[context.state.pools[pool.index].name] : -1
    }

    private static func since(_ row: NodeRow) -> Instant { row.joinedAt.isNever ? row.stateSince : row.joinedAt }

    static func cell(_ column: Int, _ key: RowKey, _ context: FrameContext) -> TableCell {
        if key.kind == .instance { return cell(column, context.state.instances[key.instance.index], context) }
        let row = context.state.nodes[key.node.index]
        switch columns[column].name {
        case "node": return .text(context.state.text(row.name), row.state == .ready ? .text : row.state.style)
        case "pool": return .text(context.state.name(of: row.pool), .pool)
        case "state": return .text(row.state.word, row.state.style)
        case "cpu":
            let share = Show.permille(row.used.cpus, of: row.total.cpus)
            return .meter(share, row.total.cpus > 0 ? "\(share / 10)%" : "-")
        case "mem": return .text(Show.percent(row.used.mem, of: row.total.mem), .text)
        case "gpu":
            return row.total.gpus == 0
                ? .text("-", .dim) : .text("\(row.used.gpus / 1_000)/\(row.total.gpus / 1_000)", .text)
        case "use": return .text(Show.percent(row.cpuUsed, of: row.total.cpus), .dim)
        case "tasks": return .text("\(row.tasks)", row.tasks == 0 ? .dim : .text)
        case "price": return .text(Show.money(row.pricePerHour), .cost)
        case "age": return .text(Show.age(context.now - since(row)), .dim)
        case "free": return .text(Show.count(row.free.cpus), .text)
        case "freemem": return .text(Show.bytes(row.free.mem), .text)
        case "offered": return .text(row.offered.cpus == 0 ? "-" : Show.count(row.offered.cpus), .offer)
        case "load": return .text("\(row.load / 100).\(Show.two(row.load % 100))", .text)
        case "heard": return .text(Show.age(context.now - row.heardAt), row.connected ? .dim : .warning)
        default: return .text(why(row, context), .dim)
        }
    }

    private static func why(_ row: NodeRow, _ context: FrameContext) -> String {
        row.reason.code == .registered && row.state == .ready ? "" : row.reason.description
    }

    private static func cell(_ column: Int, _ row: InstanceRow, _ context: FrameContext) -> TableCell {
        switch columns[column].name {
        case "node": .text(context.state.text(row.name), .nodeBooting)
        case "pool": .text(context.state.name(of: row.pool), .pool)
        case "state": .text(row.state.word, .nodeBooting)
        case "price": .text(Show.money(row.pricePerHour), .cost)
        case "age": .text(Show.age(context.now - row.wishedAt), .dim)
        case "why": .text(row.reason.description, .dim)
        case "cpu": .text("\(context.state.text(row.type)) \(Show.age(context.now - row.stateSince))", .dim)
        default: .text("-", .dim)
        }
    }
}
