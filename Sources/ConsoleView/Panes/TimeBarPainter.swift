import ClusterModel
import ClusterSource

/// The line of time while the past is shown: from where to where, what happened when, and where one is.
enum TimeBarPainter {
    static func draw(_ frame: SourceFrame, _ context: FrameContext, _ grid: inout Grid) {
        guard let span = frame.span else {
            grid.text("no span is known", x: 1, y: 0, style: .timeline)
            return
        }
        let first = Show.clock(span.lowerBound, offset: context.offset)
        let last = Show.clock(span.upperBound, offset: context.offset)
        let length = (span.upperBound - span.lowerBound).microseconds
        let share = Show.permille((frame.now - span.lowerBound).microseconds, of: length)
        let percent = " \(share / 10)%"
        let bar = grid.size.width - first.count - last.count - 4 - percent.count
        guard bar >= 8 else {
            grid.text(
                "\(Show.clock(frame.now, offset: context.offset))\(percent)", x: 0, y: 0, style: .timelinePosition)
            return
        }
        grid.text(first, x: 1, y: 0, style: .timeline)
        let start = first.count + 2
        grid.line(from: Point(x: start, y: 0), columns: bar, style: .timeline)
        func place(_ instant: Instant) -> Int {
            start
                + min(bar - 1, Show.permille((instant - span.lowerBound).microseconds, of: length) * (bar - 1) / 1_000)
        }
        drawEvents(frame, span, cells: start..<start + bar, place, &grid)
        grid.put(grid.glyphs.dot, x: place(frame.now), y: 0, style: .timelinePosition)
        grid.text(last, x: start + bar + 1, y: 0, style: .timeline)
        grid.text(percent, x: start + bar + 1 + last.count, y: 0, style: .timelinePosition)
    }

    /// How many events there were in each part of the recording, and its marks. As long as the recording has not been
    /// looked through, what the state remembers.
    private static func drawEvents(
        _ frame: SourceFrame, _ span: ClosedRange<Instant>, cells: Range<Int>, _ place: (Instant) -> Int,
        _ grid: inout Grid
    ) {
        var counts = Array(repeating: UInt64(0), count: cells.count)
        var marks: [Int] = []
        if let timeline = frame.timeline {
            let parts = timeline.density
            for (part, count) in parts.enumerated() { counts[part * cells.count / parts.count] &+= count }
            marks = timeline.marks.lazy.filter { span.contains($0.instant) }.map { place($0.instant) }
        } else {
            for stamped in frame.state.recent where span.contains(stamped.time) {
                let x = place(stamped.time)
                counts[min(max(0, x - cells.lowerBound), cells.count - 1)] += 1
                if EventLine.mark(stamped, frame.state) != nil { marks.append(x) }
            }
        }
        let most = Int(clamping: counts.max() ?? 0)
        for (offset, count) in counts.enumerated() where count > 0 {
            let level = ChartScale.level(Int(clamping: count), of: most, levels: grid.glyphs.levelsPerCell)
            grid.put(grid.glyphs.column(level: level), x: cells.lowerBound + offset, y: 0, style: .timeline)
        }
        for x in marks { grid.put("^", x: x, y: 0, style: .timelineMark) }
    }
}
