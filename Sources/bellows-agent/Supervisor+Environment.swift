import CSys

extension Supervisor {
    /// The whole environment of the task, and the value of its PATH.
    func taskEnvironment() -> (entries: [String], path: String) {
        let folder = "\(context.directory)/\(sandbox)"
        var environment = launch.environment
        var path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        if let own = environment.first(where: { System.begins($0, "PATH=") }) {
            path = String(decoding: own.utf8.dropFirst(5), as: UTF8.self)
        } else if !isContained || launch.image.utf8.first == UInt8(ascii: "/") {
            environment.append("PATH=\(path)")
        }
        // Who the user is in a container, its own files say.
        if let user, !isContained {
            for (name, value) in [("HOME", user.home), ("USER", launch.runAs), ("LOGNAME", launch.runAs)]
            where !environment.contains(where: { System.begins($0, name + "=") }) {
                environment.append(name + "=" + value)
            }
        }
        environment.append("BELLOWS_TASK=\(launch.key.text)")
        environment.append("BELLOWS_SANDBOX=\(folder)")
        // A node's gpus are seen by those who asked for them alone.
        if let gpus {
            environment.append("CUDA_VISIBLE_DEVICES=\(gpus.text)")
        } else if context.gpus > 0 {
            environment.append("CUDA_VISIBLE_DEVICES=")
        }
        if environment.contains(where: { System.begins($0, "MESOS_FRAMEWORK_ID=") }) {
            environment.append("MESOS_SANDBOX=\(folder)")
            environment.append("MESOS_DIRECTORY=\(folder)")
        }
        if launch.isExecutor {
            environment.append("MESOS_AGENT_ENDPOINT=127.0.0.1:\(Agent.executorPort())")
            environment.append("MESOS_SLAVE_PID=slave(1)@127.0.0.1:\(Agent.executorPort())")
        }
        return (environment, path)
    }
}
