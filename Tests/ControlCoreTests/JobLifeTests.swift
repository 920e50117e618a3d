import ClusterModel
import ControlCore
import Testing

/// Jobs are accepted whole or not at all, wait for what they must, are tried again as often as allowed, and end once.
@Suite struct JobLifeTests {
    @Test func aTaskGoesFromSubmissionToItsExitStatus() {
        var driver = CoreDriver()
        let job = driver.submit()
        let task = TaskID(job: job, index: 0)
        #expect(driver.task(job)?.state == .staging)
        driver.report(task, .running)
        #expect(driver.task(job)?.state == .running)
        driver.report(task, .ended, exitCode: 3, sequence: 7)
        #expect(driver.task(job)?.state == .failed)
        #expect(driver.task(job)?.reason == Reason(.exited, 3))
        #expect(driver.directives.contains { if case .acknowledge(_, task, 1, 7) = $0 { true } else { false } })
        let before = driver.core.state.sequence
        driver.report(task, .ended, exitCode: 0, sequence: 7)
        #expect(driver.task(job)?.exitCode == 3, "told twice, applied once")
        #expect(driver.core.state.sequence == before)
    }

    @Test func aFailedTaskIsTriedAgainLaterAndNotTooOften() {
        var driver = CoreDriver()
        let job = driver.submit { $0.retries = 1 }
        driver.report(TaskID(job: job, index: 0), .ended, exitCode: 1)
        #expect(driver.task(job)?.state == .queued)
        driver.pass(.seconds(2))
        #expect(driver.task(job)?.state == .staging && driver.task(job)?.attempt == 2)
        driver.report(TaskID(job: job, index: 0), .ended, exitCode: 1, sequence: 2)
        #expect(driver.task(job)?.state == .failed)
    }

    @Test func dependenciesOpenAndShutGates() {
        var driver = CoreDriver()
        let first = driver.submit()
        let second = driver.submit { $0.after = [first] }
        #expect(driver.task(second)?.state == .held)
        driver.report(TaskID(job: first, index: 0), .ended)
        #expect(driver.task(second)?.state == .staging)
        let third = driver.submit { $0.after = [second] }
        driver.report(TaskID(job: second, index: 0), .ended, exitCode: 1, sequence: 2)
        #expect(driver.core.state.jobs[third.index].gate == .stuck)
        #expect(driver.act(.release(JobSelection([third]))).accepted)
        #expect(driver.task(third)?.state == .staging)
    }

    @Test func aRequestIsAcceptedWholeOrNotAtAll() {
        var driver = CoreDriver()
        var request = SubmitJobs()
        var good = JobSpec()
        (good.name, good.argv) = ("good", ["true"])
        var bad = good
        (bad.name, bad.argv) = ("bad", [])
        request.jobs = [good, bad]
        let answer = driver.act(.submit(request))
        #expect(!answer.accepted && answer.message.hasPrefix("bad:"))
        #expect(driver.core.state.liveJobs.isEmpty)
        request.jobs = [good, good]
        request.afterPositions = [[1], [0]]
        #expect(driver.act(.submit(request)).message.contains("circle"))
        #expect(driver.core.state.liveJobs.isEmpty)
    }

    @Test func aGangStartsAndEndsAsOne() {
        var driver = CoreDriver(nodes: 3)
        let job = driver.submit(cpus: 3) { $0.nodes = 3 }
        let nodes = Set((0..<3).compactMap { driver.task(job, $0)?.node })
        #expect(nodes.count == 3)
        for rank in UInt32(0)..<3 { driver.report(TaskID(job: job, index: rank), .running) }
        driver.report(TaskID(job: job, index: 1), .ended, exitCode: 9, sequence: 4)
        #expect(driver.task(job, 0)?.state == .killing && driver.task(job, 2)?.state == .killing)
        #expect(driver.task(job, 0)?.reason == Reason(.gangMember, 1))
    }

    @Test func holdReleaseAndKillOfWaitingTasks() {
        var driver = CoreDriver(nodes: 1)
        let running = driver.submit(cpus: 4)
        let job = driver.submit(count: 2)
        #expect(driver.act(.hold(JobSelection([job]))).accepted)
        driver.report(TaskID(job: running, index: 0), .ended)
        #expect(driver.task(job)?.state == .held)
        #expect(driver.act(.release(JobSelection([job]))).accepted)
        #expect(driver.task(job)?.state == .staging)
        #expect(driver.act(.kill(TaskSelection([TaskID(job: job, index: TaskSelection.all)]))).accepted)
        #expect(driver.task(job)?.state == .killing)
        #expect(driver.directives.contains { if case .kill = $0 { true } else { false } })
    }

    @Test func aStoreThatTakesNothingRefusesSubmissions() {
        var driver = CoreDriver()
        driver.tell(.store(StoreChanged(writable: false, message: "disk full")))
        var spec = JobSpec()
        spec.argv = ["true"]
        let answer = driver.act(.submit(SubmitJobs(spec)))
        #expect(!answer.accepted && answer.message.contains("disk full"))
        driver.tell(.store(.works))
        #expect(driver.act(.submit(SubmitJobs(spec))).accepted)
    }

    @Test func endedTasksLeaveTheStateButNeverRunAgain() throws {
        var driver = CoreDriver { $0.limits.keepFinishedCount = 2 }
        var job = JobID.none
        for number in UInt64(1)...400 {
            job = driver.submit()
            driver.report(TaskID(job: job, index: 0), .ended, sequence: number)
        }
        #expect(driver.core.state.liveJobs.count < 300)
        #expect(driver.core.state.row(of: TaskID(job: job, index: 0)) != nil)
    }
}
