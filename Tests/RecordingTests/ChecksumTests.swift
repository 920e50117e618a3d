import CCRC32C
import Testing

@testable import Recording

/// The checksum against published values and the two ways against each other.
struct ChecksumTests {
    @Test func agreesWithPublishedValues() {
        // RFC 3720, appendix B.4.
        #expect(checksum(Array("123456789".utf8)[...]) == 0xE306_9283)
        #expect(checksum([UInt8](repeating: 0, count: 32)[...]) == 0x8A91_36AA)
        #expect(checksum([UInt8](repeating: 0xff, count: 32)[...]) == 0x62A8_AB43)
        #expect(checksum((0..<32).map { UInt8($0) }[...]) == 0x46DD_794E)
        #expect(checksum([][...]) == 0)
    }

    @Test func instructionAndTableAgree() {
        var generator = SeededGenerator(seed: 1)
        for length in 0..<300 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let start = UInt32.random(in: 0...UInt32.max, using: &generator)
            let byTable = bytes.withUnsafeBytes { bellows_crc32c_table(start, $0.baseAddress, $0.count) }
            #expect(checksum(bytes[...], from: start) == byTable, "length \(length)")
        }
    }

    @Test func goesOnFromAnEarlierSum() {
        let bytes = Array("the film of a session".utf8)
        for cut in 0...bytes.count {
            #expect(checksum(bytes[cut...], from: checksum(bytes[..<cut])) == checksum(bytes[...]))
        }
    }
}
