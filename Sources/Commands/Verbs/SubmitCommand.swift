import ArgumentParser
import ClusterFiles
import ClusterModel
import ClusterSource

/// `bellows submit`: one job from the command line, or many from a jobs file, all or none.
struct SubmitCommand: CoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Submit work: one job, or those of a jobs file.",
        discussion: """
            bellows submit -- make -j4 test
            bellows submit --cpus 2 --mem 4GiB --count 100 -- ./simulate
            bellows submit --nodes 4 --name ring -- ./ring.sh
            bellows submit --file jobs.yaml

            The program is looked up on the node; a shell line is written as sh -c '...'.
            """)

    @OptionGroup var reach: ReachOptions
    @OptionGroup(title: "Job") var job: JobOptions
    @Option(name: .shortAndLong, help: ArgumentHelp("Jobs file; - is standard input.", valueName: "file"))
    var file: String?
    @Flag(help: "Wait for the end, and exit with the first exit status that is not 0.")
    var wait = false
    @Flag(name: .shortAndLong, help: "Print the numbers of the jobs only.")
    var quiet = false
    @OptionGroup var act: ActOptions
    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The program and its arguments, best after --.", valueName: "command"))
    var words: [String] = []

    /// The program and its arguments, without the dashes before them.
    private var command: [String] { words.first == "--" ? Array(words.dropFirst()) : words }

    func validate() throws {
        // What is not understood goes to the command, so that its own options need no dashes before them.
        if words.first == "--help" || words.first == "-h" { throw CleanExit.helpRequest(Self.self) }
        if let word = words.first, word != "--", word.hasPrefix("-") {
            throw ValidationError("Unknown option '\(word)'; \(Spelling.hint(for: word, in: Self.options))")
        }
        if file == nil, command.isEmpty {
            throw ValidationError("What is to run? Write the command after --, as in: bellows submit -- sleep 5")
        }
        if file != nil, !command.isEmpty { throw ValidationError("Give either a jobs file or a command, not both.") }
        if file != nil, !job.isEmpty {
            throw ValidationError("What a job needs stands in its file; leave out the options.")
        }
    }

    /// The options, for whoever misspelt one.
    private static let options = [
        "--socket", "--name", "--role", "--cpus", "--mem", "--disk", "--gpus", "--resource", "--ports", "--count",
        "--nodes", "--priority", "--where", "--after", "--env", "--cwd", "--input", "--output", "--error",
        "--time-limit", "--retries", "--grace", "--run-as", "--private-tmp", "--read-only", "--revocable", "--hold",
        "--file", "--wait", "--quiet", "--yes", "--plan", "--json", "--help",
    ]

    func execute(on session: Session) throws -> Int32 {
        let request = try request(session)
        if act.plan { return try session.showPlan(.submit(request)) }
        let answer = try session.source.performAndWait(.submit(request), confirmed: "")
        guard answer.accepted else { throw CommandFailure(.failed, answer.message) }
        report(answer, session)
        return wait ? try JobWaiting(session: session, jobs: answer.jobs).untilEnd() : ExitCode.done.rawValue
    }

    private func request(_ session: Session) throws -> SubmitJobs {
        let state = session.state
        if let file {
            var request = try FileReading.jobs(file, state.configuration, in: session.environment)
            if job.hold { for index in request.jobs.indices { request.jobs[index].hold = true } }
            for index in request.jobs.indices { setRole(&request.jobs[index], state.configuration) }
            return request
        }
        var spec = try job.spec(command, state: state, environment: session.environment)
        if spec.name.isEmpty, let program = command.first?.split(separator: "/").last.map(String.init),
            NameCheck.fault(program, what: "a job") == nil
        {
            spec.name = program
        }
        setRole(&spec, state.configuration)
        return SubmitJobs(spec)
    }

    /// A cluster that lists its roles decides itself what a job without one gets.
    private func setRole(_ spec: inout JobSpec, _ configuration: ClusterConfiguration) {
        if spec.role.isEmpty { spec.role = configuration.roles.first?.path ?? JobDefaults.role }
    }

    private func report(_ answer: ActionAnswer, _ session: Session) {
        if act.json {
            session.environment.print(JSONText.answer(answer))
        } else if quiet {
            session.environment.print(answer.jobs.map { "\($0.raw)\n" }.joined())
        } else {
            session.environment.print(answer.message + "\n")
        }
    }
}

/// Waits for the end of jobs.
struct JobWaiting {
    let session: Session
    let jobs: [JobID]

    /// How often the picture is looked at when nothing wakes the loop.
    private static let interval = Interval.seconds(1)

    /// Exit status of the first task, by job and index, that did not finish; 0 when all did.
    func untilEnd() throws -> Int32 {
        let wakes = Wakes()
        session.source.onChange { wakes.wake() }
        while true {
            let frame = session.source.frame()
            if case .stale(let why) = frame.mode { session.environment.complain("waiting for the core: \(why)") }
            let state = frame.state
            // The answer may be here before the events that it rests on.
            let isOver = jobs.allSatisfy {
                state.contains($0) ? state.jobs[$0.index].isTerminal : isForgotten($0, state)
            }
            if isOver { return Self.status(jobs, state) }
            _ = wakes.wait(atMost: Self.interval)
        }
    }

    private func isForgotten(_ job: JobID, _ state: ClusterState) -> Bool {
        state.liveJobs.last.map { $0 > job } ?? false
    }

    /// 0 when every task finished, else the exit code, 128 + signal, or 1.
    static func status(_ jobs: [JobID], _ state: ClusterState) -> Int32 {
        for job in jobs where state.contains(job) && !state.jobs[job.index].succeeded {
            for index in 0..<state.jobs[job.index].count {
                guard let row = state.row(of: TaskID(job: job, index: index)), row.state != .finished else { continue }
                if row.signal != 0 { return 128 + row.signal }
                return row.exitCode != 0 ? row.exitCode & 0xFF : ExitCode.failed.rawValue
            }
            return ExitCode.failed.rawValue
        }
        return ExitCode.done.rawValue
    }
}
