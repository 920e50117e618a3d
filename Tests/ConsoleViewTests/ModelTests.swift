import ClusterModel
import ClusterSource
import Testing

@testable import ConsoleView

/// A console whose keys are pressed by a test.
struct Operator {
    var model = ConsoleModel()
    var frame: SourceFrame
    var size: Size

    init(
        _ frame: SourceFrame, _ size: Size = Size(width: 120, height: 40),
        _ set: (inout ConsoleModel.Settings) -> Void = { _ in }
    ) {
        self.frame = frame
        self.size = size
        model.settings.hasPast = true
        set(&model.settings)
        model.prepare(frame, size: size)
    }

    @discardableResult mutating func press(_ names: String) -> [ConsoleEffect] {
        keys(names.split(separator: " ").compactMap { Key(name: String($0)) })
    }
    @discardableResult mutating func type(_ text: String) -> [ConsoleEffect] { keys(text.map { .character($0) }) }
    @discardableResult mutating func keys(_ keys: [Key]) -> [ConsoleEffect] {
        var effects: [ConsoleEffect] = []
        for key in keys {
            effects += model.handle(key, frame: frame)
            model.prepare(frame, size: size)
        }
        return effects
    }
    @discardableResult mutating func command(_ line: String) -> [ConsoleEffect] {
        press(":")
        type(line)
        return press("enter")
    }
    var screen: String { ConsoleRenderer.render(model, frame, glyphs: .unicode).text }
    var cursorLabel: String? { model.pane.cursorKey.map { frame.state.label(of: $0) } }
}

@Suite struct ModelTests {
    @Test func cursorFollowsTheThing() {
        var lab = ScenarioBuilder.lab()
        var user = Operator(lab.frame)
        user.press("j j j")
        #expect(user.cursorLabel == "node01")
        lab.node("aaa")
        lab.pass(10)
        user.frame = lab.frame
        user.model.prepare(user.frame, size: user.size)
        #expect(user.cursorLabel == "node01", "a row came in above")
        #expect(user.model.pane.cursor == 4)
    }

    @Test func orderStandsStillUnderAMovingCursor() {
        var lab = ScenarioBuilder.lab()
        var user = Operator(lab.frame)
        let before = user.model.pane.index.builds
        lab.node("aaa")
        user.frame = lab.frame
        user.press("j")
        lab.pass(1)
        user.frame = lab.frame
        user.model.prepare(user.frame, size: user.size)
        #expect(user.model.pane.index.builds == before, "no new order within two seconds of a move")
        lab.pass(2)
        user.frame = lab.frame
        user.model.prepare(user.frame, size: user.size)
        #expect(user.model.pane.index.builds == before + 1)
    }

    @Test func filterIsAppliedAsItIsTyped() {
        var user = Operator(ScenarioBuilder.lab().frame)
        user.press("/")
        user.type("state=ready and cpu > 50")
        #expect(user.model.pane.index.keys.count == 1)
        #expect(user.screen.contains("1 of 6"))
        user.press("enter")
        #expect(user.model.prompt == nil && user.cursorLabel == "node01")
        user.press("esc")
        #expect(user.model.pane.index.keys.count == 6)
    }

    @Test func badFilterIsPointedAtAndKeepsTheRows() {
        var user = Operator(ScenarioBuilder.lab().frame)
        user.press("/")
        user.type("state=ready")
        #expect(user.model.pane.index.keys.count == 2)
        user.type(" and stte=x")
        #expect(user.model.pane.filter?.problem != nil)
        #expect(user.model.pane.index.keys.count == 2)
        user.press("enter")
        #expect(user.model.prompt != nil, "it is not thrown away")
        #expect(user.model.notice?.isError == true)
    }

    @Test func selectionAppliesToActions() {
        var user = Operator(ScenarioBuilder.lab().frame)
        user.press("3 space space x")
        guard case .plan(let dialog) = user.model.dialog, case .kill(let tasks) = dialog.action else {
            Issue.record("no plan of a kill is shown")
            return
        }
        #expect(tasks.tasks == [TaskID(job: JobID(raw: 1), index: 0), TaskID(job: JobID(raw: 1), index: 1)])
        #expect(user.press("enter").isEmpty, "the focus is on Cancel")
        #expect(user.model.dialog == nil)
    }

