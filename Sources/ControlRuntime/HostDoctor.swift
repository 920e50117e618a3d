import AgentLink
import ClusterModel
import Providers

/// The doctor for hosts, with the agent program that this installation has.
public enum HostDoctor {
    /// Examines hosts, several at a time, and tells each one's findings in the hosts' order. True when nothing is bad.
    /// Blocks. `configuration` is a file for ssh to use instead of the user's; "" = the user's own.
    public static func examine(
        _ hosts: [SSHAddress], configuration: String, acceptsNewHostKeys: Bool,
        tell: (SSHAddress, [(verdict: String, step: String, text: String)]) -> Void
    ) -> Bool {
        var settings = SSHSettings()
        settings.configuration = configuration
        settings.acceptsNewHostKeys = acceptsNewHostKeys
        let path = (try? AgentProgram.find())?.path
        let folder = (path ?? "").split(separator: "/").dropLast().map { "/\($0)" }.joined()
        return Doctor(settings, images: AgentImages(own: { path }, folder: folder)).examine(hosts) { host, findings in
            tell(host, findings.map { ($0.verdict.rawValue, $0.step, $0.text) })
        }
    }
}
