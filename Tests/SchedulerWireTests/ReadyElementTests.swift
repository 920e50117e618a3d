import SwiftProtobuf
import Testing

@testable import SchedulerWire

/// Answers with elements that were encoded before are the answers that are encoded whole, in either form.
@Suite struct ReadyElementTests {
    typealias Agents = WireOperatorResponse.GetAgents

    private func agent(_ number: Int) -> Agents.Agent {
        .with {
            $0.agentInfo.hostname = "host \"\(number)\""
            $0.agentInfo.id.value = "S\(number)"
            $0.active = number % 2 == 0
            $0.deactivated = false
            $0.version = "1"
            $0.registeredTime.nanoseconds = Int64(number)
        }
    }

    @Test(arguments: [WireForm.json, .protobuf], [0, 1, 5])
    func readyElementsStandWhereTheyBelong(form: WireForm, count: Int) {
        for inState in [false, true] {
            var whole = WireOperatorResponse()
            var left = WireOperatorResponse()
            let agents = Agents.with {
                $0.agents = (0..<count).map { agent($0) }
                $0.recoveredAgents = [.with { $0.hostname = "gone" }]
            }
            let rest = Agents.with { $0.recoveredAgents = agents.recoveredAgents }
            if inState {
                (whole.type, left.type) = (.getState, .getState)
                (whole.getState.getAgents, left.getState.getAgents) = (agents, rest)
                whole.getState.getTasks = .init()
                left.getState.getTasks = .init()
            } else {
                (whole.type, left.type) = (.getAgents, .getAgents)
                (whole.getAgents, left.getAgents) = (agents, rest)
            }
            let ready = WireCoding.Ready(
                agents.agents.map { WireCoding.encode($0, form) }, field: 1, of: Agents.self)
            #expect(WireCoding.encode(left, form, ready: ready) == WireCoding.encode(whole, form))
        }
    }
}
