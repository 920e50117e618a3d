import CSys
import ClusterModel

/// The core's clock: wall time at the start, moved on by the time since boot. It never steps and never runs backwards,
/// and it goes on while the machine is suspended.
struct RuntimeClock: Sendable {
    private let base: Int64
    private let startNanoseconds: UInt64

    /// A clock that starts now, but not before `floor`: what was recorded lies in the past even when the wall clock was
    /// set back.
    init(notBefore floor: Instant) {
        let wall = Int64(clamping: cs_clock_ns(0) / 1_000)
        base = max(wall, floor.microseconds + 1)
        startNanoseconds = cs_clock_ns(2)
    }

    /// Wall time, in microseconds since 1970; for what people read beside their own clocks only.
    static func wallMicroseconds() -> Int64 { Int64(clamping: cs_clock_ns(0) / 1_000) }

    /// The present moment.
    func now() -> Instant {
        Instant(microseconds: base + Int64(clamping: (cs_clock_ns(2) - startNanoseconds) / 1_000))
    }
}
