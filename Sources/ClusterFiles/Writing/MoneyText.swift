/// Money without any loss, as a cluster file says it.
enum MoneyText {
    /// `$0.11`, `0.11 EUR`: up to six decimals, at least two when there are any.
    static func exact(_ micros: Int64, currency: String) -> String {
        let (whole, rest) = micros.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var digits = String(String(rest + 1_000_000).dropFirst())
        while digits.count > 2, digits.last == "0" { digits.removeLast() }
        let number = rest == 0 ? "\(whole)" : "\(whole).\(digits)"
        return currency.count > 1 ? "\(number) \(currency)" : currency + number
    }
}
