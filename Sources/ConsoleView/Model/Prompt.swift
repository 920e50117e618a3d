/// A line being typed at the foot of the screen.
struct Prompt: Sendable {
    /// What the line is for.
    enum Purpose: Sendable { case filter, palette, events }

    var purpose: Purpose
    var field: TextField
    /// What stood there before, to be put back by Esc.
    var before = ""
    /// Place in the history, counted from the newest; 0 = the line being typed.
    var historyPlace = 0
    /// What was being typed before the history was opened.
    var draft = ""
    /// The chosen completion; nil = none yet.
    var choice: Int?

    init(_ purpose: Purpose, text: String = "") {
        self.purpose = purpose
        field = TextField(text)
        before = text
    }
}
