import SchedulerWire
import SwiftProtobuf
import Testing

/// Broken bytes of every kind: an answer, never a crash.
@Suite struct WireFuzzTests {
    /// A small generator with a printed seed.
    struct Chance: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func changedBodiesAreReadOrRefused(seed: UInt64) throws {
        var chance = Chance(state: seed)
        let json = try CapturedTests.bytes("GET_STATE.json")
        let whole = try WireCoding.decode(WireOperatorResponse.self, from: json, .json)
        let binary = WireCoding.encode(whole, .protobuf)
        for round in 0..<60 {
            for (form, source) in [(WireForm.json, json), (.protobuf, binary)] {
                var bytes = Array(source.prefix(Int.random(in: 0...source.count, using: &chance)))
                for _ in 0..<Int.random(in: 0...6, using: &chance) where !bytes.isEmpty {
                    let at = Int.random(in: 0..<bytes.count, using: &chance)
                    bytes[at] = UInt8.random(in: 0...255, using: &chance)
                }
                guard let read = try? WireCoding.decode(WireOperatorResponse.self, from: bytes, form) else { continue }
                let again = WireCoding.encode(read, .json)
                #expect(throws: Never.self, "seed \(seed) round \(round)") { try JSONParser.parse(again) }
            }
        }
    }

    @Test func deepBinaryIsRefused() {
        // An InverseOffer inside labels cannot nest; container ids can.
        var bytes: [UInt8] = [0x0A, 0x01, 0x61]
        for _ in 0..<5_000 {
            var length = bytes.count
            var head: [UInt8] = [0x0A, 0x01, 0x61, 0x12]
            while length >= 0x80 {
                head.append(UInt8(length & 0x7F) | 0x80)
                length >>= 7
            }
            bytes = head + [UInt8(length)] + bytes
        }
        #expect(throws: WireFault.self) { try WireCoding.decode(WireContainerID.self, from: bytes, .protobuf) }
    }
}
