import CSys
import ClusterModel
import Dispatch
import Glibc

/// Looking at what is there: the state and the cloud's own list, and what differs from the definition.
extension TerraformFolder {
    /// Most differences that are named, and longest text of them in bytes.
    private static let driftNamed = 4

    /// Makes the folder fit for use, once.
    func prepare() throws(TerraformFault) {
        guard !shared.withLock({ $0.isPrepared }) else { return }
        let folder = setup.settings.folder
        var facts = stat()
        guard stat(folder, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
            throw .unusable(
                "folder \(folder) is not there: write the module, or let `bellows terraform scaffold` do it")
        }
        do throws(ProviderFault) {
            try AgentFolders.makePrivate(setup.work)
        } catch {
            throw .unusable("\(error)")
        }
        unlink("\(folder)/\(TerraformInput.importName)")
        let found = try TerraformInput.read(folder: folder, input: setup.settings.input)
        guard found.cluster.isEmpty || found.cluster == setup.cluster else {
            throw .unusable(
                "folder \(folder) is used by cluster \(found.cluster): "
                    + "give each cluster a folder (and a state) of its own"
            )
        }
        note("terraform init")
        let isLocked = access("\(folder)/.terraform.lock.hcl", F_OK) == 0
        let ending = try command.run(["init", "-input=false", "-no-color"] + (isLocked ? ["-lockfile=readonly"] : []))
        guard ending.code == 0 else {
            let words = ending.rest.map { $0.trimming("│╷╵ ") }.filter { !$0.isEmpty }
            throw .failed(
                command: "init",
                message: words.first { $0.hasPrefix("Error") } ?? words.last ?? "exit code \(ending.code)",
                cause: .invalid)
        }
        shared.withLock { $0.isPrepared = true }
    }

    /// Reads the state and the cloud's list anew, and tells what was found.
    func look() throws(TerraformFault) {
        unlink("\(setup.settings.folder)/\(TerraformInput.importName)")
        let ending = try command.run([
            "apply", "-refresh-only", "-auto-approve", "-input=false", "-json", "-lock-timeout=0s",
        ])
        try check(ending, "refresh")
        let view = try view(in: ending)
        shared.withLock { shared in
            shared.view = view
            shared.isSuspect = false
        }
        tellFound(view)
        tellPools()
    }

    /// What a command's outputs say; throws when it had none.
    func view(in ending: TerraformCommand.Ending) throws(TerraformFault) -> TerraformView {
        guard let outputs = ending.lines.last(where: { $0.type == "outputs" })?.outputs else {
            throw .contract("the module has no outputs")
        }
        return try TerraformView(outputs: outputs, output: setup.settings.output)
    }

    /// Compares the definition with what is there, by a plan that nobody applies.
    func lookForDrift() throws(TerraformFault) {
        let ending = try command.run(["plan", "-input=false", "-json", "-lock-timeout=0s"])
        try check(ending, "plan")
        var words: [String] = []
        for line in ending.lines where line.type == "resource_drift" || line.type == "planned_change" {
            guard line.change.action != "read", line.change.action != "noop" else { continue }
            let asked = shared.withLock { $0.wishes[line.change.key].map { !$0.isTold } ?? false }
            let verb = line.type == "resource_drift" ? "changed outside" : "to \(line.change.action)"
            let word =
                line.type == "resource_drift" && line.change.action == "delete"
                ? "\(line.change.address) deleted outside" : "\(line.change.address) \(verb)"
            if !asked, !words.contains(where: { $0.hasPrefix(line.change.address) }) { words.append(word) }
        }
        try look()
        let view = shared.withLock { $0.view } ?? TerraformView()
        for (name, node) in view.nodes.sorted(by: { $0.key < $1.key })
        where ["stopped", "stopping"].contains(node.state) {
            words.append("\(name) is \(node.state)")
        }
        words.sort()
        let rest = words.count - Self.driftNamed
        let text = words.prefix(Self.driftNamed).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
        shared.withLock { shared in
            shared.drift = text
            shared.wantsLook = false
        }
        tellPools()
    }

    /// Sees to it that drift is looked for again after its time.
    func planLook() {
        let every = setup.settings.driftEvery.milliseconds
        guard every > 0 else { return }
        let isFirst = shared.withLock { shared in
            defer { shared.isLookPlanned = true }
            return !shared.isLookPlanned && !shared.isClosed
        }
        guard isFirst else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int(clamping: every))) { [weak self] in
            guard let self else { return }
            self.shared.withLock { shared in
                shared.isLookPlanned = false
                shared.wantsLook = true
            }
            self.schedule()
        }
    }

    /// Throws what a command's own words say went wrong.
    func check(_ ending: TerraformCommand.Ending, _ name: String) throws(TerraformFault) {
        guard ending.code != 0 else { return }
        guard let first = ending.lines.first(where: { $0.diagnostic.isError })?.diagnostic else {
            throw .ended(command: name, code: ending.code)
        }
        if first.summary.contains("acquiring the state lock") { throw .locked(Self.holder(in: first.detail)) }
        throw .failed(command: name, message: Self.words(of: first), cause: .kind(of: first.summary + first.detail))
    }

    /// An error in one line of bounded length.
    static func words(of diagnostic: TerraformLine.Diagnostic) -> String {
        let detail = diagnostic.detail.split(whereSeparator: \.isNewline).first.map { ": \($0)" } ?? ""
        return String((diagnostic.summary + detail).map { $0.isNewline ? " " : $0 }.prefix(400))
    }

    /// Who holds a lock and since when, from Terraform's words.
    static func holder(in detail: String) -> String {
        func field(_ name: String) -> String {
            let line = detail.split(separator: "\n").map { $0.trimming(" ") }.first { $0.hasPrefix("\(name):") }
            return line.map { String($0.dropFirst(name.count + 1)).trimming(" ") } ?? ""
        }
        let (who, created) = (field("Who"), field("Created"))
        if who.isEmpty { return "somebody else" }
        return created.isEmpty ? who : "\(who) since \(created.prefix(19))"
    }

    // MARK: Telling

    /// What the folder is at, for its pools.
    func note(_ text: String) {
        shared.withLock { $0.note = text }
        tellPools()
    }

    func tellPools() {
        let news: [PoolSeen] = shared.withLock { shared in
            shared.pools.sorted().compactMap { pool in
                let seen = PoolSeen(
                    pool: pool, drift: shared.drift, note: shared.note,
                    leaseEnforced: shared.view?.leaseEnforced ?? false)
                guard shared.told[pool] != seen else { return nil }
                shared.told[pool] = seen
                return seen
            }
        }
        for seen in news { observe(.pool(seen)) }
    }

    /// Machines that exist and that the input map does not account for go to the core, which knows what it wants.
    private func tellFound(_ view: TerraformView) {
        guard let pool = shared.withLock({ $0.pools.min() }) else { return }
        let held = view.nodes.map { FoundMachine(id: $0.value.id, name: $0.key) }
        let lost = view.lost.map { FoundMachine(id: $0.id, name: $0.found.name) }
        observe(.found(MachinesFound(pool: pool, machines: (held + lost).sorted { $0.id < $1.id })))
    }
}

extension StringProtocol {
    /// Without these characters at either end.
    func trimming(_ characters: String) -> String {
        var rest = self[...]
        while let first = rest.first, characters.contains(first) { rest = rest.dropFirst() }
        while let last = rest.last, characters.contains(last) { rest = rest.dropLast() }
        return String(rest)
    }
}
