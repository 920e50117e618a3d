import ClusterModel
import ClusterSource
import Testing

@testable import ConsoleView

/// The event log and its filter, `:when`, what differs between two instants, marks of a whole recording.
@Suite struct LookingBackTests {
    private func past(_ lab: ScenarioBuilder = .lab()) -> Operator {
        var user = Operator(lab.past()) { $0.abilities = SourceAbilities(kind: .recording, seeks: true) }
        user.frame.timeline = Timeline(density: Array(repeating: 0, count: Timeline.parts), marks: [])
        return user
    }

    @Test func stepsGoByTheFilterOfTheEventLog() {
        var user = past()
        #expect(user.press(".") == [.seek(.step(1))])
        user.press("E")
        #expect(user.screen.contains("Events") && user.screen.contains("epoch 3"))
        user.press("/")
        user.type("kind=task and user=anna or failed")
        user.press("enter")
        guard case .find(let query)? = user.press(".").first, case .event(let filter, true) = query.kind else {
            Issue.record("the filter is not used")
            return
        }
        let state = user.frame.state
        let passing = state.recent.filter { filter.matches($0, state) }
        #expect(!passing.isEmpty && passing.count < state.recent.count)
        #expect(passing.allSatisfy { EventLine.text($0, state).text.contains("failed") })
        guard case .find(let back)? = user.press(",").first else {
            Issue.record("not back")
            return
        }
        #expect(!back.search.isForward)
        user.press("/")
        user.type(" and nod=x")
        #expect(user.model.notice?.isError == true, "\(user.model.notice?.text ?? "")")
        user.press("esc")
        #expect(user.model.eventFilter?.text == "kind=task and user=anna or failed", "Esc puts the old one back")
        user.command("events kind=node")
        #expect(user.model.eventFilter?.text == "kind=node")
    }

    @Test func everyEventHasASubject() {
        let state = ScenarioBuilder.lab().state
        let kinds = Set(state.recent.map { EventSubject($0.event).kind })
        #expect(kinds.isSuperset(of: ["core", "cluster", "node", "job", "task", "decision", "machine"]))
        #expect(!kinds.contains("other"))
    }

    @Test func whenLooksForConditions() throws {
        let lab = ScenarioBuilder.lab()
        func holds(_ text: String) throws -> Bool { try WhenQuery(text).holds(lab.state, at: lab.now) }
        #expect(try holds("queue >= 2 and nodes > 3"))
        #expect(try !holds("queue > 1000"))
        #expect(try holds("burn > 0.1 and autoscaler=off"))
        #expect(try holds("nodes state=draining and pool=rack-a"))
        #expect(try !holds("nodes state=lost"))
        #expect(try holds("tasks why ~ held"))
        #expect(try !WhenQuery("back nodes state=lost").isForward)
        #expect(throws: TextFault.self) { try WhenQuery("queu > 1") }
        var user = past()
        guard case .find(let query)? = user.command("when back tasks state=failed").first, case .when = query.kind
        else {
            Issue.record("nothing is looked for")
            return
        }
        #expect(query.search.words == "when back tasks state=failed")
        #expect(user.command("when queu > 1").isEmpty)
        #expect(user.model.notice?.text.contains("queue") == true, "\(user.model.notice?.text ?? "")")
    }

    @Test func twoInstantsAreCompared() {
        var lab = ScenarioBuilder.lab()
        var user = Operator(lab.frame)
        user.press("D")
        #expect(user.model.notice?.text.contains("A is") == true)
        lab.pass(60)
        lab.node("late")
        let job = lab.job("new", count: 2)
        lab.run(job, 0, on: NodeID(raw: 0))
        lab.tell(.nodeChanged(NodeChanged(node: NodeID(raw: 2), state: .lost, reason: Reason(.silent, 60))))
        user.frame = lab.frame
        user.press("D")
        let screen = user.screen
        for text in ["What differs", "+ late", "unreachable -> lost", "+ new-", "1:00 apart"] {
            #expect(screen.contains(text), "\(text)")
        }
        user.press("esc")
        #expect(user.model.views.isEmpty && user.model.sideA == nil)
        let same = Difference.Side(state: lab.state, instant: lab.now)
        let none = Difference.lines(same, same, offset: 0).flatMap { $0 }.map(\.text)
        #expect(none.filter { $0.contains("no difference") }.count == 4)
    }

    @Test func marksAndTimeBarAreThoseOfTheWholeRecording() {
        var user = past()
        let span = ScenarioBuilder.start...(ScenarioBuilder.start + .hours(10))
        user.frame.span = span
        var density = Array(repeating: UInt64(0), count: Timeline.parts)
        density[0] = 9
        density[Timeline.parts - 1] = 1
        let mark = Timeline.Mark(instant: ScenarioBuilder.start + .hours(5), sequence: 7, text: "node lost: n1")
        user.frame.timeline = Timeline(density: density, marks: [mark])
        let line = user.screen.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            .first { $0.contains("%") && $0.contains("22:00:00") }
        for sign in ["▄", "^", "▁"] { #expect(line?.contains(sign) == true, "\(line ?? user.screen)") }
        user.press("'")
        #expect(user.screen.contains("node lost: n1"))
        #expect(user.press("enter") == [.seek(.to(mark.instant))])
    }

    @Test func chartsShowWhatWasSeen() {
        var lab = ScenarioBuilder.lab()
        var user = Operator(lab.frame)
        for _ in 0..<40 {
            lab.pass(5)
            user.frame = lab.frame
            user.model.prepare(user.frame, size: user.size)
        }
        user.press("C")
        for text in ["History", "cpu", "queue", "burn", "running"] { #expect(user.screen.contains(text)) }
        #expect(user.model.trend.cpu.count == 41)
        user.press("C")
        #expect(user.model.views.isEmpty)
        for _ in 0..<(Trend.limit + 5) {
            lab.pass(5)
            user.frame = lab.frame
            user.model.prepare(user.frame, size: user.size)
        }
        #expect(user.model.trend.burn.count == Trend.limit)
    }

    @Test func escapeWithAKeyCloseBehindItIsBoth() {
        var user = Operator(ScenarioBuilder.lab().frame)
        user.press("enter")
        #expect(user.model.views.count == 1)
        user.keys([.alt("3")])
        #expect(user.model.views.isEmpty && user.model.focus == .tasks)
        user.press("/")
        user.type("nothing")
        user.keys([.alt("j")])
        #expect(user.model.prompt == nil && user.model.pane.filter == nil)
    }

    @Test func theHeaderAlwaysSaysWhetherItIsThePresent() {
        var frame = ScenarioBuilder.lab().frame
        frame.mode = .stale("the core is gone without a word and nobody knows when it comes back")
        for width in [12, 20, 39, 40, 60, 80, 120, 200] {
            let user = Operator(frame, Size(width: width, height: 24))
            let head = user.screen.split(separator: "\n", omittingEmptySubsequences: false)[0]
            #expect(head.contains("STA"), "\(width): \(head)")
        }
        frame.mode = .live
        for width in [14, 40, 80] {
            let user = Operator(frame, Size(width: width, height: 24))
            #expect(user.screen.contains("LIV"), "\(width)")
        }
    }

    @Test func theMonthStandsBesideItsBudget() {
        var lab = ScenarioBuilder.lab()
        var configuration = lab.state.configuration
        configuration.budgetPerMonth = Money(micros: 4_000_000_000)
        lab.tell(.configured(Configured(configuration: configuration, file: configuration, user: "anna")))
        let user = Operator(lab.frame, Size(width: 200, height: 60))
        #expect(user.screen.contains("of 4000.00"), "\(user.screen)")
    }
}
