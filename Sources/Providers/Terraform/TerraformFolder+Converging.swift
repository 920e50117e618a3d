import ClusterModel
import Glibc

/// Bringing about what is wanted: step, plan, check, apply, until nothing is left to do.
extension TerraformFolder {
    func converge() throws(TerraformFault) {
        for _ in 0..<Self.stepLimit {
            guard let view = shared.withLock({ $0.view }) else { return try look() }
            let input = try TerraformInput.read(folder: setup.settings.folder, input: setup.settings.input)
            let aims = shared.withLock { $0.wishes.mapValues(Self.aim) }
            let step = TerraformStep(aims: aims, written: Set(input.entries.keys), view: view)
            settle(step, view)
            let next = try entries(for: step, after: input)
            guard step.isWork else {
                if next != input { try next.write(folder: setup.settings.folder, input: setup.settings.input) }
                return
            }
            try carryOut(step, from: input, to: next)
        }
        throw .contract("the folder does not settle: a plan still has something to do after \(Self.stepLimit) steps")
    }

    private static func aim(_ wish: Wish) -> TerraformStep.Aim {
        if !wish.stray.isEmpty { return .endStray(wish.stray) }
        return wish.isWanted ? .exist(wasThere: wish.wasThere) : .end
    }

    /// Tells what is settled: machines that are there, and those that are no more.
    private func settle(_ step: TerraformStep, _ view: TerraformView) {
        for name in step.ready {
            guard let node = view.nodes[name], let wish = shared.withLock({ $0.wishes[name] }) else { continue }
            let state: InstanceRow.State = node.isRunning ? .booting : .allocated
            if !wish.isTold || !wish.wasThere {
                tell(InstanceSeen(instance: wish.order.instance, state: state, address: node.address))
            }
            shared.withLock { shared in
                shared.wishes[name]?.isTold = true
                shared.wishes[name]?.wasThere = true
            }
        }
        for name in step.gone { forget(name, "") }
        for name in step.vanished where !step.ends.contains(name) {
            forget(name, "the machine is gone; it was not ended from here")
        }
    }

    private func forget(_ name: String, _ message: String) {
        guard let wish = shared.withLock({ $0.wishes.removeValue(forKey: name) }) else { return }
        tell(
            InstanceSeen(
                instance: wish.order.instance, state: .gone, message: wish.failure.isEmpty ? message : wish.failure))
    }

    /// The input file as the step wants it. Entries that are there stay as they are, word for word.
    private func entries(for step: TerraformStep, after input: TerraformInput) throws(TerraformFault) -> TerraformInput
    {
        var next = input
        next.cluster = setup.cluster
        for name in input.entries.keys where !step.names.contains(name) { next.entries[name] = nil }
        for name in step.names where next.entries[name] == nil {
            guard let wish = shared.withLock({ $0.wishes[name] }) else { continue }
            next.entries[name] = try entry(for: wish.order)
        }
        return next
    }

    private func entry(for order: InstanceOrder) throws(TerraformFault) -> TerraformInput.Entry {
        var entry = TerraformInput.Entry()
        entry.type = order.type.name
        entry.zone = setup.settings.zone
        do throws(ProviderFault) {
            entry.userData = UserData.text(
                name: order.name, key: try UserData.key(at: order.making.publicKey), lease: order.making.lease)
        } catch {
            throw .unusable("\(error)")
        }
        let tags = [
            ("bellows-cluster", setup.cluster), ("bellows-pool", order.pool),
            ("bellows-instance", "\(order.instance.raw)"),
            ("bellows-generation", "\(order.generation)"), ("bellows-lease", "\(order.making.lease.hard.seconds)"),
        ]
        entry.tags = tags.map { JSONValue.Member(name: $0.0, value: .string($0.1)) }
        return entry
    }

    private func carryOut(
        _ step: TerraformStep, from old: TerraformInput, to new: TerraformInput
    ) throws(TerraformFault) {
        let folder = setup.settings.folder
        try new.write(folder: folder, input: setup.settings.input)
        try TerraformInput.writeImports(step.imports, folder: folder)
        let planFile = "\(setup.work)/\(getpid()).plan"
        defer {
            unlink(planFile)
            unlink("\(folder)/\(TerraformInput.importName)")
        }
        note(Self.words(for: step))
        let planned: TerraformCommand.Ending
        do throws(TerraformFault) {
            planned = try command.run(["plan", "-input=false", "-json", "-lock-timeout=0s", "-out=\(planFile)"])
            try check(planned, "plan")
        } catch {
            // Nothing was made yet: what was written down for it goes again, lest somebody else's plan makes it.
            if error != .closed { try old.write(folder: folder, input: setup.settings.input) }
            throw error
        }
        let changes = planned.lines.filter { $0.type == "planned_change" }.map(\.change)
        switch TerraformVerdict(changes: changes, step: step, folder: folder) {
        case .fine: try apply(planFile, step)
        case .refused(let why):
            try old.write(folder: folder, input: setup.settings.input)
            refuse(.refused(why), step)
            throw .refused(why)
        case .vanished(let names):
            for name in names { forget(name, "the machine is gone; it was not ended from here") }
            var rest = new
            for name in names { rest.entries[name] = nil }
            try rest.write(folder: folder, input: setup.settings.input)
        case .broken(let names):
            giveUp(.failed(command: "apply", message: "the machine was made only in part", cause: .other), names)
            for name in names { shared.withLock { $0.wishes[name]?.isWanted = false } }
        }
    }

