import ClusterModel
import ClusterSource

/// The first line: which cluster, present or past, recording, autoscaler, machines, burn, the time.
enum HeaderPainter {
    static func draw(_ model: ConsoleModel, _ frame: SourceFrame, _ grid: inout Grid) {
        let state = frame.state
        let width = grid.size.width
        grid.fill(grid.bounds, style: .header)
        let mode = mode(model, frame)
        guard width >= 24 else {
            grid.text(mode.text, x: 0, y: 0, width: width, style: mode.style)
            return
        }
        let clock = Show.clock(frame.now, offset: model.settings.utcOffset)
        // Parts in the order in which they are dropped last.
        var parts: [[Span]] = [[mode]]
        if model.settings.readOnly { parts.append([Span("READ-ONLY", .headerReadOnly)]) }
        if !state.storeFault.isEmpty { parts.append([Span("STORE: \(state.storeFault)", .error)]) }
        if !frame.warnings.isEmpty { parts.append([Span(frame.warnings[0], .warning)]) }
        parts.append(recording(frame, grid.glyphs))
        parts.append(burn(state))
        parts.append(machines(model))
        parts.append([Span("autoscale ", .header), Span(state.autoscaler.word, state.autoscaler.style)])
        let name = state.configuration.name
        var x = 1 + grid.text("bellows", x: 1, y: 0, style: .header)
        if width >= 40 {
            // Whether this is the present stands before the name: that gives way first.
            let room = width - 1 - (x + 4) - mode.width
            let shown = min(DisplayText.width(of: name), min(20, max(room, 6)))
            x += 2 + grid.text(name, x: x + 2, y: 0, width: shown, style: .title)
        }
        x += 2
        let end = width >= 100 && model.showsClock ? width - clock.count - 2 : width - 1
        for (place, part) in parts.enumerated() where !part.isEmpty {
            let needed = part.reduce(0) { $0 + $1.width }
            // What else does not fit is left out; whether this is the present is cut, and never left out.
            guard x + needed <= end || place == 0 else { continue }
            x += grid.spans(part, x: x, y: 0, width: max(0, end - x)) + 3
        }
        if end == width - clock.count - 2 { grid.text(clock, x: width - clock.count - 1, y: 0, style: .header) }
    }

    /// LIVE, PAUSED -0:12 or REPLAY 14:03:07 x4: another word and another colour.
    static func mode(_ model: ConsoleModel, _ frame: SourceFrame) -> Span {
        switch frame.mode {
        case .live: return Span(" LIVE ", .headerLive)
        case .stale(let why): return Span(" STALE \(why) ", .error)
        case .past(let speed):
            if model.isPaused, speed == 0, model.liveNow > frame.now {
                return Span(" PAUSED -\(Show.runTime(model.liveNow - frame.now)) ", .headerPaused)
            }
            let clock = Show.clock(frame.now, offset: model.settings.utcOffset)
            let pace = speed == 0 ? "stopped" : "x\(Show.scalar(speed))"
            return Span(" REPLAY \(clock) \(pace) ", .headerReplay)
        }
    }

    private static func recording(_ frame: SourceFrame, _ glyphs: GlyphSet) -> [Span] {
        if !frame.recording.fault.isEmpty { return [Span("REC STOPPED: \(frame.recording.fault)", .recordingStopped)] }
        // In a recording there is nothing to say of it: the whole picture is one.
        if frame.isPast, frame.recording.bytes == 0 { return [] }
        guard let since = frame.recording.since else { return [Span("no rec", .recordingStopped)] }
        return [
            Span("rec ", .header), Span("\(glyphs.dot) ", .recording),
            Span(frame.isPast ? Show.bytes(frame.recording.bytes) : Show.runTime(frame.now - since), .header),
        ]
    }

    private static func machines(_ model: ConsoleModel) -> [Span] {
        var spans = [Span(Show.plural(model.summary.nodes, "node"), .header)]
        if model.summary.booting > 0 { spans.append(Span(" +\(model.summary.booting) booting", .nodeBooting)) }
        if model.summary.silent > 0 { spans.append(Span(" \(model.summary.silent) silent", .nodeUnreachable)) }
        return spans
    }

    private static func burn(_ state: ClusterState) -> [Span] {
        let rate = state.burnPerHour
        let budget = state.configuration.budgetPerHour.micros
        let currency = state.configuration.currency
        let style: Style = budget == 0 ? .cost : rate > budget ? .costOver : rate > budget / 10 * 9 ? .costNear : .cost
        var spans = [Span("\(currency)\(Show.money(rate))/h", style)]
        if budget > 0 { spans.append(Span(" of \(Show.money(budget))\(rate > budget ? " OVER" : "")", style)) }
        return spans
    }
}

/// The second line: how full the cluster is, and how much waits.
enum GaugesPainter {
    /// Columns of a chart beside the gauges.
    static let sparkWidth = 12

    static func draw(_ model: ConsoleModel, _ context: FrameContext, _ grid: inout Grid) {
        let (used, total) = (model.summary.used, model.summary.total)
        let queued = context.state.roles.reduce(0) { $0 + Int($1.queued) }
        let queue = "queue \(queued)"
        var gauges: [(String, Int64, Int64, String)] = [
            ("cpu", used.cpus, total.cpus, Show.percent(used.cpus, of: total.cpus)),
            ("mem", used.mem, total.mem, Show.percent(used.mem, of: total.mem)),
        ]
        if total.gpus > 0 {
            gauges.append(("gpu", used.gpus, total.gpus, "\(used.gpus / 1_000)/\(total.gpus / 1_000)"))
        }
        let room = grid.size.width - queue.count - 3
        let bar = min(22, room / gauges.count - 11)
        var x = 1
        for (name, part, whole, text) in gauges {
            x += grid.text(name, x: x, y: 0, style: .label) + 1
            let (share, all) = (Show.permille(part, of: whole), 1_000)
            if bar >= 4 {
                grid.meter(value: share, total: all, x: x, y: 0, width: bar)
                x += bar + 1
            }
            x += max(4, grid.text(text, x: x, y: 0, style: .level(thousandths: share))) + 2
        }
        x += grid.text(queue, x: x, y: 0, style: queued == 0 ? .dim : .taskQueued) + 1
        guard model.showsClock, model.trend.queue.count > 1 else { return }
        // How it went, where there is room: what waits, and how full the cpus were.
        let trends: [(String, [Int], Int?, Style)] = [
            ("", model.trend.queue, nil, .taskQueued), ("cpu", model.trend.cpu, 1_000, .chartLow),
        ]
        for (name, samples, maximum, style) in trends {
            let needed = sparkWidth + (name.isEmpty ? 0 : name.count + 2)
            guard x + needed < grid.size.width else { return }
            if !name.isEmpty { x += grid.text(name, x: x + 1, y: 0, style: .label) + 2 }
            grid.chart(
                samples, in: Rect(x: x, y: 0, width: sparkWidth, height: 1), maximum: maximum, style: style,
                graded: maximum != nil)
            x += sparkWidth
        }
    }
}
