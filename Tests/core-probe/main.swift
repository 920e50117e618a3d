import Glibc

/// A core to be killed: started again and again by tests, submits tasks that leave a line each, and tells in files what
/// was accepted. Also measures a core with real agents.
///
///     core-probe serve FOLDER AGENTS      submits until it is killed; accepted jobs go to FOLDER/accepted
///     core-probe settle FOLDER AGENTS     waits until everything has ended, prints `JOB STATE EXIT ATTEMPT` a line
///     core-probe bench FOLDER COUNT       COUNT tasks `true` on three agents, beside a bare spawn loop
let words = CommandLine.arguments
switch (words.dropFirst().first, words.count) {
case ("serve", 4): Probe(folder: words[2], agents: UInt32(words[3]) ?? 2).serve()
case ("settle", 4): exit(Probe(folder: words[2], agents: UInt32(words[3]) ?? 2).settle())
case ("bench", 4): Bench(folder: words[2], count: UInt32(words[3]) ?? 1_000).run()
default:
    say("usage: core-probe serve|settle FOLDER AGENTS, core-probe bench FOLDER COUNT")
    exit(2)
}
