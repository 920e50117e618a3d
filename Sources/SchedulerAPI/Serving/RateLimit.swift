import Dispatch
import Synchronization

/// Requests a second, by principal: a bucket each that fills with time.
final class RateLimit: Sendable {
    /// Buckets that are kept; the fullest ones are forgotten first.
    static let most = 10_000
    private struct Bucket {
        var left: Double
        var at: UInt64
    }
    private let buckets = Mutex<[String: Bucket]>([:])
    private let perSecond: Double

    init(perSecond: Int) { self.perSecond = Double(perSecond) }

    /// Whether one more request of `principal` is within its limit.
    func take(_ principal: String, now: UInt64 = DispatchTime.now().uptimeNanoseconds) -> Bool {
        guard perSecond > 0 else { return true }
        return buckets.withLock { buckets in
            if buckets.count >= Self.most, buckets[principal] == nil {
                buckets = buckets.filter { now - $0.value.at < 1_000_000_000 }
                guard buckets.count < Self.most else { return false }
            }
            var bucket = buckets[principal] ?? Bucket(left: perSecond, at: now)
            bucket.left = min(perSecond, bucket.left + Double(now &- bucket.at) / 1e9 * perSecond)
            bucket.at = now
            let isWithin = bucket.left >= 1
            if isWithin { bucket.left -= 1 }
            buckets[principal] = bucket
            return isWithin
        }
    }
}
