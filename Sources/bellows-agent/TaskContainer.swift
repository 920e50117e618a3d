import CSys

/// The container of a task, and how its tool is called.
struct TaskContainer {
    let folder: ContainerFolder
    /// The image is a folder, which runc takes; otherwise podman or docker does.
    let isFolder: Bool
    let runtime: String
    /// The tool that makes the container, with its arguments.
    var words: [String] = []
    /// The tool's environment.
    var toolEnvironment: [String] = []
}

extension Supervisor {
    /// Longest time for pulling an image, in nanoseconds.
    static let pullNanoseconds: UInt64 = 3_600_000_000_000
    /// Longest time for making and starting a container, in nanoseconds.
    static let containerNanoseconds: UInt64 = 60_000_000_000

    /// Finds tool and image, pulls the image where it must be pulled, and writes down what to run; false, with the
    /// reason in `status`, when it does not go.
    func prepareContainer() -> Bool {
        let isFolder = launch.image.utf8.first == UInt8(ascii: "/")
        guard let runtime = isFolder ? folderRuntime() : imageRuntime() else { return false }
        let folder = ContainerFolder(key: launch.key.text, directory: context.directory)
        guard folder.make(runtime, isFolder: isFolder) else {
            return refuse("cannot make \(folder.path)", cs_errno())
        }
        var made = TaskContainer(folder: folder, isFolder: isFolder, runtime: runtime)
        made.toolEnvironment = Tool.environment()
        container = made
        if isFolder ? !configure() : !pull() {
            _ = folder.remove()
            return false
        }
        container?.words = isFolder ? createWords(made) : runWords(made)
        // By its environment it is found again, should this process be killed before it can write that it runs.
        if !isFolder { container?.toolEnvironment.append("BELLOWS_SANDBOX=\(context.directory)/\(sandbox)") }
        return true
    }

    /// runc, for an image that is a folder of this node.
    private func folderRuntime() -> String? {
        var facts = stat()
        if stat(launch.image, &facts) != 0 || facts.st_mode & UInt32(S_IFMT) != UInt32(S_IFDIR) {
            _ = refuse("there is no folder \(launch.image) on this node to be the root of a container", ENOENT)
        } else if geteuid() != 0 {
            _ = refuse("only an agent of root can make a container of a folder: add the node as root@HOST", EPERM)
        } else if let found = Tool.find("runc") {
            return found
        } else {
            _ = refuse("this node has no runc, which makes a container of a folder: install the package runc", ENOENT)
        }
        return nil
    }

    /// podman or docker, for any other image.
    private func imageRuntime() -> String? {
        if let found = Tool.find("podman") ?? Tool.find("docker") { return found }
        _ = refuse(
            "this node has neither podman nor docker to pull \(launch.image): install one, or give the folder of a "
                + "root file system", ENOENT)
        return nil
    }

    /// Pulls the image unless it is there: a stage with a status of its own, which can be ended.
    private func pull() -> Bool {
        guard let container else { return false }
        let (runtime, log) = (container.runtime, "\(container.folder.path)/log")
        let look = [runtime, "image", "inspect", "--format", "{{.Id}}", launch.image]
        if Tool.run(look, output: log, limit: Self.containerNanoseconds, wish: &wish) == 0 { return true }
        status.state = .staging
        status.message = "pulling \(launch.image)"
        let record = StatusRecord(status: status, supervisor: getpid(), bootNanoseconds: System.bootNanoseconds)
        Witness.write(record, segment, context.wake)
        let words = [runtime, "pull", launch.image]
        let code = Tool.run(words, output: log, limit: Self.pullNanoseconds, wish: &wish, isStoppedByWish: true)
        if let wish {
            endReason = wish == Self.leaseNumber ? .lease : .killed
            status.message = "ended while \(launch.image) was pulled"
            return false
        }
        if code == 0 { return true }
        let why = code == nil ? "it was ended, or took over an hour" : Tool.lastLine(log)
        return refuse("cannot pull \(launch.image): \(why)", 0)
    }

    /// Writes what runc is to run.
    private func configure() -> Bool {
        guard let container else { return false }
        var config = ContainerConfig()
        config.arguments = launch.arguments
        config.environment = taskEnvironment().entries
        config.sandbox = "\(context.directory)/\(sandbox)"
        config.directory = launch.directory.utf8.isEmpty ? config.sandbox : launch.directory
        if let user { (config.uid, config.gid, config.groups) = (user.uid, user.gid, user.groups) }
        if context.groups.version != .none {
            let name = "\(launch.key.text).\(getpid())"
            group = TaskGroup(ofContainer: name, context.groups)
            config.group = context.groups.path(of: name)
            config.memoryBytes = launch.memoryBytes
            config.cpuThousandths = launch.cpuThousandths
            config.maxProcesses = launch.maxProcesses
        }
        config.maxOpenFiles = launch.maxOpenFiles
        if System.writeFile("\(container.folder.path)/config.json", Array(config.text.utf8)) { return true }
        return refuse("cannot write \(container.folder.path)/config.json", cs_errno())
    }

    private func createWords(_ made: TaskContainer) -> [String] {
        let whole = "\(context.directory)/\(made.folder.path)"
        return made.folder.runc(made.runtime)
            + ["create", "--bundle", whole, "--pid-file", "\(whole)/pid", made.folder.key]
    }

    /// podman and docker take the same words.
    private func runWords(_ made: TaskContainer) -> [String] {
        let whole = "\(context.directory)/\(sandbox)"
        var words = [made.runtime, "run", "--rm", "--pull", "never", "--name", made.folder.name, "--network", "host"]
        words += ["--security-opt", "label=disable", "--volume", "\(whole):\(whole)", "--volume", "\(whole)/.tmp:/tmp"]
        words += ["--workdir", launch.directory.utf8.isEmpty ? whole : launch.directory]
        if launch.memoryBytes > 0 {
            words += ["--memory", "\(launch.memoryBytes)b", "--memory-swap", "\(launch.memoryBytes)b"]
        }
        if launch.cpuThousandths > 0 {
            words += ["--cpus", "\(launch.cpuThousandths / 1000).\(System.padded(launch.cpuThousandths % 1000, 3))"]
        }
        if launch.maxProcesses > 0 { words += ["--pids-limit", "\(launch.maxProcesses)"] }
        if launch.maxOpenFiles > 0 { words += ["--ulimit", "nofile=\(launch.maxOpenFiles):\(launch.maxOpenFiles)"] }
        if launch.readOnly { words.append("--read-only") }
        if !launch.inputPath.utf8.isEmpty { words.append("--interactive") }
        if let user {
            words += ["--user", "\(user.uid):\(user.gid)"]
            for group in user.groups where group != user.gid { words += ["--group-add", "\(group)"] }
        }
        for entry in taskEnvironment().entries { words += ["--env", entry] }
        return words + ["--entrypoint", launch.arguments[0], launch.image] + launch.arguments.dropFirst()
    }

    /// Says why there is no container; always false.
    func refuse(_ why: String, _ error: Int32) -> Bool {
        status.state = .unknown
        status.step = .image
        status.errno = UInt64(error)
        status.message = why
        return false
    }
}
