import Glibc

/// A core to be killed: started again and again by tests, submits tasks that leave a line each, and tells in files what
/// was accepted.
///
///     core-probe serve FOLDER AGENTS      submits until it is killed; accepted jobs go to FOLDER/accepted
///     core-probe settle FOLDER AGENTS     waits until everything has ended, prints `JOB STATE EXIT ATTEMPT` a line
let words = CommandLine.arguments
switch (words.dropFirst().first, words.count) {
case ("serve", 4): Probe(folder: words[2], agents: UInt32(words[3]) ?? 2).serve()
case ("settle", 4): exit(Probe(folder: words[2], agents: UInt32(words[3]) ?? 2).settle())
default:
    say("usage: core-probe serve|settle FOLDER AGENTS")
    exit(2)
}
