import ClusterModel
import ClusterSource
import Foundation
import Testing

@testable import ConsoleView

/// Whole screens as text. `BELLOWS_UPDATE_SNAPSHOTS=1 swift test --filter ScreenSnapshotTests` rewrites them.
@Suite struct ScreenSnapshotTests {
    static let sizes = [
        Size(width: 80, height: 24), Size(width: 120, height: 40), Size(width: 200, height: 60),
        Size(width: 40, height: 12),
    ]

    static func model(_ frame: SourceFrame, _ size: Size, _ keys: [Key] = []) -> ConsoleModel {
        var model = ConsoleModel()
        model.settings.hasPast = true
        model.prepare(frame, size: size)
        for key in keys {
            _ = model.handle(key, frame: frame)
            model.prepare(frame, size: size)
        }
        return model
    }

    static func check(_ name: String, _ text: String) {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Snapshots")
        let file = folder.appendingPathComponent(name + ".txt")
        if ProcessInfo.processInfo.environment["BELLOWS_UPDATE_SNAPSHOTS"] != nil {
            try? (text + "\n").write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let expected = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        #expect(text + "\n" == expected, "snapshot \(name) differs; BELLOWS_UPDATE_SNAPSHOTS=1 rewrites it")
    }

    @Test(arguments: sizes) func mainScreen(_ size: Size) {
        let frame = ScenarioBuilder.lab().frame
        let model = Self.model(frame, size)
        let name = "main-\(size.width)x\(size.height)"
        let grid = ConsoleRenderer.render(model, frame, glyphs: .unicode)
        Self.check(name, grid.text)
        Self.check(name + "-ascii", ConsoleRenderer.render(model, frame, glyphs: .ascii).text)
        Self.check(name + "-styles", grid.styleMap + "\n\n" + grid.markMap + "\n\n" + grid.styleLegend)
    }

    @Test func pastScreen() {
        var frame = ScenarioBuilder.lab().past(speed: 4_000)
        frame.warnings = []
        Self.check(
            "past-120x40", ConsoleRenderer.render(Self.model(frame, Self.sizes[1]), frame, glyphs: .unicode).text)
    }

    @Test func helpAndPalette() {
        let frame = ScenarioBuilder.lab().frame
        let size = Size(width: 120, height: 70)
        Self.check(
            "help-tasks",
            ConsoleRenderer.render(
                Self.model(frame, size, [.character("3"), .character("?")]), frame, glyphs: .unicode
            ).text)
        let keys = [Key.character(":"), .character("s"), .character("c")]
        Self.check(
            "palette", ConsoleRenderer.render(Self.model(frame, Self.sizes[0], keys), frame, glyphs: .unicode).text)
    }

    @Test func zoomAndDetail() {
        let frame = ScenarioBuilder.lab().frame
        Self.check(
            "zoom-nodes",
            ConsoleRenderer.render(Self.model(frame, Self.sizes[2], [.character("z")]), frame, glyphs: .unicode).text)
        var model = Self.model(frame, Self.sizes[1], [.character("3"), .enter])
        var why = Explanation(headline: "runs on node01: the only node with room for 2 cpus")
        why.verdicts = [.init(name: "node02", passes: false, detail: "draining")]
        _ = model.receive(.explanation(why, ticket: 1))
        Self.check("detail-task", ConsoleRenderer.render(model, frame, glyphs: .unicode).text)
        Self.check(
            "detail-node",
            ConsoleRenderer.render(Self.model(frame, Self.sizes[1], [.enter]), frame, glyphs: .unicode).text)
    }

    @Test func dialogs() {
        let frame = ScenarioBuilder.lab().frame
        var model = Self.model(frame, Self.sizes[0], [.character("+")])
        var plan = ActionPlan()
        plan.possible = true
        plan.lines = ["1 machine m.large in burst at $0.09/h", "budget left: $19.02/h", "ready in about 20s"]
        plan.ratePerHourDelta = 90_000
        plan.size = 1
        plan.fingerprint = "f1"
        _ = model.receive(.plan(plan, ticket: 1))
        Self.check("dialog-scale-out", ConsoleRenderer.render(model, frame, glyphs: .unicode).text)
        model = Self.model(frame, Self.sizes[0], [.character("d")])
        plan.size = 12
        plan.tasksTouched = 3
        plan.ratePerHourDelta = -110_000
        _ = model.receive(.plan(plan, ticket: 1))
        Self.check("dialog-drain", ConsoleRenderer.render(model, frame, glyphs: .unicode).text)
        model = Self.model(frame, Self.sizes[0], [.character("q")])
        Self.check("dialog-quit", ConsoleRenderer.render(model, frame, glyphs: .ascii).text)
    }

    @Test func everySizeLives() {
        let frame = ScenarioBuilder.lab().frame
        let past = ScenarioBuilder.lab().past()
        let keys: [[Key]] = [
            [], [.character("?")], [.character(":")], [.character("/")], [.character("+")], [.character("q")], [.enter],
            [.character("z")], [.character("4")], [.character("d")],
        ]
        for width in [1, 2, 4, 11, 12, 20, 31, 76, 140] {
            for height in [1, 2, 3, 4, 5, 8, 10, 16, 21, 33] {
                for script in keys {
                    let size = Size(width: width, height: height)
                    let grid = ConsoleRenderer.render(Self.model(frame, size, script), frame, glyphs: .unicode)
                    #expect(grid.columns == width && grid.rows == height)
                    _ = ConsoleRenderer.render(Self.model(past, size, script), past, glyphs: .ascii)
                }
            }
        }
        let one = ConsoleRenderer.render(Self.model(frame, Size(width: 1, height: 1)), frame, glyphs: .unicode)
        #expect(one.text != "", "one cell shows something")
    }
}
