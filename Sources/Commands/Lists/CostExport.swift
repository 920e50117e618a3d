import ClusterModel

/// The bill as rows for other tools: one for each machine and UTC month, and one for each pool with what machines cost
/// that are no longer known one by one, so that the rows come to the bill.
struct CostExport {
    /// One charge.
    struct Charge {
        var pool: String
        var machine: String
        var instance: UInt32
        var type: String
        var provider: String
        var since: Instant
        var until: Instant
        /// Billed milliseconds.
        var billed: Int64
        /// Paid and list rate, millionths per hour.
        var rate: Int64
        var listRate: Int64
        /// Millionths.
        var cost: Int64
        var listCost: Int64
        var isSpot: Bool
        var isUnknown: Bool
        var text: String
        var node: String
    }

    let state: ClusterState
    let now: Instant
    private(set) var charges: [Charge] = []

    init(_ state: ClusterState, now: Instant) {
        self.state = state
        self.now = now
        var listed: [Int64] = Array(repeating: 0, count: state.pools.count)
        for number in 1..<max(1, state.instances.count) where state.instances.contains(number) {
            let row = state.instances[number]
            guard !row.pool.isNone, row.pool.index < listed.count, !row.billedSince.isNever else { continue }
            for charge in parts(of: UInt32(number), row) {
                listed[row.pool.index] += charge.cost
                charges.append(charge)
            }
        }
        for slot in state.pools.indices { addRest(PoolID(slot), listed[slot]) }
    }

    /// A machine's bill by UTC month.
    private func parts(of number: UInt32, _ row: InstanceRow) -> [Charge] {
        let open = row.billedUntil.isNever
        // What runs still is billed for the time it has run; minimum and rounding come with its end.
        let span = open ? now - row.billedSince : row.billing.billed(row.billedUntil - row.billedSince)
        let end = row.billedSince + span
        var result: [Charge] = []
        var from = row.billedSince
        var (told, toldList): (Int64, Int64) = (0, 0)
        while from < end || result.isEmpty {
            let month = Instant(microseconds: Instant.day(ofMonth: from.month + 1) * 86_400_000_000)
            let until = min(end, month)
            var charge = blank(row.pool, from, until)
            (charge.machine, charge.instance, charge.type) = (state.text(row.name), number, state.text(row.type))
            (charge.rate, charge.listRate) = (row.pricePerHour, max(row.listPrice, row.pricePerHour))
            charge.billed = (until - from).milliseconds
            // Each part is the difference of two sums, so that the parts come to the whole.
            let (sum, list) = (
                Self.money(charge.rate, until - row.billedSince), Self.money(charge.listRate, until - row.billedSince)
            )
            (charge.cost, charge.listCost) = (sum - told, list - toldList)
            (told, toldList) = (sum, list)
            charge.isSpot = row.listPrice > row.pricePerHour
            charge.isUnknown = state.machineType(charge.type, in: row.pool)?.priceIsUnknown ?? false
            charge.text =
                "\(charge.type) \(charge.machine), billed by \(Quantity.exact(row.billing.quantum)), "
                + "at least \(Quantity.exact(row.billing.minimum))"
            charge.node =
                state.nodes.contains(row.node.index) && state.nodes[row.node.index].instance.raw == number
                ? state.name(of: row.node) : ""
            result.append(charge)
            from = until
        }
        return result
    }

    private static func money(_ rate: Int64, _ span: Interval) -> Int64 {
        Int64(clamping: Int128(rate) * Int128(span.milliseconds) / 3_600_000)
    }

    private func blank(_ pool: PoolID, _ since: Instant, _ until: Instant) -> Charge {
        Charge(
            pool: state.name(of: pool), machine: "", instance: 0, type: "",
            provider: state.spec(of: pool).map { "\($0.provider)" } ?? "unknown", since: since, until: until, billed: 0,
            rate: 0, listRate: 0, cost: 0, listCost: 0, isSpot: false, isUnknown: false, text: "", node: "")
    }

    /// What a pool's bill has beyond the machines that are still known one by one.
    private mutating func addRest(_ pool: PoolID, _ listed: Int64) {
        let rest = state.pools[pool.index].meter.total(at: now).micros - listed
        guard rest != 0 else { return }
        let since = state.scaling.since.isNever ? now : state.scaling.since
        var charge = blank(pool, since, max(now, since + .milliseconds(1)))
        (charge.cost, charge.listCost) = (rest, rest)
        charge.text = "machines of \(charge.pool) that left before the present core started, and rounding"
        charges.append(charge)
    }

    // MARK: Forms

    /// Rows of FOCUS 1.2: the 21 mandatory columns, conditional ones that are known, and own ones with `x_`.
    func focus() -> String {
        var text = Self.focusColumns.joined(separator: ",") + "\n"
        for charge in charges { text += focus(charge).map(Self.cell).joined(separator: ",") + "\n" }
        return text
    }

    static let focusColumns = [
        "BilledCost", "EffectiveCost", "ContractedCost", "ListCost", "BillingAccountId", "BillingAccountName",
        "BillingCurrency", "BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd",
        "ChargeCategory", "ChargeClass", "ChargeDescription", "InvoiceIssuerName", "ProviderName", "PublisherName",
        "ServiceCategory", "ServiceName", "PricingQuantity", "PricingUnit", "ChargeFrequency", "ConsumedQuantity",
        "ConsumedUnit", "ContractedUnitPrice", "ListUnitPrice", "PricingCategory", "ResourceId", "ResourceName",
        "ResourceType", "SkuId", "SkuPriceId", "Tags", "x_ClusterId", "x_Pool", "x_MachineType", "x_Node",
        "x_PriceUnknown",
    ]

