/// One line of Terraform's machine-readable output (`-json`, ui version 1), as far as it is acted on.
struct TerraformLine: Equatable, Sendable {
    /// What Terraform says of one resource.
    struct Change: Equatable, Sendable {
        /// Full address, `aws_instance.node["n1"]`.
        var address = ""
        /// Key within a `for_each`; "" = it has none.
        var key = ""
        /// create, read, update, replace, delete, noop, move, import, forget.
        var action = ""
        /// Why, such as `tainted`.
        var reason = ""
        /// Whether the resource is taken over from what is there.
        var imports = false
    }
    /// An error or a warning.
    struct Diagnostic: Equatable, Sendable {
        var isError = false
        var summary = ""
        var detail = ""
        /// Key of the resource that it is about; "" = none.
        var key = ""
    }

    /// planned_change, resource_drift, apply_start, apply_complete, apply_errored, diagnostic, outputs, ...
    var type = ""
    /// The sentence for people.
    var message = ""
    /// For planned_change, resource_drift and apply_*.
    var change = Change()
    /// For diagnostic.
    var diagnostic = Diagnostic()
    /// For outputs: name to its description, which holds `value` where it is known.
    var outputs: JSONValue?

    /// A line; nil when it is none of Terraform's.
    init?(_ bytes: some Collection<UInt8>) {
        guard let json = JSONValue(parsing: bytes), let type = json["type"]?.text else { return nil }
        self.type = type
        message = json["@message"]?.text ?? ""
        if let described = json["change"] ?? json["hook"] {
            change.address = described["resource"]?["addr"]?.text ?? ""
            change.key = Self.key(of: described["resource"]?["resource_key"])
            change.action = described["action"]?.text ?? ""
            change.reason = described["reason"]?.text ?? ""
            change.imports = described["importing"] != nil
        }
        if let said = json["diagnostic"] {
            diagnostic.isError = said["severity"]?.text == "error"
            diagnostic.summary = said["summary"]?.text ?? ""
            diagnostic.detail = said["detail"]?.text ?? ""
            diagnostic.key = Self.key(in: said["address"]?.text ?? "")
        }
        outputs = json["outputs"]
    }

    private static func key(of value: JSONValue?) -> String {
        switch value {
        case .string(let text): text
        case .number(let text): "#\(text)"
        default: ""
        }
    }

    /// The last key in an address: `module.m["x"].aws_instance.node["n1"]` has n1.
    static func key(in address: String) -> String {
        guard address.hasSuffix("\"]"), let open = address.dropLast(2).lastIndex(of: "\"") else { return "" }
        return String(address[address.index(after: open)...].dropLast(2))
    }
}
