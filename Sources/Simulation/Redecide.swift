import ClusterModel
import ControlCore

/// Deciding again what was decided: the same inputs on the same state must give the same events, byte for byte.
public enum Redecide {
    /// The first input whose events differ, in words; nil when all are the same.
    public static func difference(in reel: World.Reel) -> String? {
        var core = ControlCore(state: reel.start)
        for (position, entry) in reel.inputs.enumerated() {
            // Through the bytes, as a recording would: nothing that is not written may sway a decision.
            guard let input = Input(bytes: entry.input.bytes()[...]) else {
                return "input \(position) cannot be read back"
            }
            let events = EventBatch.encode(core.handle(input, at: entry.time).events)
            if events != entry.events { return "input \(position) (\(input)) was decided otherwise" }
        }
        return nil
    }
}
