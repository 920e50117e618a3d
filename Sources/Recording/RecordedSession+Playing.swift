import ClusterModel
import Dispatch
import Glibc

/// Playing: the shown instant moves with the clock, some thousandths as fast.
extension RecordedSession {
    func stopPlaying() {
        shown.withLock { shown in
            shown.playing &+= 1
            shown.speed = 0
        }
    }

    /// Plays at `speed` thousandths of real time until another command comes or the film ends; 0 stops.
    func play(_ speed: Int64) -> ActionAnswer {
        guard speed >= 0, speed <= Self.speedLimit else {
            return ActionAnswer(
                accepted: false, message: "speed must be 0 to \(Self.speedLimit / 1_000) times real time")
        }
        let turn = shown.withLock { shown in
            shown.playing &+= 1
            shown.speed = speed
            return shown.playing
        }
        redraw()
        if speed > 0 { schedule(turn, since: Self.now()) }
        return ActionAnswer(accepted: true, message: "")
    }

    private func schedule(_ turn: UInt64, since last: UInt64) {
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.pictureMilliseconds)) { [weak self] in
            self?.tick(turn, since: last)
        }
    }

    private func tick(_ turn: UInt64, since last: UInt64) {
        let (speed, instant, end, isCurrent) = shown.withLock {
            ($0.speed, $0.instant, $0.span.upperBound, $0.playing == turn && !$0.isClosed)
        }
        guard isCurrent, speed > 0 else { return }
        let now = Self.now()
        let passed = Int64(clamping: (now - last) / 1_000)
        let (span, overflow) = passed.multipliedReportingOverflow(by: speed)
        let target = overflow ? end : min(end, instant + Interval(microseconds: span / 1_000))
        if target == end { shown.withLock { $0.speed = 0 } }
        go(to: target)
        if target < end { schedule(turn, since: now) }
    }

    private func redraw() {
        let wake = shown.withLock { shown -> (@Sendable () -> Void)? in
            guard shown.isWakeDue else { return nil }
            shown.isWakeDue = false
            return shown.wake
        }
        wake?()
    }

    /// Nanoseconds of a clock that only goes forward.
    private static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds }
}