    private func focus(_ charge: Charge) -> [String] {
        let month = charge.since.month
        let hours = Self.hours(charge.billed)
        let isMachine = charge.instance > 0
        let tags =
            isMachine
            ? JSONText.object([
                .init(name: "bellows/pool", value: .text(charge.pool)),
                .init(name: "bellows/machine", value: .text(charge.machine)),
            ]) : JSONText.object([.init(name: "bellows/pool", value: .text(charge.pool))])
        return [
            Self.decimal(charge.cost), Self.decimal(charge.cost), Self.decimal(charge.cost),
            Self.decimal(charge.listCost), state.cluster, state.configuration.name,
            Self.code(state.configuration.currency), Self.time(Self.start(ofMonth: month)),
            Self.time(Self.start(ofMonth: month + 1)), Self.time(charge.since), Self.time(charge.until), "Usage", "",
            charge.text, charge.provider, charge.provider, charge.provider, "Compute", "Machines of \(charge.pool)",
            isMachine ? hours : "1", isMachine ? "Hours" : "Units", "Usage-Based", isMachine ? hours : "1",
            isMachine ? "Hours" : "Units", isMachine ? Self.decimal(charge.rate) : Self.decimal(charge.cost),
            isMachine ? Self.decimal(charge.listRate) : Self.decimal(charge.cost),
            charge.isSpot ? "Dynamic" : "Standard", isMachine ? "\(state.cluster)/\(charge.instance)" : "",
            charge.machine, isMachine ? "Machine" : "", charge.type.isEmpty ? "" : "\(charge.pool)/\(charge.type)",
            charge.type.isEmpty ? "" : "\(charge.pool)/\(charge.type)/\(Self.decimal(charge.listRate))", tags,
            state.cluster, charge.pool, charge.type, charge.node, charge.isUnknown ? "true" : "false",
        ]
    }

    /// Own rows: first the machines, then each pool's lines, roles and frameworks, each with what it has cost.
    func csv() -> String {
        var text = "kind,pool,name,type,since,until,hours,rate_per_hour,cost,currency\n"
        for row in rows { text += row.map(Self.cell).joined(separator: ",") + "\n" }
        return text
    }

    /// The same as objects.
    func json() -> String {
        let keys = ["kind", "pool", "name", "type", "since", "until", "hours", "ratePerHour", "cost", "currency"]
        return JSONText.lines(
            rows.map { row in
                JSONText.object(zip(keys, row).map { .init(name: $0, value: $1.isEmpty ? .none : .text($1)) })
            }) + "\n"
    }

    private var rows: [[String]] {
        let currency = Self.code(state.configuration.currency)
        var rows = charges.map { charge in
            [
                charge.instance > 0 ? "machine" : "rest", charge.pool, charge.machine, charge.type,
                Self.time(charge.since), Self.time(charge.until), Self.hours(charge.billed),
                charge.isUnknown ? "?" : Self.decimal(charge.rate), charge.isUnknown ? "?" : Self.decimal(charge.cost),
                currency,
            ]
        }
        func add(_ kind: String, _ pool: String, _ name: String, _ meter: Meter) {
            rows.append([
                kind, pool, name, "", "", "", "", Self.decimal(meter.ratePerHour),
                Self.decimal(meter.total(at: now).micros),
                currency,
            ])
        }
        for (slot, pool) in state.pools.enumerated() {
            for line in CostLine.allCases { add("line", state.name(of: PoolID(slot)), "\(line)", pool.ledger[line]) }
        }
        for (slot, role) in state.roles.enumerated() { add("role", "", state.path(of: RoleID(slot)), role.meter) }
        for (slot, framework) in state.frameworks.enumerated() {
            add("framework", "", state.name(of: FrameworkID(slot)), framework.meter)
        }
        // Those that are still known; roles hold what all tasks have cost.
        for job in state.liveJobs {
            let first = Int(state.jobs[job.index].firstTask)
            for slot in first..<first + Int(state.jobs[job.index].count) where state.tasks.contains(slot) {
                let row = state.tasks[slot]
                guard row.attempt > 0, row.state != .forgotten else { continue }
                let end = row.state.isPlaced ? now : row.endedAt
                let pool = state.nodes.contains(row.node.index) ? state.nodes[row.node.index].pool : .none
                rows.append([
                    "task", pool.isNone ? "" : state.name(of: pool),
                    state.label(of: row.id), "", Self.time(row.launchedAt), end.isNever ? "" : Self.time(end),
                    end.isNever ? "" : Self.hours(max(0, (end - row.launchedAt).milliseconds)),
                    row.state.isPlaced ? Self.decimal(row.costPerHour) : "", Self.decimal(row.cost(at: now).micros),
                    currency,
                ])
            }
        }
        return rows
    }

    // MARK: Cells

    private static func start(ofMonth month: Int64) -> Instant {
        Instant(microseconds: Instant.day(ofMonth: month) * 86_400_000_000)
    }
    /// Whole seconds in UTC, as FOCUS wants them.
    static func time(_ instant: Instant) -> String {
        TimeText.seconds(instant)
    }
    /// Millionths as a decimal, exact.
    static func decimal(_ micros: Int64) -> String { JSONText.decimal(micros, digits: 6) }
    /// Milliseconds as hours, nine decimals.
    static func hours(_ milliseconds: Int64) -> String {
        let nano = Int128(milliseconds) * 1_000_000_000 / 3_600_000
        return JSONText.decimal(Int64(clamping: nano), digits: 9)
    }
    /// The ISO code of a sign; a code stays as it is.
    static func code(_ currency: String) -> String {
        switch currency {
        case "$": "USD"
        case "€": "EUR"
        case "£": "GBP"
        case "¥": "JPY"
        default: currency
        }
    }
    /// A cell of CSV (RFC 4180).
    static func cell(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
