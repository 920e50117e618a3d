import ClusterModel
import SchedulerWire
import SwiftProtobuf

/// What a framework says of itself, from the wire.
struct FrameworkMapping {
    let resources: ResourceMapping
    let rights: Rights?

    /// A subscription, with what is wrong with it as `problem`.
    func subscription(
        _ said: WireFrameworkInfo, suppressed: [String], constraints: WireOfferConstraints
    ) -> Subscription {
        var result = Subscription()
        var info = FrameworkInfo()
        info.name = said.name
        info.user = said.user
        info.principal = said.principal
        info.hostname = said.hostname
        info.checkpoint = said.checkpoint
        for each in said.capabilities {
            guard let word = Self.word(each.type), let found = FrameworkCapabilities(word: word) else { continue }
            info.capabilities.insert(found)
        }
        let isMulti = info.capabilities.contains(.multiRole)
        if isMulti, said.hasRole {
            result.problem = "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable"
        } else if !isMulti, !said.roles.isEmpty {
            result.problem = "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable"
        }
        info.roles = isMulti ? said.roles : [said.hasRole ? said.role : "*"]
        let seconds = said.failoverTimeout
        if seconds.isFinite, seconds >= 0, seconds < 9e9 {
            info.failoverTimeout = Interval(microseconds: Int64(seconds * 1e6))
        } else if result.problem.isEmpty {
            result.problem = "The framework failover_timeout (\(seconds)) is invalid"
        }
        info.minimums = minimums(said.offerFilters, &result.problem)
        if let rights {
            for role in info.roles where !rights.mayUse(role: role) && result.problem.isEmpty {
                result.problem = "Not authorized to use role '\(role)'"
            }
            if !rights.mayRun(as: said.user), result.problem.isEmpty {
                result.problem = "User '\(said.user)' is not authorized to run tasks"
            }
        }
        info.wire = WireCoding.encode(said, .protobuf)
        if info.wire.count > FrameworkInfo.wireLimit, result.problem.isEmpty {
            result.problem = "FrameworkInfo is larger than \(FrameworkInfo.wireLimit) bytes"
        }
        result.info = info
        result.suppressed = suppressed
        result.constraints = self.constraints(constraints, &result.problem)
        return result
    }

    private func minimums(
        _ filters: [String: WireOfferFilters], _ problem: inout String
    ) -> [FrameworkInfo.Minimum] {
        var result: [FrameworkInfo.Minimum] = []
        for (role, filter) in filters.sorted(by: { $0.key < $1.key }) where filter.hasMinAllocatableResources {
            var amounts: [ResourceVector] = []
            for each in filter.minAllocatableResources.quantities {
                do {
                    amounts.append(try resources.vector(each.quantities))
                } catch {
                    if problem.isEmpty { problem = "Invalid offer_filters of role '\(role)': \(error.description)" }
                }
            }
            result.append(.init(role: role, amounts: amounts))
        }
        return result
    }

    private func constraints(_ said: WireOfferConstraints, _ problem: inout String) -> OfferConstraints {
        var result = OfferConstraints()
        for (role, groups) in said.roleConstraints.sorted(by: { $0.key < $1.key }) {
            var list: [[OfferConstraints.Constraint]] = []
            if groups.groups.isEmpty, problem.isEmpty {
                problem = "Invalid offer constraints: role '\(role)' has no groups"
            }
            for group in groups.groups {
                if group.attributeConstraints.isEmpty, problem.isEmpty {
                    problem = "Invalid offer constraints: a group of role '\(role)' is empty"
                }
                list.append(group.attributeConstraints.map { constraint($0, &problem) })
            }
            result.roles.append(.init(role: role, groups: list))
        }
        return result
    }

    private func constraint(
        _ said: WireAttributeConstraint, _ problem: inout String
    ) -> OfferConstraints.Constraint {
        var result = OfferConstraints.Constraint()
        switch said.selector.selector {
        case .attributeName(let name): (result.selector, result.name) = (.attribute, name)
        case .pseudoattributeType(.hostname): result.selector = .hostname
        case .pseudoattributeType(.region): result.selector = .region
        case .pseudoattributeType(.zone): result.selector = .zone
        case .pseudoattributeType(.unknown), nil:
            if problem.isEmpty { problem = "Invalid offer constraints: a selector names nothing that is known" }
        }
        switch said.predicate.predicate {
        case .exists: result.predicate = .exists
        case .notExists: result.predicate = .notExists
        case .textEquals(let text): (result.predicate, result.value) = (.textEquals, text.value)
        case .textNotEquals(let text): (result.predicate, result.value) = (.textNotEquals, text.value)
        case .textMatches(let text): (result.predicate, result.value) = (.textMatches, text.regex)
        case .textNotMatches(let text): (result.predicate, result.value) = (.textNotMatches, text.regex)
        case nil: if problem.isEmpty { problem = "Invalid offer constraints: a predicate is missing or not known" }
        }
        if problem.isEmpty, result.predicate == .textMatches || result.predicate == .textNotMatches {
            do { _ = try Pattern(whole: result.value) } catch {
                problem = "Invalid offer constraints: regex \(error.message)"
            }
        }
        return result
    }

    static func word(_ type: WireFrameworkInfo.Capability.TypeEnum) -> String? {
        switch type {
        case .unknown: nil
        case .revocableResources: "REVOCABLE_RESOURCES"
        case .taskKillingState: "TASK_KILLING_STATE"
        case .gpuResources: "GPU_RESOURCES"
        case .sharedResources: "SHARED_RESOURCES"
        case .partitionAware: "PARTITION_AWARE"
        case .multiRole: "MULTI_ROLE"
        case .reservationRefinement: "RESERVATION_REFINEMENT"
        case .regionAware: "REGION_AWARE"
        }
    }
}
