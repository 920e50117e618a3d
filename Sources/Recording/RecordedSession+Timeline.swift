import ClusterModel
import ClusterSource

/// The whole film at a glance, for the time bar and the list of marks. Reads every index, so it is made beside the
/// first pictures, not before them.
extension RecordedSession {
    /// Makes the time line and tells the listener; again when the film has grown.
    func makeTimeline() {
        let span = span
        let marks = marks.suffix(Timeline.markLimit).map {
            Timeline.Mark(instant: $0.instant, sequence: $0.sequence, text: $0.text.label, isNote: $0.isNote)
        }
        let timeline = Timeline(density: density(buckets: Timeline.parts), marks: marks)
        let wake = shown.withLock { shown -> (@Sendable () -> Void)? in
            guard shown.span == span else { return nil }
            shown.timeline = timeline
            guard shown.isWakeDue else { return nil }
            shown.isWakeDue = false
            return shown.wake
        }
        wake?()
    }
}
