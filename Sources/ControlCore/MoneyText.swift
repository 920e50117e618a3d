import ClusterModel

/// Rates and weights in the few places where the core itself writes a line for people.
enum MoneyText {
    /// `$0.11/h`: at least two decimals, more where they count.
    static func rate(_ microsPerHour: Int64, _ currency: String) -> String { currency + decimal(microsPerHour) + "/h" }

    /// Millionths as a decimal number.
    static func decimal(_ micros: Int64) -> String {
        let sign = micros < 0 ? "-" : ""
        let size = micros.magnitude
        var fraction = String(size % 1_000_000)
        fraction = String(repeating: "0", count: 6 - fraction.count) + fraction
        while fraction.count > 2, fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(sign)\(size / 1_000_000).\(fraction)"
    }

    /// Thousandths as a decimal number.
    static func thousandths(_ value: Int64) -> String {
        value % 1_000 == 0 ? "\(value / 1_000)" : String(decimal(value * 1_000))
    }
}
