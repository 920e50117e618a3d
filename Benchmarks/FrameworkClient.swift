import CSys
import Foundation
import SchedulerWire

/// A connection to the scheduler interface over a Unix socket: as little of HTTP/1.1 as a measure needs, in blocking
/// calls.
final class ApiConnection {
    struct Failure: Error, CustomStringConvertible { var description: String }

    private let socket: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var piece = [UInt8](repeating: 0, count: 256 << 10)

    init(_ path: String) throws {
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if connected != 0 { throw Failure(description: "no connection to \(path)") }
    }
    deinit { close(socket) }

    /// Ends what is being read by another thread.
    func hangUp() { shutdown(socket, Int32(SHUT_RDWR)) }

    /// Writes a request whole.
    func post(_ path: String, _ form: WireForm, _ body: [UInt8], stream: String = "") throws {
        var head = "POST \(path) HTTP/1.1\r\nHost: bench\r\n"
        head += "Content-Type: \(form.rawValue)\r\nAccept: \(form.rawValue)\r\n"
        if !stream.isEmpty { head += "Mesos-Stream-Id: \(stream)\r\n" }
        let bytes = Array("\(head)Content-Length: \(body.count)\r\n\r\n".utf8) + body
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { write(socket, $0.baseAddress! + done, bytes.count - done) }
            if count <= 0 { throw Failure(description: "the connection broke") }
            done += count
        }
    }

    /// Reads an answer's head: status and fields, names in small letters.
    func head() throws -> (status: Int, fields: [String: String]) {
        var lines: [String] = []
        while let line = try line(), !line.isEmpty { lines.append(line) }
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        return (status, fields)
    }

    /// Reads an answer whole.
    func answer() throws -> (status: Int, body: [UInt8]) {
        let (status, fields) = try head()
        if fields["transfer-encoding"] == "chunked" {
            var body: [UInt8] = []
            while let piece = try chunk() { body += piece }
            return (status, body)
        }
        return (status, try bytes(fields["content-length"].flatMap { Int($0) } ?? 0))
    }

    /// The next chunk of a chunked body; nil at its end.
    func chunk() throws -> [UInt8]? {
        guard let size = try line().flatMap({ Int($0, radix: 16) }) else {
            throw Failure(description: "a chunk without its length")
        }
        let piece = try bytes(size)
        _ = try line()
        return size == 0 ? nil : piece
    }

    private func line() throws -> String? {
        var at = start
        while true {
            while at < buffer.count {
                if buffer[at] == 0x0A {
                    let line = String(decoding: buffer[start..<max(start, at - 1)], as: UTF8.self)
                    start = at + 1
                    return line
                }
                at += 1
            }
            let before = start
            try fill()
            at -= before - start
        }
    }

    private func bytes(_ count: Int) throws -> [UInt8] {
        while buffer.count - start < count { try fill() }
        defer { start += count }
        return Array(buffer[start..<start + count])
    }

    private func fill() throws {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        let count = piece.withUnsafeMutableBytes { read(socket, $0.baseAddress, $0.count) }
        if count <= 0 { throw Failure(description: "the core closed the connection") }
        buffer += piece[..<count]
    }
}

/// A framework: one stream of events, one connection for calls that are written without waiting for each answer.
final class FrameworkClient {
    let id: WireFrameworkID
    private let events: ApiConnection
    private let calls: ApiConnection
    private let stream: String
    private var decoder = RecordIO.Decoder()
    private var waiting: [[UInt8]] = []
    private var unanswered = 0
    /// Most calls that are under way at once.
    private static let window = 64

    init(_ path: String, name: String, role: String, suppressed: Bool = false) throws {
        events = try ApiConnection(path)
        calls = try ApiConnection(path)
        var call = WireSchedulerCall()
        call.type = .subscribe
        call.subscribe.frameworkInfo.user = "bench"
        call.subscribe.frameworkInfo.name = name
        call.subscribe.frameworkInfo.roles = [role]
        var capability = WireFrameworkInfo.Capability()
        capability.type = .multiRole
        call.subscribe.frameworkInfo.capabilities = [capability]
        if suppressed { call.subscribe.suppressedRoles = [role] }
        try events.post("/api/v1/scheduler", .protobuf, WireCoding.encode(call, .protobuf))
        let (status, fields) = try events.head()
        guard status == 200, let stream = fields["mesos-stream-id"] else {
            throw ApiConnection.Failure(description: "subscription refused with \(status)")
        }
        self.stream = stream
        while true {
            waiting += try decoder.add(try events.chunk() ?? [])
            guard !waiting.isEmpty else { continue }
            let event: WireSchedulerEvent = try WireCoding.decode(from: waiting.removeFirst(), .protobuf)
            guard event.type == .subscribed else {
                throw ApiConnection.Failure(description: "no SUBSCRIBED: \(event.error.message)")
            }
            id = event.subscribed.frameworkID
            return
        }
    }

    /// The next event.
    func next() throws -> WireSchedulerEvent {
        while waiting.isEmpty { waiting += try decoder.add(try events.chunk() ?? []) }
        return try WireCoding.decode(from: waiting.removeFirst(), .protobuf)
    }

    /// Sends a call; its answer is read later.
    func send(_ change: (inout WireSchedulerCall) -> Void) throws {
        var call = WireSchedulerCall()
        call.frameworkID = id
        change(&call)
        try calls.post("/api/v1/scheduler", .protobuf, WireCoding.encode(call, .protobuf), stream: stream)
        unanswered += 1
        if unanswered >= Self.window { try settle(Self.window / 2) }
    }

    /// Reads answers until no more than `left` are missing; each must be 202.
    func settle(_ left: Int = 0) throws {
        while unanswered > left {
            let (status, body) = try calls.answer()
            unanswered -= 1
            guard status == 202 else {
                let words = String(decoding: body, as: UTF8.self)
                throw ApiConnection.Failure(description: "a call was answered with \(status): \(words)")
            }
        }
    }
}
