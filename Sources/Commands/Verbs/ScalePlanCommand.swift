import ArgumentParser
import ClusterModel

/// `bellows scale plan`: what the autoscaler would do now, whatever its mode; confirmed, it is done once.
struct ScalePlanCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show, and do if confirmed, what a round would do.",
        discussion: "bellows scale plan\nbellows scale plan --plan burst     only looks")
    @OptionGroup var reach: ReachOptions
    @OptionGroup var act: ActOptions
    @Argument(help: "The pool (default: all).")
    var pool: String?

    func execute(on session: Session) throws -> Int32 {
        let name = try pool.map { try Naming(state: session.state).pool($0) } ?? ""
        let action = Action.followScaling(FollowScaling(pool: name))
        // Nobody to ask: showing is all that was asked for.
        guard act.yes || session.environment.inputIsTerminal && !act.plan else { return try session.showPlan(action) }
        return try session.performPlanned(action, act, mustBeAsked: false)
    }
}
