import Foundation
import Glibc

/// A client that sends exactly the bytes that it is told to.
final class RawClient {
    private let descriptor: Int32
    /// Read already, and not part of an answer that was asked for.
    private var kept: [UInt8] = []

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw POSIXError(.ECONNREFUSED) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func send(_ text: String) { send(Array(text.utf8)) }
    func send(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            done += count
        }
    }
    /// Nothing more will be sent.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What comes until `until` holds, the connection ends, or half a minute passed.
    func read(until holds: (String) -> Bool = { _ in false }) -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if holds(text) { return text }
            let count = recv(descriptor, &piece, piece.count, 0)
            if count <= 0 { return text }
            bytes += piece[..<count]
        }
    }

    /// Status and body of one request on a connection of its own.
    static func ask(
        _ port: Int, _ method: String = "POST", _ path: String = "/api/v1", _ body: String = "",
        headers: [String] = ["Content-Type: application/json", "Accept: application/json"]
    ) throws -> (status: Int, head: String, body: String) {
        let client = try RawClient(port: port)
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
        if method != "GET" { lines.append("Content-Length: \(body.utf8.count)") }
        client.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        return parts(client.read())
    }

    /// The next `count` answers, each with its Content-Length; fewer when the connection ends before.
    func answers(_ count: Int) -> [(status: Int, head: String, body: String)] {
        var (found, rest) = ([(status: Int, head: String, body: String)](), kept)
        var piece = [UInt8](repeating: 0, count: 65_536)
        while found.count < count {
            if let (answer, size) = Self.first(of: rest) {
                found.append(answer)
                rest.removeFirst(size)
                continue
            }
            let count = recv(descriptor, &piece, piece.count, 0)
            if count <= 0 { break }
            rest += piece[..<count]
        }
        kept = rest
        return found
    }

    private static func first(of bytes: [UInt8]) -> (answer: (status: Int, head: String, body: String), size: Int)? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        var answer = parts(String(decoding: bytes[..<end.lowerBound], as: UTF8.self))
        let length = answer.head.lowercased().split(separator: "\r\n")
            .first { $0.hasPrefix("content-length:") }.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
        guard bytes.count >= end.upperBound + length else { return nil }
        answer.body = String(decoding: bytes[end.upperBound..<end.upperBound + length], as: UTF8.self)
        return (answer, end.upperBound + length)
    }

    static func parts(_ text: String) -> (status: Int, head: String, body: String) {
        let halves = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let head = String(halves.first ?? "")
        let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return (status, head, halves.count > 1 ? String(halves[1]) : "")
    }
}
