import ClusterModel
import ClusterSource
import Testing

@testable import ConsoleView

/// Ten thousand nodes: what a picture costs is counted, not timed.
@Suite struct ScaleTests {
    private static func big(_ count: Int) -> ScenarioBuilder {
        var big = ScenarioBuilder()
        for index in 0..<count { big.node("n\(index)") }
        return big
    }

    @Test func onlyRowsThatCanBeSeenAreFormatted() {
        var big = Self.big(3_000)
        var user = Operator(big.frame)
        var work = ConsoleRenderer.Work()
        _ = ConsoleRenderer.render(user.model, user.frame, glyphs: .unicode, work: &work)
        #expect(work.rows <= 40, "\(work.rows) rows were formatted")
        let builds = user.model.pane.index.builds
        // Samples change every node; the order is made anew at most once a second, and not while the cursor moves.
        for step in 0..<20 {
            big.tell(.sampled(Sampled(node: NodeID(raw: UInt32(step)), cpuUsed: 1_000)))
            big.now = big.now + .milliseconds(100)
            user.frame = big.frame
            user.model.prepare(user.frame, size: user.size)
        }
        #expect(user.model.pane.index.builds - builds <= 3)
        for _ in 0..<100 { _ = user.model.handle(.down, frame: user.frame) }
        user.model.prepare(user.frame, size: user.size)
        #expect(user.model.pane.cursor == 100)
        #expect(user.model.pane.index.builds - builds <= 3)
    }

    @Test func changedSamplesChangeFewCells() {
        var big = Self.big(200)
        var user = Operator(big.frame)
        let before = ConsoleRenderer.render(user.model, user.frame, glyphs: .unicode)
        for index in 0..<200 {
            big.tell(.sampled(Sampled(node: NodeID(raw: UInt32(index)), cpuUsed: Int64(index * 37 % 8_000), load: 77)))
        }
        big.pass(1)
        user.frame = big.frame
        user.model.prepare(user.frame, size: user.size)
        let after = ConsoleRenderer.render(user.model, user.frame, glyphs: .unicode)
        let changed = zip(before.cells, after.cells).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
        #expect(changed < 200, "\(changed) cells")
    }
}
