/// The socket in the file system: modes, the dead core's socket, the living core's, and paths that cannot be.
import ClusterModel
import Foundation
import Glibc
import Testing

@testable import ControlLink

@Suite struct ListeningTests {
    let folder = TestFolder()

    private func serve(_ path: String) throws(ControlLinkError) -> ControlServer {
        let core = TestCore()
        return try ControlServer(path: path, source: core, feed: core)
    }

    @Test func onlyTheOwnerMayReachIt() throws {
        let path = folder.path + "/a/b/core.sock"
        let mask = umask(0)
        umask(mask)
        let server = try serve(path)
        #expect(FileFacts(path: path)?.mode == UInt32(S_IFSOCK) | 0o600)
        #expect(FileFacts(path: folder.path + "/a/b").map { $0.mode & 0o7777 } == 0o700)
        #expect(FileFacts(path: folder.path + "/a").map { $0.mode & 0o7777 } == 0o700)
        let after = umask(mask)
        #expect(after == mask, "the process's mask is as it was")
        server.close()
        #expect(FileFacts(path: path) == nil, "the socket goes with the core")
    }

    @Test func aDeadCoresSocketIsReplaced() throws {
        do { _ = RawListener(path: folder.socket) }
        #expect(FileFacts(path: folder.socket) != nil)
        let server = try serve(folder.socket)
        #expect(RawPeer(path: folder.socket) != nil)
        server.close()
    }

    @Test func aLivingCoreIsNotReplaced() throws {
        let server = try serve(folder.socket)
        defer { server.close() }
        #expect(throws: ControlLinkError.inUse(path: folder.socket, pid: getpid())) { try serve(folder.socket) }
        #expect(RawPeer(path: folder.socket) != nil, "the first one still listens")
    }

    @Test func aLivingSocketWithoutLockIsNotReplaced() throws {
        let other = RawListener(path: folder.socket)
        #expect(throws: ControlLinkError.inUse(path: folder.socket, pid: getpid())) { try serve(folder.socket) }
        withExtendedLifetime(other) {}
    }

    @Test func thePathIsFreeAfterTheEnd() throws {
        for _ in 0..<3 { try serve(folder.socket).close() }
    }

    @Test func somethingElseAtThePathIsLeftAlone() throws {
        _ = FileManager.default.createFile(atPath: folder.socket, contents: Data("mine".utf8))
        #expect(throws: ControlLinkError.notASocket(path: folder.socket)) { try serve(folder.socket) }
        #expect(FileManager.default.contents(atPath: folder.socket) == Data("mine".utf8))
        #expect(throws: ControlLinkError.notASocket(path: folder.socket)) {
            try AttachedSource.connect(path: folder.socket)
        }
    }

    @Test func aNewCoresSocketSurvivesTheEndOfAnOldOne() throws {
        let server = try serve(folder.socket)
        unlink(folder.socket)
        let other = RawListener(path: folder.socket)
        server.close()
        #expect(FileFacts(path: folder.socket) != nil)
        withExtendedLifetime(other) {}
    }

    @Test func aPathTooLongIsRefusedWithTheWayOut() throws {
        let room = ControlLimits.pathBytes - folder.path.utf8.count - 1
        let longest = folder.path + "/" + String(repeating: "x", count: room)
        try serve(longest).close()
        let error = #expect(throws: ControlLinkError.pathTooLong(path: longest + "x", bytes: 108)) {
            try serve(longest + "x")
        }
        #expect(error?.description.contains("BELLOWS_SOCKET") == true)
        #expect(throws: ControlLinkError.pathTooLong(path: longest + "x", bytes: 108)) {
            try AttachedSource.connect(path: longest + "x")
        }
    }

    @Test func aFolderThatOthersWriteToIsRefused() throws {
        chmod(folder.path, 0o777)
        #expect(throws: ControlLinkError.self) { try serve(folder.socket) }
        chmod(folder.path, 0o1777)
        try serve(folder.socket).close()
    }

    @Test(.enabled(if: geteuid() == 0)) func aFolderOfSomebodyElseIsRefused() throws {
        chown(folder.path, 12_345, 12_345)
        let error = #expect(throws: ControlLinkError.self) { try serve(folder.socket) }
        #expect(error?.description.contains("uid-12345") == true)
    }

    @Test func nobodyThereIsSaidInWords() {
        #expect(throws: ControlLinkError.noCore(path: folder.socket)) {
            try AttachedSource.connect(path: folder.socket)
        }
        do { _ = RawListener(path: folder.socket) }
        #expect(throws: ControlLinkError.noCore(path: folder.socket)) {
            try AttachedSource.connect(path: folder.socket)
        }
    }
}

@Suite struct InheritanceTests {
    /// A program that a core starts, an agent say, outlives it: were a client's socket among its files, that client
    /// would never hear of the core's end.
    @Test func childrenInheritNoSocket() throws {
        let folder = TestFolder()
        let core = TestCore()
        let server = try ControlServer(path: folder.socket, source: core, feed: core)
        defer { server.close() }
        let console = try AttachedSource.connect(path: folder.socket)
        defer { console.close() }
        try console.waitForFrame()
        var open = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            guard let number = Int32(name) else { continue }
            var facts = stat()
            guard fstat(number, &facts) == 0, facts.st_mode & S_IFMT == S_IFSOCK else { continue }
            if Peer(descriptor: number)?.pid != getpid() { continue }
            #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0, "descriptor \(number)")
            open += 1
        }
        #expect(open >= 3, "listener, and both ends of the connection")
    }
}
