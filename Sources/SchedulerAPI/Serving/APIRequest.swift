import SchedulerWire

/// A request as the endpoints see it: nothing of the server in it, so that they are tested without one.
struct APIRequest: Sendable {
    var method = "GET"
    /// The path without its query, `/master` taken off.
    var path = "/"
    /// Decoded names and values.
    var query: [(name: String, value: String)] = []
    /// Names in lower case.
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    /// Whence it came, `ADDRESS:PORT`; "" = through a Unix socket.
    var place = ""
    /// Who speaks, as proven; "" = nobody said.
    var principal = ""
    /// What the principal may do; nil = everything.
    var rights: Rights?

    /// A query's first value of that name.
    func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// The form of the body: nil with the answer that says why not.
    func bodyForm() -> Result<WireForm, APIAnswer> {
        guard let type = headers["content-type"] else {
            return .failure(.text(400, "Expecting 'Content-Type' to be present"))
        }
        guard let form = WireForm(rawValue: type) else {
            return .failure(
                .text(415, "Expecting 'Content-Type' of application/json or application/x-protobuf"))
        }
        return .success(form)
    }

    /// The form that the client takes; nil = neither.
    var answerForm: WireForm? {
        guard let accept = headers["accept"], !accept.isEmpty else { return .json }
        let types = accept.split(separator: ",").map { part in
            String(part.split(separator: ";")[0].filter { $0 != " " })
        }
        if types.contains(where: { $0 == "*/*" || $0 == "application/*" || $0 == WireForm.json.rawValue }) {
            return .json
        }
        return types.contains(WireForm.protobuf.rawValue) ? .protobuf : nil
    }

    /// Splits a target into path and decoded query.
    static func split(target: String) -> (path: String, query: [(name: String, value: String)]) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = parts.count > 1 ? form(String(parts[1])) : []
        return (decoded(String(parts[0]), plusIsSpace: false), query)
    }

    /// Names and values of a form or a query.
    static func form(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(String(parts[0])), parts.count > 1 ? decoded(String(parts[1])) : "")
        }
    }

    private static func decoded(_ text: String, plusIsSpace: Bool = true) -> String {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var at = 0
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "%"), at + 2 < bytes.count,
                let value = UInt8(String(decoding: bytes[at + 1...at + 2], as: UTF8.self), radix: 16)
            {
                output.append(value)
                at += 3
            } else {
                output.append(plusIsSpace && bytes[at] == UInt8(ascii: "+") ? 0x20 : bytes[at])
                at += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

/// An answer, or a stream.
struct APIAnswer: Error, Sendable {
    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// What follows the head instead of a body; nil = the body is whole.
    var stream: (any AnswerStream)?

    /// Words for people.
    static func text(_ status: Int, _ text: String, headers: [(name: String, value: String)] = []) -> APIAnswer {
        APIAnswer(
            status: status, headers: headers + [("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
    }
    /// Nothing but a status.
    static func empty(_ status: Int, headers: [(name: String, value: String)] = []) -> APIAnswer {
        APIAnswer(status: status, headers: headers)
    }
    /// JSON.
    static func json(_ body: [UInt8]) -> APIAnswer {
        APIAnswer(status: 200, headers: [("Content-Type", WireForm.json.rawValue)], body: body)
    }
    /// Only these methods.
    static func wrongMethod(_ method: String, allowed: [String] = ["POST"]) -> APIAnswer {
        let list = allowed.map { "'\($0)'" }.joined(separator: ", ")
        return .text(
            405, "405 Method Not Allowed. Expecting one of { \(list) }, but received '\(method)'.",
            headers: [("Allow", allowed.joined(separator: ", "))])
    }
}

/// What a stream sends, piece by piece.
protocol AnswerStream: Sendable {
    /// The next pieces, waited for; nil = the stream has ended.
    func next() async -> [[UInt8]]?
    /// The client is gone, or is to be cut off. Called once or more, from any thread.
    func closed()
    /// Called once with what cuts the client off.
    func onCut(_ cut: @escaping @Sendable () -> Void)
}
