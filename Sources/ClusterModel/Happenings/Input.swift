/// What happened outside: the only thing the core is ever told, each with its time. Inputs are recorded in order, so
/// that the same core decides the same again.
public enum Input: Sendable, Hashable {
    /// A core starts on this state and takes the lead.
    case start(CoreStart)
    /// A deadline that the core named has passed.
    case wake
    /// An agent said hello and told all it knows.
    case agentHello(AgentHello)
    /// The link to an agent broke or could not be made.
    case agentGone(AgentGone)
    /// An agent tells of one task.
    case taskStatus(NodeTaskStatus)
    /// An agent was heard and measured.
    case sample(NodeSample)
    /// A provider saw one of its machines.
    case instanceSeen(InstanceSeen)
    /// Somebody asks for something; `request` is answered by a directive.
    case action(ActionRequest)
    /// A framework other than the built-in one speaks.
    case framework(FrameworkCall)
    /// The state store failed, or works again.
    case store(StoreChanged)

    /// The kind's number, for ever.
    public var kind: UInt16 {
        switch self {
        case .start: 1
        case .wake: 2
        case .agentHello: 3
        case .agentGone: 4
        case .taskStatus: 5
        case .sample: 6
        case .instanceSeen: 7
        case .action: 8
        case .framework: 9
        case .store: 10
        }
    }

    /// Kind and payload as bytes.
    public func bytes() -> [UInt8] {
        var writer = WireWriter()
        var number = kind
        writer.uint(&number)
        switch self {
        case .start(var value): writer.value(&value)
        case .wake: break
        case .agentHello(var value): writer.value(&value)
        case .agentGone(var value): writer.value(&value)
        case .taskStatus(var value): writer.value(&value)
        case .sample(var value): writer.value(&value)
        case .instanceSeen(var value): writer.value(&value)
        case .action(var value): writer.value(&value)
        case .framework(var value): writer.value(&value)
        case .store(var value): writer.value(&value)
        }
        return writer.output.bytes
    }

    /// The input that `bytes` hold; nil when they are not one.
    public init?(bytes: ArraySlice<UInt8>) {
        var reader = WireReader(bytes)
        var number: UInt16 = 0
        reader.uint(&number)
        func read<T: Wired>(_ make: (T) -> Input) -> Input {
            var value = T()
            reader.value(&value)
            return make(value)
        }
        let input: Input? =
            switch number {
            case 1: read(Input.start)
            case 2: .wake
            case 3: read(Input.agentHello)
            case 4: read(Input.agentGone)
            case 5: read(Input.taskStatus)
            case 6: read(Input.sample)
            case 7: read(Input.instanceSeen)
            case 8: read(Input.action)
            case 9: read(Input.framework)
            case 10: read(Input.store)
            default: nil
            }
        guard let input, !reader.failed else { return nil }
        self = input
    }
}
