import CSys
import ClusterModel
import Glibc
import Testing

@testable import Providers

/// The Terraform provider with the real program, on the module whose cloud is a folder.
@Suite(.serialized, .enabled(if: ScriptWorld.isThere, "terraform is not installed here: these tests are skipped"))
struct TerraformTests {
    @Test func twoFiveOneAndTheChosenOneGoes() throws {
        let (world, reports) = (try ScriptWorld(), Reports())
        defer { world.remove() }
        let provider = world.provider(reports)
        defer { provider.close() }
        for number in 1...2 as ClosedRange<UInt32> { provider.create(world.order(number)) }
        #expect(reports.wait { $0.last(1)?.state == .booting && $0.last(2)?.state == .booting }, "\(reports.all)")
        #expect(world.cloud == ["burst-1", "burst-2"])
        #expect(reports.last(1)?.address == "\(world.machines)/burst-1/agent.sock")
        #expect(reports.instances.contains { $0.instance.raw == 1 && $0.state == .allocated })
        for number in 3...5 as ClosedRange<UInt32> { provider.create(world.order(number)) }
        #expect(reports.wait { reports in (3...5).allSatisfy { reports.last($0)?.state == .booting } })
        #expect(world.cloud.count == 5)
        // Asked again: told again, not made again.
        provider.create(world.order(4))
        #expect(reports.wait { $0.instances.filter { $0.instance.raw == 4 && $0.state == .booting }.count == 2 })
        for number in [1, 2, 4, 5] as [UInt32] { provider.destroy(world.order(number), endsTasks: false) }
        #expect(reports.wait { reports in [1, 2, 4, 5].allSatisfy { reports.last($0)?.state == .gone } })
        #expect(world.cloud == ["burst-3"])
        #expect(reports.instances.allSatisfy { !$0.failed }, "\(reports.instances.filter(\.failed))")
        // Ended once more: nothing is left, which is as good.
        provider.destroy(world.order(5), endsTasks: false)
        #expect(reports.wait { $0.instances.filter { $0.instance.raw == 5 && $0.state == .gone }.count == 2 })
        // By hand in the same folder there is nothing to do.
        #expect(world.terraform(["apply", "-refresh-only", "-auto-approve", "-input=false"]) == 0)
        #expect(world.terraform(["plan", "-detailed-exitcode", "-input=false"]) == 0)
    }

    @Test func aPlanThatDoesMoreThanAskedIsRefused() throws {
        let (world, reports) = (try ScriptWorld(), Reports())
        defer { world.remove() }
        let provider = world.provider(reports)
        defer { provider.close() }
        provider.create(world.order(1))
        #expect(reports.wait { $0.last(1)?.state == .booting })
        let before = world.read(TerraformInput.fileName)
        world.write("more.tf", "resource \"terraform_data\" \"extra\" {}\n")
        provider.create(world.order(2))
        #expect(reports.wait { $0.instances.contains { $0.instance.raw == 2 && $0.state == .gone } }, "\(reports.all)")
        let refusal = try #require(reports.instances.first { $0.failed })
        #expect(refusal.message.contains("create terraform_data.extra") && refusal.cause == .invalid, "\(refusal)")
        #expect(world.cloud == ["burst-1"] && world.read(TerraformInput.fileName) == before)
        // What is asked for again once the module is right comes.
        unlink(world.folder + "/more.tf")
        provider.create(world.order(3))
        #expect(reports.wait { $0.last(3)?.state == .booting })
        provider.destroy(world.order(1), endsTasks: false)
        provider.destroy(world.order(3), endsTasks: false)
        #expect(reports.wait { $0.last(3)?.state == .gone && $0.last(1)?.state == .gone } && world.cloud.isEmpty)
    }

    @Test func aMachineThatCannotBeMadeLeavesNothing() throws {
        let (world, reports) = (try ScriptWorld(), Reports())
        defer { world.remove() }
        world.write("up", world.read("up") + "[ $NAME != burst-2 ] || { echo InsufficientInstanceCapacity; exit 7; }\n")
        let provider = world.provider(reports)
        defer { provider.close() }
        for number in 1...3 as ClosedRange<UInt32> { provider.create(world.order(number)) }
        #expect(reports.wait { $0.last(1)?.state == .booting && $0.last(3)?.state == .booting }, "\(reports.all)")
        #expect(reports.wait { $0.last(2)?.state == .gone }, "\(reports.instances)")
        let failure = try #require(reports.instances.first { $0.failed })
        #expect(failure.instance.raw == 2 && failure.cause == .capacity, "\(failure)")
        #expect(world.cloud == ["burst-1", "burst-3"])
    }

