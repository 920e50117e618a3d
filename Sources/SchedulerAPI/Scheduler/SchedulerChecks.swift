import SchedulerWire

/// What a framework's call must have before anybody looks at the framework: the reference's rules in its words.
enum SchedulerChecks {
    /// Why the call is not valid; nil = it is.
    static func fault(in call: WireSchedulerCall, principal: String) -> String? {
        guard call.hasType else { return "Expecting 'type' to be present" }
        if call.type == .subscribe {
            guard call.hasSubscribe else { return "Expecting 'subscribe' to be present" }
            let info = call.subscribe.frameworkInfo
            guard info.id.value == call.frameworkID.value, info.hasID == call.hasFrameworkID else {
                return "'framework_id' differs from 'subscribe.framework_info.id'"
            }
            return principalFault(info, principal)
        }
        guard call.hasFrameworkID else { return "Expecting 'framework_id' to be present" }
        switch call.type {
        case .accept: return missing("accept", call.hasAccept)
        case .decline: return missing("decline", call.hasDecline)
        case .acceptInverseOffers: return missing("accept_inverse_offers", call.hasAcceptInverseOffers)
        case .declineInverseOffers: return missing("decline_inverse_offers", call.hasDeclineInverseOffers)
        case .kill: return missing("kill", call.hasKill)
        case .shutdown: return missing("shutdown", call.hasShutdown)
        case .acknowledge:
            return missing("acknowledge", call.hasAcknowledge)
                ?? (call.acknowledge.uuid.count == 16 ? nil : "Not a valid UUID")
        case .acknowledgeOperationStatus:
            return missing("acknowledge_operation_status", call.hasAcknowledgeOperationStatus)
                ?? (call.acknowledgeOperationStatus.uuid.count == 16 ? nil : "Not a valid UUID")
        case .reconcile: return missing("reconcile", call.hasReconcile)
        case .reconcileOperations: return missing("reconcile_operations", call.hasReconcileOperations)
        case .message: return missing("message", call.hasMessage)
        case .request: return missing("request", call.hasRequest)
        case .commit: return missing("commit", call.hasCommit)
        case .updateFramework:
            guard call.hasUpdateFramework else { return "Expecting 'update_framework' to be present" }
            let info = call.updateFramework.frameworkInfo
            guard info.id.value == call.frameworkID.value else {
                return "'framework_id' differs from 'update_framework.framework_info.id'"
            }
            return principalFault(info, principal)
        case .unknown, .subscribe, .teardown, .revive, .suppress, .view: return nil
        }
    }

    private static func missing(_ field: String, _ isThere: Bool) -> String? {
        isThere ? nil : "Expecting '\(field)' to be present"
    }

    private static func principalFault(_ info: WireFrameworkInfo, _ principal: String) -> String? {
        guard !principal.isEmpty, info.hasPrincipal, info.principal != principal else { return nil }
        return "Authenticated principal '\(principal)' does not match principal '\(info.principal)' set in "
            + "`FrameworkInfo`"
    }
}
