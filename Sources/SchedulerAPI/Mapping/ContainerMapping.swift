import ClusterModel
import SchedulerWire

/// What a framework says of a task's container: its image as the node's agent takes it. What cannot be given is a
/// problem: a task never runs as if it had not been asked for.
enum ContainerMapping {
    /// The image of a ContainerInfo in the wire's bytes: a root file system's folder, a name for podman or docker, or
    /// "" when the container has no image. Tasks keep the node's network.
    static func image(_ bytes: [UInt8], gpus: Int64, _ problem: inout String) -> String {
        guard let said = try? JSONParser.parse(WireCoding.transcode(bytes, "ContainerInfo", .json)) else { return "" }
        guard problem.isEmpty else { return "" }
        let image: String
        if said["type"]?.text == "DOCKER" {
            guard let docker = said["docker"] else {
                problem = "Container of type DOCKER must have 'docker'"
                return ""
            }
            image = docker["image"]?.text ?? ""
            problem = refusal(docker)
        } else {
            guard let asked = said["mesos"]?["image"] else {
                problem = refusal(said)
                return ""
            }
            guard let name = asked["docker"]?["name"]?.text else {
                problem = "Only images of type DOCKER are served here, not \(asked["type"]?.text ?? "others")"
                return ""
            }
            image = name
        }
        if problem.isEmpty { problem = refusal(said) }
        if problem.isEmpty, let fault = image.isEmpty ? "is not named" : JobSpec.imageFault(image, gpus: gpus) {
            problem = "The container's image \(fault)"
        }
        return image
    }

    /// What is asked for besides the image and cannot be given; "" = nothing.
    private static func refusal(_ said: JSONValue) -> String {
        if let network = said["network"]?.text, network != "HOST" {
            return "Containers share the node's network here: network '\(network)' cannot be given"
        }
        if case .bool(true)? = said["privileged"] { return "Privileged containers are not served here" }
        for (name, words) in [
            ("volumes", "volumes"), ("port_mappings", "port mappings"), ("parameters", "parameters"),
        ] where said[name]?.elements?.isEmpty == false { return "Containers with \(words) are not served here" }
        let networks = said["network_infos"]?.elements ?? []
        let isOwn = networks.contains { $0["name"] != nil || $0["port_mappings"]?.elements?.isEmpty == false }
        return isOwn ? "Containers share the node's network here: no network of their own can be given" : ""
    }
}
