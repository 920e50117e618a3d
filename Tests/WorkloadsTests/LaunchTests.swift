import ClusterModel
import Testing

@testable import Workloads

/// What a task is told of itself.
@Suite struct LaunchTests {
    @Test func environmentAndPaths() {
        var world = World()
        var extras = Extras()
        extras.set(Extras.Ranges(name: "ports", bounds: [31_000, 31_001]))
        world.node("n0", cpus: 4, mem: 1_024, extras: extras)
        world.submit("eng/web", cpus: 1) {
            $0.need.mem = 64 << 20
            $0.ports = 2
            $0.environment = ["A=1"]
            $0.output = "/out/%j-%i-%%-%x%"
            $0.count = 2
        }
        let launches = world.round().launches
        #expect(launches.count == 1)
        let launch = Batch.launch(for: launches[0], in: world.state)
        #expect(
            launch.environment == [
                "A=1", "BELLOWS_JOB_ID=1", "BELLOWS_TASK_ID=1/0", "BELLOWS_TASK_INDEX=0", "BELLOWS_TASK_COUNT=2",
                "BELLOWS_ATTEMPT=1", "BELLOWS_NODE=n0", "BELLOWS_ROLE=eng/web", "BELLOWS_CPUS=1",
                "BELLOWS_MEM=\(64 << 20)", "PORT0=31000", "PORT1=31001",
            ])
        #expect(launch.output == "/out/1-0-%-%x%")
        #expect(launch.error == "")
        #expect(launch.files.isEmpty)
    }

    @Test func gangsKnowTheirMembers() {
        var world = World()
        for number in 0..<3 { world.node("n\(number)", cpus: 1) }
        world.submit { $0.nodes = 3 }
        let launches = world.round().launches
        let all = launches.map { Batch.launch(for: $0, in: world.state) }
        #expect(all.count == 3)
        for (rank, launch) in all.enumerated() {
            #expect(launch.files == [LaunchFile(name: "hosts", content: "n0\nn1\nn2\n")])
            #expect(
                launch.environment.suffix(4) == [
                    "BELLOWS_RANK=\(rank)", "BELLOWS_SIZE=3", "BELLOWS_NODELIST=n0,n1,n2", "BELLOWS_HOSTFILE=hosts",
                ])
        }
    }
}
