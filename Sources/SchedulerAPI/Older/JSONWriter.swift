import SchedulerWire

/// JSON text written straight through, for answers that are no messages of the wire.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    mutating func object(_ name: String? = nil, _ fill: (inout JSONWriter) -> Void) {
        begin(name, UInt8(ascii: "{"))
        fill(&self)
        end(UInt8(ascii: "}"))
    }
    mutating func array(_ name: String? = nil, _ fill: (inout JSONWriter) -> Void) {
        begin(name, UInt8(ascii: "["))
        fill(&self)
        end(UInt8(ascii: "]"))
    }
    mutating func text(_ name: String? = nil, _ value: String) {
        key(name)
        JSONText.append(value, to: &bytes)
    }
    mutating func number(_ name: String? = nil, _ value: Double) {
        key(name)
        JSONText.append(value, to: &bytes)
    }
    mutating func integer(_ name: String? = nil, _ value: Int) {
        key(name)
        bytes += String(value).utf8
    }
    mutating func flag(_ name: String? = nil, _ value: Bool) {
        key(name)
        bytes += (value ? "true" : "false").utf8
    }
    /// A value that is JSON already.
    mutating func raw(_ name: String? = nil, _ json: [UInt8]) {
        key(name)
        bytes += json
    }
    mutating func texts(_ name: String, _ values: [String]) {
        array(name) { list in for value in values { list.text(nil, value) } }
    }

    private mutating func key(_ name: String?) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
        guard let name else { return }
        JSONText.append(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }
    private mutating func begin(_ name: String?, _ mark: UInt8) {
        key(name)
        bytes.append(mark)
        needsComma = false
    }
    private mutating func end(_ mark: UInt8) {
        bytes.append(mark)
        needsComma = true
    }
}
