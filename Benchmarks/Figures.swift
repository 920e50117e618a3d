import Foundation

/// One benchmark's result: printed as one JSON object a line on standard output and as a table on standard error.
struct Figure {
    var name: String
    var params: [String: String]
    var values: [Double]
    var unit: String

    /// The value at `share` of the sorted values, 0 to 1.
    func quantile(_ share: Double) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }

    func print() {
        let object: [String: Any] = [
            "name": name, "params": params, "median": rounded(quantile(0.5)), "p99": rounded(quantile(0.99)),
            "unit": unit,
            "n": values.count,
        ]
        if let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]) {
            FileHandle.standardOutput.write(data + Data("\n".utf8))
        }
        let setting = params.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        let line = [
            pad(name, 30), pad(setting, 36), pad(String(rounded(quantile(0.5))), 14),
            pad(String(rounded(quantile(0.99))), 14),
            unit,
        ]
        FileHandle.standardError.write(Data((line.joined(separator: " ") + "\n").utf8))
    }

    private func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

/// Microseconds that `body` takes.
func microseconds(_ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    let span = clock.measure(body)
    return Double(span.components.seconds) * 1e6 + Double(span.components.attoseconds) / 1e12
}
