import ClusterModel
import ConsoleView

/// Instants as text, on the house's calendar.
enum TimeText {
    /// `2026-01-31T12:04:05.250Z`, always with three digits after the point: texts sort as times do.
    static func utc(_ instant: Instant) -> String {
        let millis = (instant.microseconds % 1_000_000 + 1_000_000) % 1_000_000 / 1_000
        let fraction = String(String(millis + 1_000).dropFirst())
        return seconds(instant).dropLast() + "." + fraction + "Z"
    }

    /// `2026-01-31T12:04:05Z`: the second that has begun.
    static func seconds(_ instant: Instant) -> String {
        Show.date(instant, offset: 0).split(separator: " ").joined(separator: "T") + "Z"
    }

    /// `12:04:05`, or `01-30 12:04:05` when it was more than a day before `now`; `offset` seconds ahead of UTC.
    static func local(_ instant: Instant, now: Instant, offset: Int64) -> String {
        let isOld = now - instant > .hours(24)
        let text =
            isOld
            ? String(Show.date(instant, offset: Int(offset)).dropFirst(5)) : Show.clock(instant, offset: Int(offset))
        return text
    }
}