    /// Tells those whose orders were in a plan that was refused.
    private func refuse(_ fault: TerraformFault, _ step: TerraformStep) {
        giveUp(fault, step.makes)
        for name in step.ends.sorted() {
            guard let wish = shared.withLock({ $0.wishes[name] }) else { continue }
            tell(
                InstanceSeen(
                    instance: wish.order.instance, state: .stopping, failed: true, message: "\(name): \(fault)",
                    cause: fault.cause))
        }
    }

    private func apply(_ planFile: String, _ step: TerraformStep) throws(TerraformFault) {
        let ending: TerraformCommand.Ending
        do throws(TerraformFault) {
            ending = try command.run(["apply", "-input=false", "-json", "-lock-timeout=0s", "-auto-approve", planFile])
            {
                hear($0)
            }
        } catch {
            shared.withLock { $0.isSuspect = true }
            throw error
        }
        guard ending.code == 0 else {
            shared.withLock { ($0.isSuspect, $0.view) = (true, nil) }
            try blame(ending, step)
            return try look()
        }
        var view = try view(in: ending)
        // The list was made before the apply: what has been ended since is not lost, it is gone.
        let ended = shared.withLock { shared in step.ends.compactMap { shared.view?.nodes[$0]?.id } }
        for id in ended { view.found?[id] = nil }
        shared.withLock { $0.view = view }
        // Terraform runs no destroy hook for what it made only in part: whether it is gone has to be seen.
        if shared.withLock({ shared in step.ends.contains { shared.wishes[$0]?.failure.isEmpty == false } }) {
            return try look()
        }
        for name in step.ends.sorted() where view.nodes[name] == nil {
            let failure = shared.withLock { $0.wishes[name]?.isWanted ?? false }
            forget(name, failure ? "the machine is gone; it was not ended from here" : "")
        }
    }

    /// An apply failed: those whose resources had an error are told; without any, the command as a whole did.
    private func blame(_ ending: TerraformCommand.Ending, _ step: TerraformStep) throws(TerraformFault) {
        var faults: [String: TerraformFault] = [:]
        for line in ending.lines where line.diagnostic.isError && !line.diagnostic.key.isEmpty {
            let words = line.diagnostic.summary + line.diagnostic.detail
            faults[line.diagnostic.key] = .failed(
                command: "apply", message: Self.words(of: line.diagnostic), cause: .kind(of: words))
        }
        for line in ending.lines where line.type == "apply_errored" && faults[line.change.key] == nil {
            faults[line.change.key] = .failed(command: "apply", message: line.message, cause: .other)
        }
        let own = faults.filter { step.makes.contains($0.key) || step.ends.contains($0.key) }
        guard !own.isEmpty else { return try check(ending, "apply") }
        for (name, fault) in own.sorted(by: { $0.key < $1.key }) {
            if step.makes.contains(name) { giveUp(fault, [name]) }
        }
        guard let (name, fault) = own.filter({ step.ends.contains($0.key) }).min(by: { $0.key < $1.key }) else {
            return
        }
        if let wish = shared.withLock({ $0.wishes[name] }) {
            tell(
                InstanceSeen(
                    instance: wish.order.instance, state: .stopping, failed: true, message: "\(name): \(fault)",
                    cause: fault.cause))
        }
        throw fault
    }

    /// A line of a running apply: machines on their way.
    private func hear(_ line: TerraformLine) {
        guard let wish = shared.withLock({ $0.wishes[line.change.key] }) else { return }
        switch (line.type, line.change.action) {
        case ("apply_start", "create"): tell(InstanceSeen(instance: wish.order.instance, state: .requested))
        case ("apply_complete", "create"): tell(InstanceSeen(instance: wish.order.instance, state: .allocated))
        case ("apply_start", "delete"): tell(InstanceSeen(instance: wish.order.instance, state: .stopping))
        default: break
        }
    }

    private static func words(for step: TerraformStep) -> String {
        func list(_ names: Set<String>) -> String {
            names.sorted().prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
        }
        var parts: [String] = []
        if !step.makes.isEmpty { parts.append("makes \(list(step.makes))") }
        if !step.ends.isEmpty { parts.append("ends \(list(step.ends))") }
        return parts.joined(separator: ", ")
    }
}
