/// Money looked ahead and back: forecast, the price of the queue, and what was saved.
extension ClusterState {
    /// What follows from the present rates and the queue.
    public struct CostOutlook: Sendable, Hashable {
        /// Spent since the UTC month began, millionths.
        public var month: Int64 = 0
        /// What the UTC day will have cost at the present rate.
        public var forecastDay: Int64 = 0
        /// What the UTC month will have cost at the present rate.
        public var forecastMonth: Int64 = 0
        /// What is paid for and not used by tasks, millionths per hour.
        public var wastePerHour: Int64 = 0
        /// What the waiting tasks would cost on the cheapest machines that hold them, as far as prices are known.
        public var queuePrice: Int64 = 0
        /// What that leaves out, in words; empty when nothing.
        public var queueNote = ""
        /// Machines whose price nobody knows.
        public var unknownPrices = 0
        /// Clusters that it is compared with.
        public var baselines: [Baseline] = []

        /// Another way to have had the same, and what it would have cost since money has been counted.
        public struct Baseline: Sendable, Hashable {
            /// What it is, in words.
            public var name: String
            /// What it would have cost, millionths.
            public var cost: Int64
            /// That less what was spent; negative = it would have been cheaper.
            public var saved: Int64
        }
    }

    /// Most jobs whose price is reckoned.
    public static let queuePriceLimit = 10_000

    /// What follows from the present rates and the queue. O(queue x machine types).
    public func costOutlook(at now: Instant) -> CostOutlook {
        var outlook = CostOutlook()
        let spent = spending(at: now)
        outlook.month = spent.month
        let dayEnd = Instant(microseconds: (now.day + 1) * 86_400_000_000)
        let monthEnd = Instant(microseconds: Instant.day(ofMonth: now.month + 1) * 86_400_000_000)
        outlook.forecastDay = spent.day + BillingRule.cost(ratePerHour: spent.hour, for: dayEnd - now)
        outlook.forecastMonth = spent.month + BillingRule.cost(ratePerHour: spent.hour, for: monthEnd - now)
        outlook.wastePerHour = burnPerHour - rate(of: .work)
        for id in index.liveInstances {
            let row = instances[id.index]
            if row.state.isBilled, machineType(text(row.type), in: row.pool)?.priceIsUnknown ?? false {
                outlook.unknownPrices += 1
            }
        }
        priceQueue(&outlook)
        guard !scaling.since.isNever else { return outlook }
        let total = self.spent(at: now).micros
        let most = configuration.pools.reduce(Int64(0)) { sum, spec in
            sum + Int64(spec.maximum) * (spec.types.map(\.pricePerHour).min() ?? 0)
        }
        for (name, rate) in [
            ("the largest size so far, all the time at list price", scaling.peakListRate),
            ("every pool at its maximum, all the time at its cheapest list price", most),
        ] {
            let cost = BillingRule.cost(ratePerHour: rate, for: now - scaling.since)
            outlook.baselines.append(.init(name: name, cost: cost, saved: cost - total))
        }
        return outlook
    }

    private func priceQueue(_ outlook: inout CostOutlook) {
        var (looked, unpriced) = (0, 0)
        for queue in index.pending {
            for job in queue {
                looked += 1
                if looked > Self.queuePriceLimit { break }
                let (row, spec) = (jobs[job.index], specs[job.index])
                let span = spec.timeLimit > .zero ? spec.timeLimit : configuration.limits.assumedRunTime
                var cheapest: Int64?
                for pool in configuration.pools {
                    for type in pool.types where !type.priceIsUnknown && row.need.fits(in: type.resources) {
                        let paid = pool.scaling.paid(type.pricePerHour)
                        let cost = Self.cost(of: row.need, on: type.resources, pricePerHour: paid)
                        if cheapest.map({ cost < $0 }) ?? true { cheapest = cost }
                    }
                }
                guard let cheapest else {
                    unpriced += 1
                    continue
                }
                outlook.queuePrice += BillingRule.cost(ratePerHour: cheapest, for: span) * Int64(row.queued)
            }
        }
        if unpriced > 0 { outlook.queueNote = ", without \(unpriced) jobs that no priced machine holds" }
        if looked > Self.queuePriceLimit { outlook.queueNote += ", first \(Self.queuePriceLimit) jobs" }
    }
}
