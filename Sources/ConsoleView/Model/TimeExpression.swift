import ClusterModel
import ClusterSource

/// What people write for an instant: `14:03`, `14:03:07`, `-5m`, `+30s`, `50%`, `#1234`, `start`, `end`.
enum TimeExpression {
    /// Why a text is no instant.
    struct Problem: Error { var message: String }

    /// The way to the instant. A time of day is the last one before `now`, on the clock `offset` seconds ahead of UTC.
    static func parse(_ text: String, now: Instant, offset: Int) -> Result<SeekCommand, Problem> {
        if text == "start" { return .success(.start) }
        if text == "end" { return .success(.end) }
        if text.hasPrefix("#"), let number = UInt64(text.dropFirst()) { return .success(.event(number)) }
        if text.hasSuffix("%"), let share = SubmitLine.thousandths(String(text.dropLast())),
            (0...100_000).contains(share)
        {
            return .success(.share(Int(share / 100)))
        }
        if text.hasPrefix("-") || text.hasPrefix("+"), let span = SubmitLine.duration(String(text.dropFirst())) {
            return .success(.to(text.hasPrefix("-") ? now - span : now + span))
        }
        if let seconds = timeOfDay(text) {
            let past = Show.daySecond(now, offset: offset) - seconds
            let back = past < 0 ? past + 86_400 : past
            let whole = Instant(microseconds: now.microseconds - now.microseconds % 1_000_000)
            return .success(.to(whole - .seconds(back)))
        }
        return .failure(
            Problem(message: "\"\(text)\" is no time; expected 14:03, 14:03:07, -5m, +30s, 50%, #event, start or end"))
    }

    private static func timeOfDay(_ text: String) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3 else { return nil }
        let numbers = parts.compactMap { $0.count <= 2 ? Int64($0) : nil }
        guard numbers.count == parts.count, (0..<24).contains(numbers[0]),
            numbers.dropFirst().allSatisfy({ (0..<60).contains($0) })
        else { return nil }
        return numbers[0] * 3_600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
    }
}
