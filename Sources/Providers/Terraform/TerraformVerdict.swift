/// Whether a plan does what was asked and nothing else: pure.
enum TerraformVerdict: Equatable {
    /// It does.
    case fine
    /// It would make these again, which have vanished since they were last seen.
    case vanished(Set<String>)
    /// It would make these anew, which were made only in part.
    case broken(Set<String>)
    /// It touches something that nobody asked for.
    case refused(String)

    /// Most unasked changes that are named.
    static let namedLimit = 3

    init(changes: [TerraformLine.Change], step: TerraformStep, folder: String) {
        var (vanished, broken): (Set<String>, Set<String>) = ([], [])
        var unasked: [String] = []
        for change in changes {
            switch change.action {
            case "noop", "read": continue
            case "create" where step.makes.contains(change.key), "update" where step.makes.contains(change.key),
                "import" where step.makes.contains(change.key), "replace" where step.makes.contains(change.key),
                "delete" where step.ends.contains(change.key):
                continue
            case "create" where step.names.contains(change.key): vanished.insert(change.key)
            case "replace" where change.reason == "tainted" && step.names.contains(change.key):
                broken.insert(change.key)
            default: unasked.append("\(change.action) \(change.address)")
            }
        }
        if !unasked.isEmpty {
            let rest = unasked.count - Self.namedLimit
            let words =
                unasked.sorted().prefix(Self.namedLimit).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
            self = .refused(
                "the plan does what nobody asked for (\(words)): nothing was applied; "
                + "run `terraform plan` in \(folder), "
                    + "then apply it yourself or undo what differs")
        } else if !broken.isEmpty {
            self = .broken(broken)
        } else if !vanished.isEmpty {
            self = .vanished(vanished)
        } else {
            self = .fine
        }
    }
}
