import ClusterModel
import Testing

/// Amounts as people write and read them.
@Suite struct TextQuantityTests {
    @Test(
        arguments: [
            ("2", 2_000), ("500m", 500), ("1.5", 1_500), ("10k", 10_000_000), ("0", 0), ("0.001", 1), (" 3 ", 3_000),
            ("1.50", 1_500), ("2M", 2_000_000_000),
        ] as [(String, Int64)])
    func thousandths(text: String, value: Int64) throws {
        #expect(try Quantity.thousandths(text) == value)
    }

    @Test(
        arguments: [
            ("4GiB", 4 << 30), ("4096M", 4 << 30), ("4G", 4 << 30), ("4Gi", 4 << 30), ("10KB", 10_000),
            ("1.5T", 3 << 39),
            ("12B", 12), ("0", 0), ("1kib", 1_024), ("2 GiB", 2 << 30),
        ] as [(String, Int64)])
    func bytes(text: String, value: Int64) throws {
        #expect(try Quantity.bytes(text) == value)
    }

    @Test(
        arguments: [
            ("10s", 10_000_000), ("5m", 300_000_000), ("1h30m", 5_400_000_000), ("2d", 172_800_000_000),
            ("250ms", 250_000),
            ("1.5h", 5_400_000_000), ("0", 0), ("1w", 604_800_000_000),
        ] as [(String, Int64)])
    func durations(text: String, micros: Int64) throws {
        #expect(try Quantity.duration(text).microseconds == micros)
    }

    @Test(
        arguments: [
            ("", "a number is missing"), ("-1", "negative"), ("abc", "not a number"),
            ("1.0005", "finer than a thousandth"),
            ("4x", "unknown unit \"x\""), ("1.2.3", "\".2.3\"" as String), ("9999999999999999999", "too many digits"),
            ("99999999G", "too large"), ("2 3", "left over"),
        ] as [(String, String)])
    func wrongNumbers(text: String, cause: String) {
        let fault = #expect(throws: TextFault.self) { try Quantity.thousandths(text) }
        let said = fault?.message ?? ""
        #expect(said.contains(text) && (said.contains(cause) || said.contains("left over")), "said: \(said)")
        #expect(said.contains("write"), "no way out: \(said)")
    }

    @Test func wrongAmountsAndSpans() {
        #expect(throws: TextFault.self) { try Quantity.bytes("4096") }
        #expect(throws: TextFault.self) { try Quantity.bytes("4m") }
        #expect(throws: TextFault.self) { try Quantity.bytes("4GiBB") }
        #expect(throws: TextFault.self) { try Quantity.bytes("9999999P") }
        #expect(throws: TextFault.self) { try Quantity.duration("90") }
        #expect(throws: TextFault.self) { try Quantity.duration("30m1h") }
        #expect(throws: TextFault.self) { try Quantity.duration("1h 30") }
        #expect(throws: TextFault.self) { try Quantity.money("€4") }
        #expect(throws: TextFault.self) { try Quantity.money("0.0000001") }
    }

    @Test func money() throws {
        #expect(try Quantity.money("$0.11").micros == 110_000)
        #expect(try Quantity.money("4.12/h").micros == 4_120_000)
        #expect(try Quantity.money("4.5 EUR", currency: "EUR").micros == 4_500_000)
        #expect(Quantity.format(Money(micros: 110_000)) == "$0.11")
        #expect(Quantity.format(Money(micros: 3_100)) == "$0.0031")
        #expect(Quantity.format(Money(micros: -1_234_567)) == "-$1.23")
        #expect(Quantity.format(Money(micros: 5_000_000), currency: "EUR") == "5.00 EUR")
        #expect(Quantity.format(Money.zero) == "$0.00")
        #expect(Quantity.format(ratePerHour: 4_120_000) == "$4.12/h")
    }

    @Test func formats() {
        #expect(
            [2_000, 1_500, 125, 0, -500].map { Quantity.format(thousandths: $0) } == ["2", "1.5", "0.125", "0", "-0.5"])
        #expect(
            [0, 12, 1_536, 4 << 30, 3 << 29, 999 << 20, -(1 << 20)].map { Quantity.format(bytes: $0) }
                == ["0", "12B", "1.5K", "4G", "1.5G", "999M", "-1M"])
        #expect(Quantity.exact(bytes: 3 << 29) == "1536MiB")
        #expect(
            [250_000, 10_000_000, 300_000_000, 5_400_000_000, 172_800_000_000, 183_600_000_000, 7, 0].map {
                Quantity.format(Interval(microseconds: $0))
            } == ["250ms", "10s", "5m", "1h30m", "2d", "2d3h", "7us", "0s"])
        #expect(
            [7, 730, 3_723, 273_900].map { Quantity.clock(.seconds($0)) } == ["0:07", "12:10", "1:02:03", "3d04:05"])
    }

    /// What is written exactly is read back as it was.
    @Test(arguments: [0, 1, 1_023, 1_024, 3 << 29, 5_000_000_000, 1 << 50] as [Int64])
    func exactRoundTrip(bytes: Int64) throws {
        #expect(try Quantity.bytes(Quantity.exact(bytes: bytes)) == bytes)
        let span = Interval(microseconds: bytes)
        #expect(try Quantity.duration(Quantity.exact(span)) == span)
    }

    @Test func nearestWord() {
        #expect(Spelling.nearest(to: "enf/web", in: ["eng/web", "ops"]) == "eng/web")
        #expect(Spelling.nearest(to: "zzz", in: ["eng"]) == nil)
        #expect(Spelling.nearest(to: "", in: ["a"]) == nil)
        #expect(Spelling.hint(for: "zzz", in: ["eng", "ops"]) == "known: eng, ops")
    }
}
