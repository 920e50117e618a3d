import ClusterModel

/// Why Terraform could not do what it was asked. The descriptions go to the operator: the thing, the cause,
/// the way out.
enum TerraformFault: Error, Equatable, CustomStringConvertible {
    /// The provider was closed while a command ran; the command goes on by itself.
    case closed
    /// The program or the folder is not usable.
    case unusable(String)
    /// Somebody else holds the state's lock; who, as Terraform says.
    case locked(String)
    /// A command failed as a whole.
    case failed(command: String, message: String, cause: ProviderFailure)
    /// A command ended without a word: it was killed, or the disk is full.
    case ended(command: String, code: Int32)
    /// The plan touches what nobody asked for.
    case refused(String)
    /// The module keeps the contract badly.
    case contract(String)

    var description: String {
        switch self {
        case .closed: "the core ends"
        case .unusable(let cause): cause
        case .locked(let who): "the state is locked by \(who)"
        case .failed(let command, let message, _): "terraform \(command): \(message)"
        case .ended(let command, let code):
            code > 128
                ? "terraform \(command) was ended by signal \(code - 128)" : "terraform \(command) ended with \(code)"
        case .refused(let why): why
        case .contract(let what): "\(what); docs/terraform.md says what a module must have"
        }
    }

    /// What kind of failure it is to the core.
    var cause: ProviderFailure {
        switch self {
        case .failed(_, _, let cause): cause
        case .unusable, .refused, .contract: .invalid
        default: .other
        }
    }
}

extension ProviderFailure {
    /// What kind of failure a provider's words speak of. Clouds have no common word for it; these are the codes that
    /// AWS, Google, Azure and OpenStack use.
    static func kind(of words: String) -> ProviderFailure {
        func has(_ marks: [String]) -> Bool { marks.contains { words.contains($0) } }
        if has([
            "InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientCapacity", "SpotMaxPriceTooLow",
            "ZONE_RESOURCE_POOL_EXHAUSTED", "SkuNotAvailable", "AllocationFailed", "OverconstrainedAllocationRequest",
            "No valid host was found",
        ]) {
            return .capacity
        }
        if has(["VcpuLimitExceeded", "InstanceLimitExceeded", "LimitExceeded", "QuotaExceeded", "QUOTA_EXCEEDED"]) {
            return .quota
        }
        if has(["AuthFailure", "UnauthorizedOperation", "ExpiredToken", "InvalidClientTokenId", "credential"]) {
            return .credentials
        }
        if has(["InvalidParameter", "InvalidAMI", "InvalidInstanceType", "Unsupported"]) { return .invalid }
        return .other
    }
}
