import ClusterModel

/// Looks up what `after:` names and refuses circles: a job that waits for itself would wait for ever.
enum JobOrder {
    /// The request that the drafts make; problems are collected.
    static func request(_ drafts: [JobDraft], problems: Problems) -> SubmitJobs {
        var request = SubmitJobs()
        var positions: [String: Int] = [:]
        for (position, draft) in drafts.enumerated() where !draft.spec.name.isEmpty {
            if let first = positions[draft.spec.name] {
                let line = drafts[first].place.line
                problems.add(draft.place, "job `\(draft.spec.name)` is given twice, first in line \(line); rename one")
            } else {
                positions[draft.spec.name] = position
            }
        }
        for draft in drafts {
            var spec = draft.spec
            var waits: [UInt32] = []
            for (name, place) in draft.after {
                if let position = positions[name] {
                    if !waits.contains(UInt32(position)) { waits.append(UInt32(position)) }
                } else if let number = UInt32(name), number > 0, number < .max {
                    spec.after.append(JobID(raw: number))
                } else {
                    let hint = MappingReader.hint(name, drafts.map(\.spec.name).filter { !$0.isEmpty })
                    problems.add(
                        place, "`after` names `\(name)`, which is neither a job in this file nor a number\(hint)")
                }
            }
            request.jobs.append(spec)
            request.afterPositions.append(waits)
        }
        refuseCircle(request, drafts, problems)
        return request
    }

    /// Names the first circle. Each job is entered once, so the cost is that of all edges.
    private static func refuseCircle(_ request: SubmitJobs, _ drafts: [JobDraft], _ problems: Problems) {
        var isDone = [Bool](repeating: false, count: request.jobs.count)
        for start in request.jobs.indices where !isDone[start] {
            var path = [start]
            var next = [0]
            var onPath: Set<Int> = [start]
            while let at = path.last, let edge = next.last {
                let waits = request.afterPositions[at]
                guard edge < waits.count else {
                    isDone[at] = true
                    onPath.remove(at)
                    path.removeLast()
                    next.removeLast()
                    continue
                }
                next[next.count - 1] += 1
                let other = Int(waits[edge])
                if onPath.contains(other) {
                    return report(path.drop { $0 != other } + [other], drafts, problems)
                }
                guard !isDone[other] else { continue }
                path.append(other)
                next.append(0)
                onPath.insert(other)
            }
        }
    }

    /// Most jobs of a circle that are named.
    private static let nameLimit = 12

    private static func report(_ circle: some Collection<Int>, _ drafts: [JobDraft], _ problems: Problems) {
        guard let first = circle.first else { return }
        var names = circle.prefix(nameLimit).map { drafts[$0].spec.name }
        if circle.count > nameLimit { names += ["..."] }
        let place = drafts[first].after.first?.place ?? drafts[first].place
        problems.add(place, "`after` goes in a circle: \(names.joined(separator: " -> ")); take one link out")
    }
}
