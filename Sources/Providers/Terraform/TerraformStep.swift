/// What is to be done next in a working folder: pure, from what is wanted, what is written down and what is there.
struct TerraformStep: Equatable {
    /// What is wanted of a machine.
    enum Aim: Equatable {
        /// It is to exist; `wasThere` = it has been seen.
        case exist(wasThere: Bool)
        /// It is to be no more.
        case end
        /// A machine nobody knows, with this id, is to be no more.
        case endStray(String)
    }
    /// A machine that is to be taken into the state.
    struct Import: Equatable {
        var id: String
        var name: String
        var resource: String
    }

    /// Names that exist and can be told.
    var ready: [String] = []
    /// Names of machines that were there and are not any more. One that only the state forgot (Terraform writes it in
    /// place: a kill can empty it) is not among them: it is taken in again.
    var vanished: [String] = []
    /// Names of which nothing is left.
    var gone: [String] = []
    /// Names that Terraform is to make, or to take in.
    var makes: Set<String> = []
    /// Names that Terraform is to end.
    var ends: Set<String> = []
    /// Machines to be taken in.
    var imports: [Import] = []
    /// Names that the input map is to hold.
    var names: Set<String> = []
    /// Whether Terraform has something to do.
    var isWork: Bool { !makes.isEmpty || !ends.isEmpty }

    init(aims: [String: Aim], written: Set<String>, view: TerraformView) {
        names = written
        for (name, aim) in aims.sorted(by: { $0.key < $1.key }) {
            let node = view.nodes[name]
            let lost = view.lost(named: name).map { (id: $0.id, resource: $0.found.resource) }
            switch aim {
            case .exist(let wasThere):
                if let node, node.isAlive {
                    names.insert(name)
                    ready.append(name)
                } else if node != nil || (wasThere && lost == nil) {
                    vanished.append(name)
                    names.remove(name)
                    if node != nil { ends.insert(name) }
                } else {
                    make(name, lost)
                }
            case .end: end(name, node, lost)
            case .endStray(let id): end(name, node, view.found?[id].map { (id, $0.resource) })
            }
        }
    }

    private mutating func make(_ name: String, _ lost: (id: String, resource: String)?) {
        names.insert(name)
        makes.insert(name)
        if let lost, !lost.resource.isEmpty {
            imports.append(Import(id: lost.id, name: name, resource: lost.resource))
        }
    }

    private mutating func end(
        _ name: String, _ node: TerraformView.Node?, _ lost: (id: String, resource: String)?
    ) {
        if node != nil {
            names.remove(name)
            ends.insert(name)
        } else if let lost, !lost.resource.isEmpty {
            // Terraform ends only what it holds: it is taken in first, and ended in the next step.
            make(name, lost)
        } else {
            names.remove(name)
            gone.append(name)
        }
    }
}
