import ArgumentParser
import ClusterFiles
import ClusterModel

/// `bellows terraform`: what helps with the modules of pools.
struct TerraformVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terraform", abstract: "Help with Terraform modules of pools.",
        subcommands: [TerraformScaffoldCommand.self])
}

/// `bellows terraform scaffold`.
struct TerraformScaffoldCommand: ClusterCommand {
    static let configuration = CommandConfiguration(
        commandName: "scaffold", abstract: "Write a module to start from into a folder.",
        discussion: "bellows terraform scaffold --module aws ~/infra/burst\n"
            + "Then: terraform init, and name the folder in the pool (docs/terraform.md).")
    @Option(help: ArgumentHelp("Which: script (any script makes machines) or aws (EC2).", valueName: "name"))
    var module = "script"
    @Argument(help: ArgumentHelp("The folder; made when it is missing.", valueName: "folder"))
    var folder: String

    func execute(in environment: CommandEnvironment) throws -> Int32 {
        guard let files = TerraformScaffold.modules[module] else {
            let names = TerraformScaffold.modules.keys.sorted()
            throw CommandFailure(
                .usage, "there is no module \"\(module)\"; \(Spelling.hint(for: module, in: names))")
        }
        let path = environment.absolute(folder)
        for file in files {
            try environment.writeNew("\(path)/\(file.name)", file.text)
            environment.print("wrote \(path)/\(file.name)\n")
        }
        return ExitCode.done.rawValue
    }
}
