import Foundation
import Synchronization

@testable import StateStore

/// A folder that goes when the test is over.
final class TemporaryFolder {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "store-" + UUID().uuidString
        mkdir(path, 0o700)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A small generator whose seed is printed when a test fails.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Eight bytes that sort as the number does.
func bytes(_ number: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) } }

func number(_ bytes: [UInt8]) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

extension RegistryStore {
    /// Waits for the batch, for tests.
    @discardableResult
    func commit(_ batch: [RegistryChange]) -> RegistryStoreError? {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<RegistryStoreError?>(nil)
        enqueue(batch) { error in
            result.withLock { $0 = error }
            done.signal()
        }
        done.wait()
        return result.withLock(\.self)
    }
}
