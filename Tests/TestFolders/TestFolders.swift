import Glibc

/// A new empty folder of a test's own, which nobody else may enter. Its path is short, because those of sockets must be;
/// whoever asks for it removes it. Without one a test could only do harm elsewhere, so it ends at once.
public func makeTestFolder() -> String {
    var path = Array(("/tmp/bt-" + String(repeating: "X", count: 6)).utf8CString)
    guard mkdtemp(&path) != nil else { fatalError("no folder below /tmp: \(String(cString: strerror(errno)))") }
    return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
