import CSys

/// What the agent keeps of a container: `containers/<id>.<attempt>` in its folder. It is made before the container and
/// goes after it, so that a folder whose task has ended says that something is left to be taken away.
///
///     runtime   whole path of runc, podman or docker
///     log       what that said
///     config.json, pid, state, lower, scratch, root   of runc alone: what to run, its process, its own notes, and
///                                                      where the root is put together
struct ContainerFolder {
    /// How long taking a container away may last, in nanoseconds.
    static let removalNanoseconds: UInt64 = 30_000_000_000

    /// `<id>.<attempt>` of the task; also runc's name of the container.
    let key: String
    /// Relative to the agent's folder.
    var path: String { "containers/\(key)" }
    /// The agent's folder.
    let directory: String

    /// The container's name to podman and docker, which know those of other agents too: FNV-1a of the agent's folder.
    var name: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in directory.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "bellows-\(hash)-\(key)"
    }

    /// Makes the folder; false with errno set when that fails. What a killed supervisor left under that name goes.
    func make(_ runtime: String, isFolder: Bool) -> Bool {
        if mkdir("containers", 0o700) != 0 && cs_errno() != EEXIST { return false }
        if mkdir(path, 0o700) != 0 {
            guard cs_errno() == EEXIST, remove(), mkdir(path, 0o700) == 0 else { return false }
        }
        guard System.writeFile("\(path)/runtime", Array(runtime.utf8)) else { return false }
        if !isFolder { return true }
        for name in ["lower", "scratch", "root"] where mkdir("\(path)/\(name)", 0o755) != 0 { return false }
        return true
    }

    /// The beginning of each of runc's command lines.
    func runc(_ runtime: String) -> [String] {
        let whole = "\(directory)/\(path)"
        return [runtime, "--root", "\(whole)/state", "--log", "\(whole)/log", "--log-format", "json"]
    }

    /// Ends the container and whatever runs in it, and removes the folder. False when something is left.
    func remove() -> Bool {
        let runtime = System.line("\(path)/runtime")
        if !runtime.utf8.isEmpty {
            let isFolder = access("\(path)/lower", F_OK) == 0
            let words = isFolder ? runc(runtime) + ["delete", "-f", key] : [runtime, "rm", "-f", name]
            var wish: Int32?
            _ = Tool.run(words, output: "\(path)/log", limit: Self.removalNanoseconds, wish: &wish)
        }
        // By name and without going down: nothing of an image can be meant, should one be seen here.
        rmdir("\(path)/state/\(key)")
        for name in ["state", "lower", "scratch", "root"] { rmdir("\(path)/\(name)") }
        if access("\(path)/state", F_OK) == 0 { return false }
        for name in ["config.json", "pid", "log", "runtime"] { unlink("\(path)/\(name)") }
        return rmdir(path) == 0
    }
}
