import AgentLink
import ClusterModel

/// A directive on its way out, with what it needs to be carried out.
enum Consequence: Sendable {
    /// To an agent.
    case order(AgentOrder)
    /// Open a link.
    case connect(node: String, address: String)
    /// Close a link.
    case disconnect(node: String)
    /// Leave nothing of the agent on a node.
    case purge(node: String, address: String)
    /// Bring what tasks left on a node here.
    case collect(node: String, [TaskAttempt])
    /// Ask a provider for a machine.
    case create(InstanceOrder)
    /// Have a provider end a machine.
    case destroy(InstanceOrder)
    /// Have a provider end a machine that nobody accounts for.
    case endStray(pool: String, FoundMachine)
    /// The pools that are configured now.
    case pools([PoolSpec])
    /// Answer a request.
    case answer(UInt64, ActionAnswer)
    /// Change what is wanted of agents.
    case settings(LinkSettings)
    /// Tell a framework.
    case tell(UInt64, FrameworkEvent)
    /// Answer a call.
    case verdict(UInt64, CallVerdict)
    /// Tell an agent of frameworks' work.
    case notice(String, AgentNotice)
    /// End the core.
    case stop

    /// A directive as a consequence; a launch rests on what the node's agent told in `session`.
    init(_ directive: Directive, session: (String) -> UInt64) {
        self =
            switch directive {
            case .connect(let node, let address): .connect(node: node, address: address)
            case .disconnect(let node): .disconnect(node: node)
            case .purge(let node, let address): .purge(node: node, address: address)
            case .launch(let node, let launch):
                .order(AgentOrder(node: node, wish: .launch(launch, session: session(node))))
            case .kill(let node, let task, let attempt, let grace):
                .order(AgentOrder(node: node, wish: .kill(task, attempt: attempt, grace: grace)))
            case .acknowledge(let node, let task, let attempt, let sequence):
                .order(AgentOrder(node: node, wish: .acknowledge(task, attempt: attempt, sequence: sequence)))
            case .renewLease(let node, let lease): .order(AgentOrder(node: node, wish: .renewLease(lease)))
            case .collect(let node, let tasks): .collect(node: node, tasks)
            case .createInstance(let order): .create(order)
            case .destroyInstance(let order): .destroy(order)
            case .endStray(let pool, let machine): .endStray(pool: pool, machine)
            case .answer(let request, let answer): .answer(request, answer)
            case .tell(let connection, let event): .tell(connection, event)
            case .verdict(let request, let verdict): .verdict(request, verdict)
            case .notice(let node, let notice): .notice(node, notice)
            case .stop: .stop
            }
    }
}
