import ClusterModel
import ConsoleView

/// Nodes, and machines that are on their way to be nodes, by name.
enum NodeList {
    struct Row {
        var row: NodeRow
        var details = NodeDetails()
        /// The machine, as long as it is no node.
        var machine: InstanceRow?
    }

    static func make(_ context: ListContext) -> List<Row> {
        let state = context.state
        let rows = state.presentNodes.map { Row(row: state.nodes[$0.index], details: state.nodeDetails[$0.index]) }
        let sorted = (rows + machines(state)).sorted {
            NaturalOrder.precedes(state.text($0.row.name), state.text($1.row.name))
        }
        return List(plural: "nodes", columns: identity(context) + amounts(context) + facts(context), rows: sorted)
    }

    /// Machines that were wished for and have no node yet, as the nodes that they are to be.
    private static func machines(_ state: ClusterState) -> [Row] {
        state.index.liveInstances.compactMap { id in
            let machine = state.instances[id.index]
            let isNode = state.nodes.contains(machine.node.index) && state.nodes[machine.node.index].isPresent
            if isNode || state.node(named: state.text(machine.name)) != nil { return nil }
            var row = NodeRow()
            (row.name, row.pool, row.instance, row.state) = (machine.name, machine.pool, id, .joining)
            (row.reason, row.stateSince, row.pricePerHour) = (machine.reason, machine.stateSince, machine.pricePerHour)
            row.total = state.machineType(state.text(machine.type), in: machine.pool)?.resources ?? .zero
            return Row(row: row, machine: machine)
        }
    }

    /// The reason of a node's state in words; a ready node needs none.
    static func why(_ row: NodeRow) -> String {
        if row.state == .ready { return "" }
        return row.removeWhenDrained && row.state == .draining ? "will be removed" : "\(row.reason)"
    }

    private static func identity(_ context: ListContext) -> [ListColumn<Row>] {
        let state = context.state
        return [
            ListColumn("name", field: "node", title: "NODE") { .text(state.text($0.row.name)) },
            ListColumn("pool", field: "pool", title: "POOL", shed: 4) { .word(state.name(of: $0.row.pool)) },
            ListColumn("state", field: "state", title: "STATE") { .text($0.machine?.state.word ?? $0.row.state.word) },
            ListColumn("reason", field: "why") { .word(why($0.row)) },
            ListColumn("connected", field: "connected") { .flag($0.row.connected) },
        ]
    }

    private static func amounts(_ context: ListContext) -> [ListColumn<Row>] {
        [
            ListColumn(
                "cpus", field: "cpus", title: "CPUS", side: .right, shed: 1,
                shown: { ListContext.share(number($0.row.used.cpus), of: number($0.row.total.cpus)) }
            ) { .thousandths($0.row.total.cpus) },
            ListColumn("cpusUsed") { .thousandths($0.row.used.cpus) },
            ListColumn("", field: "cpu") { .thousandths(percent($0.row.used.cpus, of: $0.row.total.cpus)) },
            ListColumn("cpusOffered") { .thousandths($0.row.offered.cpus) },
            ListColumn("cpusFree", field: "free") { .thousandths($0.row.free.cpus) },
            ListColumn(
                "cpuBusyPercent", field: "use", title: "USE", side: .right, shed: 3,
                shown: { Show.percent($0.row.cpuUsed, of: $0.row.total.cpus) }
            ) { .thousandths(percent($0.row.cpuUsed, of: $0.row.total.cpus)) },
            ListColumn(
                "memBytes", field: "mem", title: "MEM", side: .right, shed: 2,
                shown: { ListContext.share(size($0.row.used.mem), of: size($0.row.total.mem)) }
            ) { .bytes($0.row.total.mem) },
            ListColumn("memUsedBytes") { .bytes($0.row.used.mem) },
            ListColumn("memOfferedBytes") { .bytes($0.row.offered.mem) },
            ListColumn("memFreeBytes", field: "freemem") { .bytes($0.row.free.mem) },
            ListColumn("memMeasuredBytes") { .bytes($0.row.memUsed) },
            ListColumn("diskBytes", field: "disk") { .bytes($0.row.total.disk) },
            ListColumn("diskUsedBytes") { .bytes($0.row.used.disk) },
            ListColumn(
                "gpus", field: "gpus", title: "GPUS", side: .right, shed: 5,
                shown: {
                    $0.row.total.gpus == 0
                        ? "" : ListContext.share(number($0.row.used.gpus), of: number($0.row.total.gpus))
                }
            ) { .thousandths($0.row.total.gpus) },
            ListColumn("gpusUsed") { .thousandths($0.row.used.gpus) },
            ListColumn("scalars") { .pairs(context.scalars($0.row.total)) },
            ListColumn("scalarsUsed") { .pairs(context.scalars($0.row.used)) },
        ]
    }

    private static func facts(_ context: ListContext) -> [ListColumn<Row>] {
        let state = context.state
        return [
            ListColumn("tasks", field: "tasks", title: "TASKS", side: .right, shed: 3) { .count(Int64($0.row.tasks)) },
            ListColumn("loadAverage", field: "load", title: "LOAD", side: .right, shed: 7, shown: { load($0.row) }) {
                .thousandths($0.row.load * 10)
            },
            ListColumn("costPerHour", field: "price", title: "COST/H", side: .right, shed: 5) {
                .money($0.row.pricePerHour)
            },
            ListColumn("ageSeconds", field: "age", title: "AGE", side: .right, shed: 6) {
                context.age($0.row.joinedAt)
            },
            ListColumn("stateSince") { .moment($0.row.stateSince) },
            ListColumn("heardAt") { .moment($0.row.heardAt) },
            ListColumn("extras") { ListContext.extras($0.details.extras) },
            ListColumn("attributes") { entry in
                .pairs(entry.details.attributes.map { ListValue.Pair(name: $0.name, value: .text($0.text)) })
            },
            ListColumn("address") { .word($0.details.address) },
            ListColumn("host", field: "host") { .word($0.details.host) },
            ListColumn("kernel") { .word($0.details.kernel) },
            ListColumn("arch", field: "arch") { .word($0.details.arch) },
            ListColumn("agentVersion") { .word($0.details.agentVersion) },
            ListColumn("isolation") { .word($0.details.isolation) },
            ListColumn("fault", field: "fault") { .word($0.details.fault) },
            ListColumn("", title: "WHY", shed: 2) { entry in
                .text(entry.details.fault.isEmpty || entry.row.state == .ready ? why(entry.row) : entry.details.fault)
            },
            ListColumn("instance") { entry in
                entry.row.instance.isNone || !state.instances.contains(entry.row.instance.index)
                    ? .none : .text(state.text(state.instances[entry.row.instance.index].name))
            },
        ]
    }

    private static func number(_ thousandths: Int64) -> String { Quantity.format(thousandths: thousandths) }
    private static func size(_ bytes: Int64) -> String { Quantity.format(bytes: bytes) }
    private static func load(_ row: NodeRow) -> String { "\(row.load / 100).\(row.load / 10 % 10)" }
    /// A share in thousandths of a percent.
    private static func percent(_ part: Int64, of whole: Int64) -> Int64 {
        Int64(Show.permille(part, of: whole)) * 100
    }
}