    @Test func manyThingsMustBeTyped() {
        var user = Operator(ScenarioBuilder.lab().frame)
        #expect(user.press("3 x") == [.plan(.kill(TaskSelection([TaskID(job: JobID(raw: 1), index: 0)])), ticket: 1)])
        var plan = ActionPlan()
        plan.possible = true
        plan.size = 11
        plan.fingerprint = "p"
        _ = user.model.receive(.plan(plan, ticket: 1))
        #expect(user.press("tab enter").isEmpty, "the count was not typed")
        #expect(user.model.dialog != nil)
        user.type("11")
        #expect(
            user.press("enter") == [
                .perform(.kill(TaskSelection([TaskID(job: JobID(raw: 1), index: 0)])), confirmed: "p", ticket: 2)
            ])
        _ = user.model.receive(.answer(ActionAnswer(accepted: true, message: "1 task is being killed"), ticket: 2))
        #expect(user.model.dialog == nil && user.model.notice?.text == "1 task is being killed")
    }

    @Test func stalePlanIsShownAgain() {
        var user = Operator(ScenarioBuilder.lab().frame)
        guard case .plan(let action, let ticket)? = user.command("scale out burst 2").first else {
            Issue.record("no plan was asked for")
            return
        }
        #expect(action == .scaleOut(ScaleOut(pool: "burst", count: 2, type: "m.large")))
        var plan = ActionPlan()
        plan.possible = true
        plan.fingerprint = "old"
        _ = user.model.receive(.plan(plan, ticket: ticket))
        guard case .perform(_, "old", let asked)? = user.press("enter").first else {
            Issue.record("Enter did not confirm the plan that was shown")
            return
        }
        let again = user.model.receive(
            .answer(ActionAnswer(accepted: false, message: "the price has changed"), ticket: asked))
        guard case .plan(action, _)? = again.first else {
            Issue.record("the plan was not asked for again")
            return
        }
        #expect(user.screen.contains("the price has changed"))
    }

    @Test func readOnlyDeniesByDefault() {
        var user = Operator(ScenarioBuilder.lab().frame) { $0.readOnly = true }
        #expect(user.screen.contains("READ-ONLY"))
        for key in ["+", "-", "d", "a", "c"] { #expect(user.press(key).isEmpty && user.model.dialog == nil, "\(key)") }
        for line in [
            "kill 1", "submit -- true", "scale out burst 1", "weight hpc 2", "shutdown", "hold 1", "requeue 1",
        ] {
            #expect(user.command(line).isEmpty, "\(line)")
            #expect(user.model.notice?.text.contains("read-only") == true)
        }
        user.press("?")
        #expect(!user.screen.contains(":scale out"))
    }

    @Test func pastDisablesActionsAndSaysSo() {
        var user = Operator(ScenarioBuilder.lab().past())
        #expect(user.press("d").isEmpty)
        #expect(user.model.notice?.text.contains("L returns to the present") == true)
        #expect(user.press("space") == [.seek(.play(speed: 1_000))])
        #expect(user.press(",") == [.seek(.step(-1))])
        #expect(user.command("go to -5m") == [.seek(.to(user.frame.now - .minutes(5)))])
        #expect(user.command("go to 50%") == [.seek(.share(500))])
        #expect(user.command("go to #412") == [.seek(.event(412))])
        #expect(user.command("go to 12:05") == [.seek(.to(ScenarioBuilder.start + .minutes(5)))])
        #expect(user.press("L") == [.goLive])
    }

    @Test func whatIsMissingSaysSo() {
        var user = Operator(ScenarioBuilder.lab().frame)
        #expect(user.press("W").isEmpty)
        #expect(user.model.notice?.text.contains("not in the console") == true)
    }

    @Test func submitLineBecomesAJob() {
        var user = Operator(ScenarioBuilder.lab().frame)
        guard
            case .perform(.submit(let jobs), "", _)? = user.command(
                "submit --cpus 2 --mem 4GiB --count 3 -- sh -c 'sleep 5; true'"
            ).first
        else {
            Issue.record("no submission: \(String(describing: user.model.notice))")
            return
        }
        #expect(jobs.jobs[0].argv == ["sh", "-c", "sleep 5; true"])
        #expect(jobs.jobs[0].need == ResourceVector(cpus: 2_000, mem: 4 << 30))
        #expect(jobs.jobs[0].count == 3)
        #expect(user.command("submit --cpu 2 -- true").isEmpty)
        #expect(user.model.notice?.text.contains("--cpus") == true)
    }

    @Test func quitAsksOnlyWhenSomethingIsAlive() {
        var user = Operator(ScenarioBuilder.lab().frame)
        #expect(user.press("q").isEmpty)
        #expect(user.press("enter") == [.quit(.background)])
        var attached = Operator(ScenarioBuilder.lab().frame) { $0.abilities = SourceAbilities(kind: .attached) }
        #expect(attached.press("q") == [.quit(.leave)])
        var empty = Operator(ScenarioBuilder().frame)
        #expect(empty.press("q") == [.quit(.leave)])
    }

    @Test func aThemeThatWasOnlyTriedOnGoesAgain() {
        var user = Operator(ScenarioBuilder.lab().frame) {
            $0.themes = ["dark", "light", "mono"]
            $0.theme = "dark"
        }
        user.command("theme")
        #expect(user.press("j") == [.setTheme("light")])
        #expect(user.press("esc") == [.setTheme("dark")])
        #expect(user.command("theme mono") == [.setTheme("mono")])
        #expect(user.command("theme liht").isEmpty)
        #expect(user.model.notice?.text.contains("light") == true)
    }

    @Test func paletteCompletesAndRemembers() {
        var user = Operator(ScenarioBuilder.lab().frame)
        user.press(":")
        user.type("drain node0")
        user.press("tab")
        #expect(user.model.prompt?.field.text == "drain node01")
        guard case .plan(.drain(let nodes), _)? = user.press("enter").first else {
            Issue.record("the completed line was not run")
            return
        }
        #expect(nodes.nodes == ["node01"])
        user.press("esc : up")
        #expect(user.model.prompt?.field.text == "drain node01")
        user.press("esc")
        user.command("dran node01")
        #expect(user.model.notice?.text.contains("there is no command") == true)
    }

    @Test func numbersHaveOneForm() {
        #expect(
            [0, 1_023, 1_024, 1_536, 12 << 30, 1_500 << 20, Int64.max, -5].map(Show.bytes) == [
                "0B", "1023B", "1K", "1.5K", "12G", "1.4G", "7.9E", "0B",
            ])
        #expect(
            [0, 500, 4_000, 99_950, 100_000, Int64.max].map(Show.count) == [
                "0.0", "0.5", "4.0", "100", "100", "9223372036854775",
            ])
        #expect(
            [0, 4_200, 110_000, 38_204_000, -90_000, 12_345_678_000].map(Show.money) == [
                "0.00", "0.0042", "0.11", "38.20", "-0.09", "12346",
            ])
        #expect(
            [7, 59, 60, 3_599, 3_600, 172_800].map { Show.age(.seconds($0)) } == ["7s", "59s", "1m", "59m", "1h", "2d"])
        #expect([7, 730, 11_049, 187_200].map { Show.runTime(.seconds($0)) } == ["0:07", "12:10", "3:04:09", "2d04h"])
        #expect(Show.date(ScenarioBuilder.start, offset: 3_600) == "2026-11-22 13:00:00")
        #expect(
            ["node10", "node2", "node1", "a"].sorted(by: NaturalOrder.precedes) == ["a", "node1", "node2", "node10"])
    }

    @Test func pastedTextRunsNoKeys() {
        var user = Operator(ScenarioBuilder.lab().frame)
        #expect(user.keys([.paste("q\nxd")]).isEmpty && user.model.dialog == nil)
        user.press(":")
        user.keys([.paste("drain node01\n")])
        #expect(user.model.prompt?.field.text == "drain node01 ")
    }

    @Test func mouseFocusesSortsAndScrolls() {
        var user = Operator(ScenarioBuilder.lab().frame)
        let place = ConsoleLayout(user.model, frame: user.frame).pane(.tasks)
        guard let place, let head = place.head else { return }
        user.keys([.mouse(MouseEvent(.press(1), x: place.rows.x + 2, y: place.rows.y + 2))])
        #expect(user.model.focus == .tasks && user.model.pane.cursor == 2)
        user.keys([.mouse(MouseEvent(.press(1), x: head.x + 1, y: head.y))])
        #expect(user.model.pane.sort == 0)
        user.keys([.mouse(MouseEvent(.wheelDown, x: place.rows.x, y: place.rows.y))])
    }

    @Test func outputIsBoundedAndFollows() {
        var user = Operator(ScenarioBuilder.lab().frame)
        guard case .follow(let request, let ticket)? = user.press("3 o").last else {
            Issue.record("nothing is followed")
            return
        }
        #expect(request.task == TaskID(job: JobID(raw: 1), index: 0))
        var offset: Int64 = 0
        for _ in 0..<40 {
            let bytes = Array(repeating: Array("0123456789\n".utf8), count: 3_000).flatMap { $0 }
            _ = user.model.receive(.output(OutputPiece(offset: offset, bytes: bytes, isLast: false), ticket: ticket))
            offset += Int64(bytes.count)
        }
        _ = user.model.receive(
            .output(OutputPiece(offset: offset, bytes: Array("the end".utf8), isLast: true), ticket: ticket))
        guard case .output(let view)? = user.model.views.last else { return }
        #expect(view.bytes <= OutputView.byteLimit && view.isCut && view.isEnded)
        user.model.prepare(user.frame, size: user.size)
        #expect(user.screen.contains("the end"))
        user.press("g")
        #expect(!user.screen.contains("the end"))
        #expect(user.press("esc") == [.unfollow])
    }

    @Test func randomKeysNeverTrap() {
        var seed: UInt64 = 0x1234_5678_9ABC_DEF1
        func next(_ bound: Int) -> Int {
            seed ^= seed << 13
            seed ^= seed >> 7
            seed ^= seed << 17
            return Int(seed % UInt64(bound))
        }
        let keys = KeyTable.bindings.flatMap(\.keys) + [.enter, .escape, .backspace, .tab, .up, .down, .character("5")]
        for isPast in [false, true] {
            let lab = ScenarioBuilder.lab()
            var user = Operator(isPast ? lab.past() : lab.frame, Size(width: 60, height: 15))
            for step in 0..<600 {
                let key = keys[next(keys.count)]
                for case .plan(_, let ticket) in user.keys([key]) {
                    var plan = ActionPlan()
                    plan.possible = next(2) == 0
                    plan.size = UInt32(next(20))
                    _ = user.model.receive(.plan(plan, ticket: ticket))
                }
                if step % 20 == 0 { user.size = Size(width: 1 + next(130), height: 1 + next(45)) }
                _ = user.screen
            }
        }
    }
}