    @Test func aHeldLockIsShownAndWaitedFor() throws {
        let (world, reports) = (try ScriptWorld(), Reports())
        defer { world.remove() }
        let provider = world.provider(reports)
        defer { provider.close() }
        provider.create(world.order(1))
        #expect(reports.wait { $0.last(1)?.state == .booting })
        // Somebody else makes something that takes a while, in a module of their own on the same state.
        let other = world.root + "/other"
        mkdir(other, 0o755)
        for name in ["main.tf", "up", "down"] { link("\(world.folder)/\(name)", "\(other)/\(name)") }
        symlink("\(world.folder)/terraform.tfstate", "\(other)/terraform.tfstate")
        let text = """
            resource "terraform_data" "slow" {
              provisioner "local-exec" {
                command = "touch \(world.root)/holds; sleep 4"
              }
            }
            """
        let file = cs_open("\(other)/slow.tf", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        _ = text.withCString { Glibc.write(file, $0, strlen($0)) }
        Glibc.close(file)
        let program = try #require(ChildProcess.find("terraform"))
        let pid = try ChildProcess.spawn(
            program,
            [
                "-chdir=\(other)", "apply", "-auto-approve", "-input=false", "-target=terraform_data.slow",
                "-state=\(world.folder)/terraform.tfstate",
            ], output: world.root + "/other.out", environment: TerraformCommand.environment())
        #expect(reports.wait { _ in access("\(world.root)/holds", F_OK) == 0 })
        provider.create(world.order(2))
        #expect(reports.wait { $0.pools.contains { $0.note.hasPrefix("waits for the state lock, held by ") } })
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        // What the other made is nobody's order: it is refused until it is undone, and then all goes on.
        #expect(reports.wait { $0.last(2)?.state == .gone || $0.last(2)?.state == .booting }, "\(reports.all)")
    }

    @Test func whatVanishesIsToldAndNotMadeAgain() throws {
        let reports = Reports()
        var world = try ScriptWorld()
        world.settings.driftEvery = .seconds(1)
        defer { world.remove() }
        let provider = world.provider(reports)
        defer { provider.close() }
        for number in 1...2 as ClosedRange<UInt32> { provider.create(world.order(number)) }
        #expect(reports.wait { $0.last(1)?.state == .booting && $0.last(2)?.state == .booting })
        unlink("\(world.machines)/burst-1.json")
        #expect(reports.wait { $0.last(1)?.state == .gone }, "\(reports.instances)")
        #expect(reports.last(1)?.message.contains("it was not ended from here") == true)
        #expect(world.cloud == ["burst-2"] && !world.read(TerraformInput.fileName).contains("burst-1"))
    }

    @Test func driftInTheDefinitionIsShownUntilItIsUndone() throws {
        let reports = Reports()
        var world = try ScriptWorld()
        world.settings.driftEvery = .seconds(1)
        defer { world.remove() }
        let provider = world.provider(reports)
        defer { provider.close() }
        provider.use([world.pool])
        provider.create(world.order(1))
        #expect(reports.wait { $0.last(1)?.state == .booting })
        world.write("more.tf", "resource \"terraform_data\" \"extra\" {}\n")
        #expect(reports.wait { $0.pools.last?.drift == "terraform_data.extra to create" }, "\(reports.pools)")
        unlink(world.folder + "/more.tf")
        #expect(reports.wait { $0.pools.last?.drift == "" }, "\(reports.pools)")
    }

    @Test func aFolderOfAnotherClusterIsNotTouched() throws {
        let (world, reports) = (try ScriptWorld(), Reports())
        defer { world.remove() }
        let mine = world.provider(reports)
        mine.create(world.order(1))
        #expect(reports.wait { $0.last(1)?.state == .booting })
        mine.close()
        let others = Reports()
        let theirs = world.provider(others, cluster: "c2")
        theirs.create(world.order(7))
        #expect(others.wait { $0.last(7)?.failed == true })
        #expect(others.last(7)?.message.contains("is used by cluster c1") == true, "\(others.all)")
        theirs.close()
        #expect(world.cloud == ["burst-1"])
    }

    @Test func aMissingProgramOrFolderIsSaid() throws {
        let reports = Reports()
        var world = try ScriptWorld()
        defer { world.remove() }
        world.settings.program = "/no/such/terraform"
        let provider = world.provider(reports)
        provider.create(world.order(1))
        #expect(reports.wait { $0.last(1)?.failed == true })
        #expect(reports.last(1)?.message.contains("/no/such/terraform was not found") == true, "\(reports.all)")
        provider.close()
        world.settings.folder = world.root + "/nowhere"
        let second = world.provider(reports)
        second.create(world.order(2))
        #expect(reports.wait { $0.last(2)?.failed == true })
        #expect(reports.last(2)?.message.contains("nowhere is not there") == true, "\(reports.all)")
        second.close()
    }
}
