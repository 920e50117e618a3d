import ClusterModel
import ClusterSource

/// What the console must do because of a key; the model itself does nothing.
public enum ConsoleEffect: Sendable, Hashable {
    /// Ask the source what an action would do; the plan comes back with the ticket.
    case plan(Action, ticket: UInt64)
    /// Ask the source for an action; the answer comes back with the ticket.
    case perform(Action, confirmed: String, ticket: UInt64)
    /// Ask the source why; the explanation comes back with the ticket.
    case explain(ExplainQuestion, ticket: UInt64)
    /// Follow a task's output; pieces come back with the ticket. An earlier one is cancelled.
    case follow(OutputRequest, ticket: UInt64)
    /// Stop following.
    case unfollow
    /// Move through time; in the present the past is entered first.
    case seek(SeekCommand)
    /// Look for a moment and go there; in the present the past is entered first.
    case find(MomentQuery)
    /// Keep the present picture and enter the past at its instant.
    case pause
    /// Return to the present.
    case goLive
    /// Put a text on the clipboard.
    case copy(String)
    /// Use the theme of that name.
    case setTheme(String)
    /// Leave the screen to a shell on a node, in the folder of a task when there is one.
    case shell(node: String, task: TaskID?)
    /// End the console.
    case quit(QuitChoice)
}

/// What becomes of an embedded core when its console ends.
public enum QuitChoice: Sendable, Hashable, CaseIterable {
    /// Nothing is left behind, or the core is somebody else's: just leave.
    case leave
    /// The core goes on in the background.
    case background
    /// Everything is drained, machines are ended, then the core ends.
    case drainAndStop
}

/// What comes back to the model from outside.
public enum ConsoleReply: Sendable {
    /// What an action would do.
    case plan(ActionPlan, ticket: UInt64)
    /// What came of an action.
    case answer(ActionAnswer, ticket: UInt64)
    /// Why something is as it is.
    case explanation(Explanation, ticket: UInt64)
    /// A piece of a task's output.
    case output(OutputPiece, ticket: UInt64)
    /// One line for the operator, from the console itself.
    case notice(String, isError: Bool)
}
