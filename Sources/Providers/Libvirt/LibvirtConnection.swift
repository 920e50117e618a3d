import CLibvirt
import Glibc

/// One open connection to a libvirt host, with Swift's types.
final class LibvirtConnection: @unchecked Sendable {
    // Sound: libvirt's connections may be used from any thread, and the pointer never changes.
    private let handle: OpaquePointer
    /// What hears of changes, kept alive as long as the connection.
    private let ear: Ear

    /// Receives events from the library's thread.
    private final class Ear: Sendable {
        let hear: @Sendable (_ domain: String, _ event: Int32) -> Void
        init(_ hear: @escaping @Sendable (String, Int32) -> Void) { self.hear = hear }
    }

    /// Why libvirt did not do something, in its own words.
    struct Fault: Error {
        var message: String
        /// Whether there is no such thing.
        var isAbsent = false
        /// The last failure on this thread.
        static var last: Fault { Fault(message: String(cString: cv_error())) }
    }

    /// States of a domain.
    static let running: Int32 = 1
    static let shutOff: Int32 = 5
    /// Events of a domain: it stopped, it crashed.
    static let stopped: Int32 = 5
    static let crashed: Int32 = 8

    /// Opens `uri`; `hear` is called for each change in a domain's life, on a thread of the library's.
    init(_ uri: String, hear: @escaping @Sendable (_ domain: String, _ event: Int32) -> Void) throws(Fault) {
        guard let opened = cv_open(uri) else { throw .last }
        handle = opened
        ear = Ear(hear)
        // Never released: an event may be on its way on the library's thread when the connection is closed.
        let context = Unmanaged.passRetained(ear).toOpaque()
        let tell: cv_lifecycle = { name, event, _, context in
            guard let name, let context else { return }
            Unmanaged<Ear>.fromOpaque(context).takeUnretainedValue().hear(String(cString: name), event)
        }
        if cv_listen(handle, tell, context) != 0 {
            let fault = Fault.last
            cv_close(handle)
            throw fault
        }
    }

    /// Closes the connection. Nothing else may be called afterwards.
    func close() { cv_close(handle) }

    var isAlive: Bool { cv_is_alive(handle) == 1 }

    private func check(_ code: Int32) throws(Fault) {
        if code == CV_ABSENT.bits { throw Fault(message: "there is no such thing", isAbsent: true) }
        if code < 0 { throw .last }
    }

    private func taken(_ text: UnsafeMutablePointer<CChar>?) throws(Fault) -> String {
        guard let text else { throw .last }
        defer { free(text) }
        return String(cString: text)
    }

    /// A domain's state; nil when there is none of that name.
    func state(_ name: String) throws(Fault) -> Int32? {
        let code = cv_domain_state(handle, name)
        if code == CV_ABSENT.bits { return nil }
        try check(code)
        return code
    }

    func make(_ name: String, xml: String) throws(Fault) { try check(cv_domain_make(handle, name, xml)) }

    /// Ends a domain; one that is not there is as good.
    func end(_ name: String) throws(Fault) {
        let code = cv_domain_end(handle, name)
        if code != CV_ABSENT.bits { try check(code) }
    }

    func xml(_ name: String) throws(Fault) -> String { try taken(cv_domain_xml(handle, name)) }

    func names() throws(Fault) -> [String] {
        try taken(cv_domain_names(handle)).split(separator: "\n").map(String.init).sorted()
    }

    /// The address that the host leased to a domain; nil when there is none yet.
    func address(_ name: String) -> String? { try? taken(cv_domain_address(handle, name)) }

    /// Makes a volume, or finds it; answers its path.
    func makeVolume(_ pool: String, _ name: String, xml: String) throws(Fault) -> String {
        try taken(cv_volume_make(handle, pool, name, xml))
    }

    func fillVolume(_ pool: String, _ name: String, _ bytes: [UInt8]) throws(Fault) {
        try check(cv_volume_fill(handle, pool, name, bytes, bytes.count))
    }

    /// Removes a volume; one that is not there is as good.
    func endVolume(_ pool: String, _ name: String) throws(Fault) {
        let code = cv_volume_end(handle, pool, name)
        if code != CV_ABSENT.bits { try check(code) }
    }
}

extension RawRepresentable where RawValue: BinaryInteger {
    fileprivate var bits: Int32 { Int32(truncatingIfNeeded: rawValue) }
}
extension BinaryInteger {
    fileprivate var bits: Int32 { Int32(truncatingIfNeeded: self) }
}
