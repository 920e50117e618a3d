/// The messages by name, for the JSON mapper: made by scripts/wire-table, read by `WireSchema`.
enum WireTable {
    static let text = """
        TaskState enum
         6 TASK_STAGING
         0 TASK_STARTING
         1 TASK_RUNNING
         8 TASK_KILLING
         2 TASK_FINISHED
         3 TASK_FAILED
         4 TASK_KILLED
         7 TASK_ERROR
         5 TASK_LOST
         9 TASK_DROPPED
         10 TASK_UNREACHABLE
         11 TASK_GONE
         12 TASK_GONE_BY_OPERATOR
         13 TASK_UNKNOWN
        OperationState enum
         0 OPERATION_UNSUPPORTED
         1 OPERATION_PENDING
         2 OPERATION_FINISHED
         3 OPERATION_FAILED
         4 OPERATION_ERROR
         5 OPERATION_DROPPED
         6 OPERATION_UNREACHABLE
         7 OPERATION_GONE_BY_OPERATOR
         8 OPERATION_RECOVERING
         9 OPERATION_UNKNOWN
        DrainState enum
         0 UNKNOWN
         1 DRAINING
         2 DRAINED
        FrameworkID
         1!s value
        OfferID
         1!s value
        AgentID
         1!s value
        TaskID
         1!s value
        ExecutorID
         1!s value
        ContainerID
         1!s value
         2?m parent ContainerID
        ResourceProviderID
         1!s value
        OperationID
         1!s value
        TimeInfo
         1!I nanoseconds
        DurationInfo
         1!I nanoseconds
        Address
         1?s hostname
         2?s ip
         3!i port
        URL
         1!s scheme
         2!m address Address
         3?s path
         4*m query Parameter
         5?s fragment
        Unavailability
         1!m start TimeInfo
         2?m duration DurationInfo
        MachineID
         1?s hostname
         2?s ip
        FrameworkInfo
         1!s user
         2!s name
         3?m id FrameworkID
         4?d failover_timeout =0
         5?b checkpoint =false
         6?s role
         12*s roles
         7?s hostname
         8?s principal
         9?s webui_url
         10*m capabilities FrameworkInfo.Capability
         11?m labels Labels
         13*M offer_filters OfferFilters
        FrameworkInfo.Capability
         1?e type FrameworkInfo.Capability.Type
        FrameworkInfo.Capability.Type enum
         0 UNKNOWN
         1 REVOCABLE_RESOURCES
         2 TASK_KILLING_STATE
         3 GPU_RESOURCES
         4 SHARED_RESOURCES
         5 PARTITION_AWARE
         6 MULTI_ROLE
         7 RESERVATION_REFINEMENT
         8 REGION_AWARE
        CheckInfo
         1?e type CheckInfo.Type
         2?m command CheckInfo.Command
         3?m http CheckInfo.Http
         7?m tcp CheckInfo.Tcp
         4?d delay_seconds =15
         5?d interval_seconds =10
         6?d timeout_seconds =20
        CheckInfo.Type enum
         0 UNKNOWN
         1 COMMAND
         2 HTTP
         3 TCP
        CheckInfo.Command
         1!m command CommandInfo
        CheckInfo.Http
         1!u port
         2?s path
        CheckInfo.Tcp
         1!u port
        HealthCheck
         2?d delay_seconds =15
         3?d interval_seconds =10
         4?d timeout_seconds =20
         5?u consecutive_failures =3
         6?d grace_period_seconds =10
         8?e type HealthCheck.Type
         7?m command CommandInfo
         1?m http HealthCheck.HTTPCheckInfo
         9?m tcp HealthCheck.TCPCheckInfo
        HealthCheck.Type enum
         0 UNKNOWN
         1 COMMAND
         2 HTTP
         3 TCP
        HealthCheck.HTTPCheckInfo
         5?e protocol NetworkInfo.Protocol =IPv4
         3?s scheme
         1!u port
         2?s path
         4*u statuses
        HealthCheck.TCPCheckInfo
         2?e protocol NetworkInfo.Protocol =IPv4
         1!u port
        KillPolicy
         1?m grace_period DurationInfo
        CommandInfo
         1*m uris CommandInfo.URI
         2?m environment Environment
         6?b shell =true
         3?s value
         7*s arguments
         5?s user
        CommandInfo.URI
         1!s value
         2?b executable
         3?b extract =true
         4?b cache
         5?s output_file
        ExecutorInfo
         15?e type ExecutorInfo.Type
         1!m executor_id ExecutorID
         8?m framework_id FrameworkID
         7?m command CommandInfo
         11?m container ContainerInfo
         5*m resources Resource
         9?s name
         10?s source
         4?y data
         12?m discovery DiscoveryInfo
         13?m shutdown_grace_period DurationInfo
         14?m labels Labels
        ExecutorInfo.Type enum
         0 UNKNOWN
         1 DEFAULT
         2 CUSTOM
        DomainInfo
         1?m fault_domain DomainInfo.FaultDomain
        DomainInfo.FaultDomain
         1!m region DomainInfo.FaultDomain.RegionInfo
         2!m zone DomainInfo.FaultDomain.ZoneInfo
        DomainInfo.FaultDomain.RegionInfo
         1!s name
        DomainInfo.FaultDomain.ZoneInfo
         1!s name
        MasterInfo
         1!s id
         2!u ip
         3!u port =5050
         4?s pid
         5?s hostname
         6?s version
         7?m address Address
         8?m domain DomainInfo
         9*m capabilities MasterInfo.Capability
        MasterInfo.Capability
         1?e type MasterInfo.Capability.Type
        MasterInfo.Capability.Type enum
         0 UNKNOWN
         1 AGENT_UPDATE
         2 AGENT_DRAINING
         3 QUOTA_V2
        AgentInfo
         1!s hostname
         8?i port =5051
         3*m resources Resource
         5*m attributes Attribute
         6?m id AgentID
         7?b checkpoint =true
         10?m domain DomainInfo
        AgentInfo.Capability
         1?e type AgentInfo.Capability.Type
        AgentInfo.Capability.Type enum
         0 UNKNOWN
         1 MULTI_ROLE
         2 HIERARCHICAL_ROLE
         3 RESERVATION_REFINEMENT
         4 RESOURCE_PROVIDER
         5 RESIZE_VOLUME
         6 AGENT_OPERATION_FEEDBACK
         7 AGENT_DRAINING
         8 TASK_RESOURCE_LIMITS
        CSIPluginContainerInfo
         1*e services CSIPluginContainerInfo.Service
         2?m command CommandInfo
         3*m resources Resource
         4?m container ContainerInfo
        CSIPluginContainerInfo.Service enum
         0 UNKNOWN
         1 CONTROLLER_SERVICE
         2 NODE_SERVICE
        CSIPluginEndpoint
         1!e csi_service CSIPluginContainerInfo.Service
         2!s endpoint
        CSIPluginInfo
         1!s type
         2?s name =default
         3*m containers CSIPluginContainerInfo
         4*m endpoints CSIPluginEndpoint
         5?s target_path_root
         6?b target_path_exists
        ResourceProviderInfo
         1?m id ResourceProviderID
         2*m attributes Attribute
         3!s type
         4!s name
         5*m default_reservations Resource.ReservationInfo
         6?m storage ResourceProviderInfo.Storage
        ResourceProviderInfo.Storage
         1!m plugin CSIPluginInfo
         2?d reconciliation_interval_seconds
        Value
        Value.Type enum
         0 SCALAR
         1 RANGES
         2 SET
         3 TEXT
        Value.Scalar
         1!d value
        Value.Range
         1!U begin
         2!U end
        Value.Ranges
         1*m range Value.Range
        Value.Set
         1*s item
        Value.Text
         1!s value
        Attribute
         1!s name
         2!e type Value.Type
         3?m scalar Value.Scalar
         4?m ranges Value.Ranges
         6?m set Value.Set
         5?m text Value.Text
        Resource
         12?m provider_id ResourceProviderID
         1!s name
         2!e type Value.Type
         3?m scalar Value.Scalar
         4?m ranges Value.Ranges
         5?m set Value.Set
         6?s role
         11?m allocation_info Resource.AllocationInfo
         8?m reservation Resource.ReservationInfo
         13*m reservations Resource.ReservationInfo
         7?m disk Resource.DiskInfo
         9?m revocable Resource.RevocableInfo
         10?m shared Resource.SharedInfo
        Resource.AllocationInfo
         1?s role
        Resource.ReservationInfo
         4?e type Resource.ReservationInfo.Type
         3?s role
         1?s principal
         2?m labels Labels
        Resource.ReservationInfo.Type enum
         0 UNKNOWN
         1 STATIC
         2 DYNAMIC
        Resource.DiskInfo
         1?m persistence Resource.DiskInfo.Persistence
         2?m volume Volume
         3?m source Resource.DiskInfo.Source
        Resource.DiskInfo.Persistence
         1!s id
         2?s principal
        Resource.DiskInfo.Source
         1!e type Resource.DiskInfo.Source.Type
         2?m path Resource.DiskInfo.Source.Path
         3?m mount Resource.DiskInfo.Source.Mount
         7?s vendor
         4?s id
         5?m metadata Labels
         6?s profile
        Resource.DiskInfo.Source.Type enum
         0 UNKNOWN
         1 PATH
         2 MOUNT
         3 BLOCK
         4 RAW
        Resource.DiskInfo.Source.Path
         1?s root
        Resource.DiskInfo.Source.Mount
         1?s root
        Resource.RevocableInfo
        Resource.SharedInfo
        OfferFilters
         1?m min_allocatable_resources OfferFilters.MinAllocatableResources
        OfferFilters.ResourceQuantities
         1*M quantities Value.Scalar
        OfferFilters.MinAllocatableResources
         1*m quantities OfferFilters.ResourceQuantities
        Request
         1?m agent_id AgentID
         2*m resources Resource
         1001?u count
         1002?s role
         1003?b together
        Offer
         1!m id OfferID
         2!m framework_id FrameworkID
         3!m agent_id AgentID
         4!s hostname
         8?m url URL
         11?m domain DomainInfo
         5*m resources Resource
         7*m attributes Attribute
         6*m executor_ids ExecutorID
         9?m unavailability Unavailability
         10?m allocation_info Resource.AllocationInfo
        Offer.Operation
         1?e type Offer.Operation.Type
         12?m id OperationID
         2?m launch Offer.Operation.Launch
         7?m launch_group Offer.Operation.LaunchGroup
         3?m reserve Offer.Operation.Reserve
         4?m unreserve Offer.Operation.Unreserve
         5?m create Offer.Operation.Create
         6?m destroy Offer.Operation.Destroy
         13?m grow_volume Offer.Operation.GrowVolume
         14?m shrink_volume Offer.Operation.ShrinkVolume
         15?m create_disk Offer.Operation.CreateDisk
         16?m destroy_disk Offer.Operation.DestroyDisk
        Offer.Operation.Type enum
         0 UNKNOWN
         1 LAUNCH
         6 LAUNCH_GROUP
         2 RESERVE
         3 UNRESERVE
         4 CREATE
         5 DESTROY
         11 GROW_VOLUME
         12 SHRINK_VOLUME
         13 CREATE_DISK
         14 DESTROY_DISK
        Offer.Operation.Launch
         1*m task_infos TaskInfo
        Offer.Operation.LaunchGroup
         1!m executor ExecutorInfo
         2!m task_group TaskGroupInfo
        Offer.Operation.Reserve
         2*m source Resource
         1*m resources Resource
        Offer.Operation.Unreserve
         1*m resources Resource
        Offer.Operation.Create
         1*m volumes Resource
        Offer.Operation.Destroy
         1*m volumes Resource
        Offer.Operation.GrowVolume
         1!m volume Resource
         2!m addition Resource
        Offer.Operation.ShrinkVolume
         1!m volume Resource
         2!m subtract Value.Scalar
        Offer.Operation.CreateDisk
         1!m source Resource
         2!e target_type Resource.DiskInfo.Source.Type
         3?s target_profile
        Offer.Operation.DestroyDisk
         1!m source Resource
        InverseOffer
         1!m id OfferID
         2?m url URL
         3!m framework_id FrameworkID
         4?m agent_id AgentID
         5!m unavailability Unavailability
         6*m resources Resource
        TaskInfo
         1!s name
         2!m task_id TaskID
         3!m agent_id AgentID
         4*m resources Resource
         5?m executor ExecutorInfo
         7?m command CommandInfo
         9?m container ContainerInfo
         8?m health_check HealthCheck
         13?m check CheckInfo
         12?m kill_policy KillPolicy
         6?y data
         10?m labels Labels
         11?m discovery DiscoveryInfo
         14?m max_completion_time DurationInfo
         15*M limits Value.Scalar
        TaskGroupInfo
         1*m tasks TaskInfo
        Task
         1!s name
         2!m task_id TaskID
         3!m framework_id FrameworkID
         4?m executor_id ExecutorID
         5!m agent_id AgentID
         6!e state TaskState
         7*m resources Resource
         8*m statuses TaskStatus
         9?e status_update_state TaskState
         10?y status_update_uuid
         11?m labels Labels
         12?m discovery DiscoveryInfo
         13?m container ContainerInfo
         15?m health_check HealthCheck
         16?m kill_policy KillPolicy
         14?s user
         17*M limits Value.Scalar
        TaskResourceLimitation
         1*m resources Resource
        UUID
         1!y value
        Operation
         1?m framework_id FrameworkID
         2?m agent_id AgentID
         3!m info Offer.Operation
         4!m latest_status OperationStatus
         5*m statuses OperationStatus
         6!m uuid UUID
        OperationStatus
         1?m operation_id OperationID
         2!e state OperationState
         3?s message
         4*m converted_resources Resource
         5?m uuid UUID
         6?m agent_id AgentID
         7?m resource_provider_id ResourceProviderID
        CheckStatusInfo
         1?e type CheckInfo.Type
         2?m command CheckStatusInfo.Command
         3?m http CheckStatusInfo.Http
         4?m tcp CheckStatusInfo.Tcp
        CheckStatusInfo.Command
         1?i exit_code
        CheckStatusInfo.Http
         1?u status_code
        CheckStatusInfo.Tcp
         1?b succeeded
        TaskStatus
         1!m task_id TaskID
         2!e state TaskState
         4?s message
         9?e source TaskStatus.Source
         10?e reason TaskStatus.Reason
         3?y data
         5?m agent_id AgentID
         7?m executor_id ExecutorID
         6?d timestamp
         11?y uuid
         8?b healthy
         15?m check_status CheckStatusInfo
         12?m labels Labels
         13?m container_status ContainerStatus
         14?m unreachable_time TimeInfo
         16?m limitation TaskResourceLimitation
        TaskStatus.Source enum
         0 SOURCE_MASTER
         1 SOURCE_AGENT
         2 SOURCE_EXECUTOR
        TaskStatus.Reason enum
         0 REASON_COMMAND_EXECUTOR_FAILED
         21 REASON_CONTAINER_LAUNCH_FAILED
         19 REASON_CONTAINER_LIMITATION
         20 REASON_CONTAINER_LIMITATION_DISK
         8 REASON_CONTAINER_LIMITATION_MEMORY
         17 REASON_CONTAINER_PREEMPTED
         22 REASON_CONTAINER_UPDATE_FAILED
         33 REASON_MAX_COMPLETION_TIME_REACHED
         23 REASON_EXECUTOR_REGISTRATION_TIMEOUT
         24 REASON_EXECUTOR_REREGISTRATION_TIMEOUT
         1 REASON_EXECUTOR_TERMINATED
         2 REASON_EXECUTOR_UNREGISTERED
         3 REASON_FRAMEWORK_REMOVED
         4 REASON_GC_ERROR
         5 REASON_INVALID_FRAMEWORKID
         6 REASON_INVALID_OFFERS
         27 REASON_IO_SWITCHBOARD_EXITED
         7 REASON_MASTER_DISCONNECTED
         9 REASON_RECONCILIATION
         18 REASON_RESOURCES_UNKNOWN
         10 REASON_AGENT_DISCONNECTED
         34 REASON_AGENT_DRAINING
         11 REASON_AGENT_REMOVED
         31 REASON_AGENT_REMOVED_BY_OPERATOR
         32 REASON_AGENT_REREGISTERED
         12 REASON_AGENT_RESTARTED
         13 REASON_AGENT_UNKNOWN
         30 REASON_TASK_KILLED_DURING_LAUNCH
         28 REASON_TASK_CHECK_STATUS_UPDATED
         29 REASON_TASK_HEALTH_CHECK_STATUS_UPDATED
         25 REASON_TASK_GROUP_INVALID
         26 REASON_TASK_GROUP_UNAUTHORIZED
         14 REASON_TASK_INVALID
         15 REASON_TASK_UNAUTHORIZED
         16 REASON_TASK_UNKNOWN
        Filters
         1?d refuse_seconds =5
        Environment
         1*m variables Environment.Variable
        Environment.Variable
         1!s name
         3?e type Environment.Variable.Type =VALUE
         2?s value
         4?m secret Secret
        Environment.Variable.Type enum
         0 UNKNOWN
         1 VALUE
         2 SECRET
        Parameter
         1!s key
         2!s value
        Parameters
         1*m parameter Parameter
        Credential
         1!s principal
         2?s secret
        Secret
         1?e type Secret.Type
         2?m reference Secret.Reference
         3?m value Secret.Value
        Secret.Type enum
         0 UNKNOWN
         1 REFERENCE
         2 VALUE
        Secret.Reference
         1!s name
         2?s key
        Secret.Value
         1!y data
        Image
         1!e type Image.Type
         2?m appc Image.Appc
         3?m docker Image.Docker
         4?b cached =true
        Image.Type enum
         1 APPC
         2 DOCKER
        Image.Appc
         1!s name
         2?s id
         3?m labels Labels
        Image.Docker
         1!s name
         2?m credential Credential
         3?m config Secret
        MountPropagation
         1?e mode MountPropagation.Mode
        MountPropagation.Mode enum
         0 UNKNOWN
         1 HOST_TO_CONTAINER
         2 BIDIRECTIONAL
        Volume
         3!e mode Volume.Mode
         1!s container_path
         2?s host_path
         4?m image Image
         5?m source Volume.Source
        Volume.Mode enum
         1 RW
         2 RO
        Volume.Source
         1?e type Volume.Source.Type
         2?m docker_volume Volume.Source.DockerVolume
         5?m host_path Volume.Source.HostPath
         3?m sandbox_path Volume.Source.SandboxPath
         4?m secret Secret
         6?m csi_volume Volume.Source.CSIVolume
        Volume.Source.Type enum
         0 UNKNOWN
         1 DOCKER_VOLUME
         4 HOST_PATH
         2 SANDBOX_PATH
         3 SECRET
         5 CSI_VOLUME
        Volume.Source.DockerVolume
         1?s driver
         2!s name
         3?m driver_options Parameters
        Volume.Source.HostPath
         1!s path
         2?m mount_propagation MountPropagation
        Volume.Source.SandboxPath
         1?e type Volume.Source.SandboxPath.Type
         2!s path
        Volume.Source.SandboxPath.Type enum
         0 UNKNOWN
         1 SELF
         2 PARENT
        Volume.Source.CSIVolume
         1!s plugin_name
         2?m static_provisioning Volume.Source.CSIVolume.StaticProvisioning
        Volume.Source.CSIVolume.VolumeCapability
         1?m block Volume.Source.CSIVolume.VolumeCapability.BlockVolume
         2?m mount Volume.Source.CSIVolume.VolumeCapability.MountVolume
         3!m access_mode Volume.Source.CSIVolume.VolumeCapability.AccessMode
        Volume.Source.CSIVolume.VolumeCapability.BlockVolume
        Volume.Source.CSIVolume.VolumeCapability.MountVolume
         1?s fs_type
         2*s mount_flags
        Volume.Source.CSIVolume.VolumeCapability.AccessMode
         1!e mode Volume.Source.CSIVolume.VolumeCapability.AccessMode.Mode
        Volume.Source.CSIVolume.VolumeCapability.AccessMode.Mode enum
         0 UNKNOWN
         1 SINGLE_NODE_WRITER
         2 SINGLE_NODE_READER_ONLY
         3 MULTI_NODE_READER_ONLY
         4 MULTI_NODE_SINGLE_WRITER
         5 MULTI_NODE_MULTI_WRITER
        Volume.Source.CSIVolume.StaticProvisioning
         1!s volume_id
         2!m volume_capability Volume.Source.CSIVolume.VolumeCapability
         3*M node_stage_secrets Secret
         4*M node_publish_secrets Secret
         5*M volume_context s
        NetworkInfo
         5*m ip_addresses NetworkInfo.IPAddress
         6?s name
         3*s groups
         4?m labels Labels
         7*m port_mappings NetworkInfo.PortMapping
        NetworkInfo.Protocol enum
         1 IPv4
         2 IPv6
        NetworkInfo.IPAddress
         1?e protocol NetworkInfo.Protocol =IPv4
         2?s ip_address
        NetworkInfo.PortMapping
         1!u host_port
         2!u container_port
         3?s protocol
        CapabilityInfo
         1*e capabilities CapabilityInfo.Capability
        CapabilityInfo.Capability enum
         0 UNKNOWN
         1000 CHOWN
         1001 DAC_OVERRIDE
         1002 DAC_READ_SEARCH
         1003 FOWNER
         1004 FSETID
         1005 KILL
         1006 SETGID
         1007 SETUID
         1008 SETPCAP
         1009 LINUX_IMMUTABLE
         1010 NET_BIND_SERVICE
         1011 NET_BROADCAST
         1012 NET_ADMIN
         1013 NET_RAW
         1014 IPC_LOCK
         1015 IPC_OWNER
         1016 SYS_MODULE
         1017 SYS_RAWIO
         1018 SYS_CHROOT
         1019 SYS_PTRACE
         1020 SYS_PACCT
         1021 SYS_ADMIN
         1022 SYS_BOOT
         1023 SYS_NICE
         1024 SYS_RESOURCE
         1025 SYS_TIME
         1026 SYS_TTY_CONFIG
         1027 MKNOD
         1028 LEASE
         1029 AUDIT_WRITE
         1030 AUDIT_CONTROL
         1031 SETFCAP
         1032 MAC_OVERRIDE
         1033 MAC_ADMIN
         1034 SYSLOG
         1035 WAKE_ALARM
         1036 BLOCK_SUSPEND
         1037 AUDIT_READ
         1038 PERFMON
         1039 BPF
         1040 CHECKPOINT_RESTORE
        SeccompInfo
         1?s profile_name
         2?b unconfined
        LinuxInfo
         1?m capability_info CapabilityInfo
         2?m bounding_capabilities CapabilityInfo
         3?m effective_capabilities CapabilityInfo
         4?b share_pid_namespace
         5?m seccomp SeccompInfo
         6?e ipc_mode LinuxInfo.IpcMode
         7?u shm_size
         8?b share_cgroups =true
        LinuxInfo.IpcMode enum
         0 UNKNOWN
         1 PRIVATE
         2 SHARE_PARENT
        RLimitInfo
         1*m rlimits RLimitInfo.RLimit
        RLimitInfo.RLimit
         1?e type RLimitInfo.RLimit.Type
         2?U hard
         3?U soft
        RLimitInfo.RLimit.Type enum
         0 UNKNOWN
         1 RLMT_AS
         2 RLMT_CORE
         3 RLMT_CPU
         4 RLMT_DATA
         5 RLMT_FSIZE
         6 RLMT_LOCKS
         7 RLMT_MEMLOCK
         8 RLMT_MSGQUEUE
         9 RLMT_NICE
         10 RLMT_NOFILE
         11 RLMT_NPROC
         12 RLMT_RSS
         13 RLMT_RTPRIO
         14 RLMT_RTTIME
         15 RLMT_SIGPENDING
         16 RLMT_STACK
        TTYInfo
         1?m window_size TTYInfo.WindowSize
        TTYInfo.WindowSize
         1!u rows
         2!u columns
        ContainerInfo
         1!e type ContainerInfo.Type
         2*m volumes Volume
         4?s hostname
         3?m docker ContainerInfo.DockerInfo
         5?m mesos ContainerInfo.MesosInfo
         7*m network_infos NetworkInfo
         8?m linux_info LinuxInfo
         9?m rlimit_info RLimitInfo
         10?m tty_info TTYInfo
        ContainerInfo.Type enum
         1 DOCKER
         2 MESOS
        ContainerInfo.DockerInfo
         1!s image
         2?e network ContainerInfo.DockerInfo.Network =HOST
         3*m port_mappings ContainerInfo.DockerInfo.PortMapping
         4?b privileged =false
         5*m parameters Parameter
         6?b force_pull_image
         7?s volume_driver
        ContainerInfo.DockerInfo.Network enum
         1 HOST
         2 BRIDGE
         3 NONE
         4 USER
        ContainerInfo.DockerInfo.PortMapping
         1!u host_port
         2!u container_port
         3?s protocol
        ContainerInfo.MesosInfo
         1?m image Image
        ContainerStatus
         4?m container_id ContainerID
         1*m network_infos NetworkInfo
         2?m cgroup_info CgroupInfo
         3?u executor_pid
        CgroupInfo
         1?m net_cls CgroupInfo.NetCls
        CgroupInfo.NetCls
         1?u classid
        Labels
         1*m labels Label
        Label
         1!s key
         2?s value
        Port
         1!u number
         2?s name
         3?s protocol
         4?e visibility DiscoveryInfo.Visibility
         5?m labels Labels
        Ports
         1*m ports Port
        DiscoveryInfo
         1!e visibility DiscoveryInfo.Visibility
         2?s name
         3?s environment
         4?s location
         5?s version
         6?m ports Ports
         7?m labels Labels
        DiscoveryInfo.Visibility enum
         0 FRAMEWORK
         1 CLUSTER
         2 EXTERNAL
        WeightInfo
         1!d weight
         2?s role
        VersionInfo
         1!s version
         2?s build_date
         3?d build_time
         4?s build_user
         5?s git_sha
         6?s git_branch
         7?s git_tag
        Flag
         1!s name
         2?s value
        Role
         1!s name
         2!d weight
         3*m frameworks FrameworkID
         4*m resources Resource
        Metric
         1!s name
         2?d value
        FileInfo
         1!s path
         2?i nlink
         3?U size
         4?m mtime TimeInfo
         5?u mode
         6?s uid
         7?s gid
        DrainConfig
         1?m max_grace_period DurationInfo
         2?b mark_gone =false
        DrainInfo
         1!e state DrainState
         2!m config DrainConfig
        Duration
         1?I seconds
         2?i nanos
        ExecutorEvent
         1?e type ExecutorEvent.Type
         2?m subscribed ExecutorEvent.Subscribed
         3?m acknowledged ExecutorEvent.Acknowledged
         4?m launch ExecutorEvent.Launch
         8?m launch_group ExecutorEvent.LaunchGroup
         5?m kill ExecutorEvent.Kill
         6?m message ExecutorEvent.Message
         7?m error ExecutorEvent.Error
        ExecutorEvent.Type enum
         0 UNKNOWN
         1 SUBSCRIBED
         2 LAUNCH
         8 LAUNCH_GROUP
         3 KILL
         4 ACKNOWLEDGED
         5 MESSAGE
         6 ERROR
         7 SHUTDOWN
         9 HEARTBEAT
        ExecutorEvent.Subscribed
         1!m executor_info ExecutorInfo
         2!m framework_info FrameworkInfo
         3!m agent_info AgentInfo
         4?m container_id ContainerID
        ExecutorEvent.Launch
         1!m task TaskInfo
        ExecutorEvent.LaunchGroup
         1!m task_group TaskGroupInfo
        ExecutorEvent.Kill
         1!m task_id TaskID
         2?m kill_policy KillPolicy
        ExecutorEvent.Acknowledged
         1!m task_id TaskID
         2!y uuid
        ExecutorEvent.Message
         1!y data
        ExecutorEvent.Error
         1!s message
        ExecutorCall
         1!m executor_id ExecutorID
         2!m framework_id FrameworkID
         3?e type ExecutorCall.Type
         4?m subscribe ExecutorCall.Subscribe
         5?m update ExecutorCall.Update
         6?m message ExecutorCall.Message
        ExecutorCall.Type enum
         0 UNKNOWN
         1 SUBSCRIBE
         2 UPDATE
         3 MESSAGE
         4 HEARTBEAT
        ExecutorCall.Subscribe
         1*m unacknowledged_tasks TaskInfo
         2*m unacknowledged_updates ExecutorCall.Update
        ExecutorCall.Update
         1!m status TaskStatus
        ExecutorCall.Message
         2!y data
        InverseOfferStatus
         1!e status InverseOfferStatus.Status
         2!m framework_id FrameworkID
         3!m timestamp TimeInfo
        InverseOfferStatus.Status enum
         1 UNKNOWN
         2 ACCEPT
         3 DECLINE
        MaintenanceWindow
         1*m machine_ids MachineID
         2!m unavailability Unavailability
        MaintenanceSchedule
         1*m windows MaintenanceWindow
        MaintenanceClusterStatus
         1*m draining_machines MaintenanceClusterStatus.DrainingMachine
         2*m down_machines MachineID
        MaintenanceClusterStatus.DrainingMachine
         1!m id MachineID
         2*m statuses InverseOfferStatus
        QuotaInfo
         1?s role
         2?s principal
         3*m guarantee Resource
        QuotaRequest
         1?b force
         2?s role
         3*m guarantee Resource
        QuotaConfig
         1!s role
         2*M guarantees Value.Scalar
         3*M limits Value.Scalar
        QuotaStatus
         1*m infos QuotaInfo
         2*m configs QuotaConfig
        SchedulerEvent
         1?e type SchedulerEvent.Type
         2?m subscribed SchedulerEvent.Subscribed
         3?m offers SchedulerEvent.Offers
         9?m inverse_offers SchedulerEvent.InverseOffers
         4?m rescind SchedulerEvent.Rescind
         10?m rescind_inverse_offer SchedulerEvent.RescindInverseOffer
         5?m update SchedulerEvent.Update
         11?m update_operation_status SchedulerEvent.UpdateOperationStatus
         6?m message SchedulerEvent.Message
         7?m failure SchedulerEvent.Failure
         8?m error SchedulerEvent.Error
        SchedulerEvent.Type enum
         0 UNKNOWN
         1 SUBSCRIBED
         2 OFFERS
         9 INVERSE_OFFERS
         3 RESCIND
         10 RESCIND_INVERSE_OFFER
         4 UPDATE
         11 UPDATE_OPERATION_STATUS
         5 MESSAGE
         6 FAILURE
         7 ERROR
         8 HEARTBEAT
        SchedulerEvent.Subscribed
         1!m framework_id FrameworkID
         2?d heartbeat_interval_seconds
         3?m master_info MasterInfo
        SchedulerEvent.Offers
         1*m offers Offer
        SchedulerEvent.InverseOffers
         1*m inverse_offers InverseOffer
        SchedulerEvent.Rescind
         1!m offer_id OfferID
        SchedulerEvent.RescindInverseOffer
         1!m inverse_offer_id OfferID
        SchedulerEvent.Update
         1!m status TaskStatus
        SchedulerEvent.UpdateOperationStatus
         1!m status OperationStatus
        SchedulerEvent.Message
         1!m agent_id AgentID
         2!m executor_id ExecutorID
         3!y data
        SchedulerEvent.Failure
         1?m agent_id AgentID
         2?m executor_id ExecutorID
         3?i status
        SchedulerEvent.Error
         1!s message
        AttributeConstraint
         1!m selector AttributeConstraint.Selector
         2!m predicate AttributeConstraint.Predicate
        AttributeConstraint.Selector
         1?e pseudoattribute_type AttributeConstraint.Selector.PseudoattributeType
         2?s attribute_name
        AttributeConstraint.Selector.PseudoattributeType enum
         0 UNKNOWN
         1 HOSTNAME
         2 REGION
         3 ZONE
        AttributeConstraint.Predicate
         1?m exists AttributeConstraint.Predicate.Exists
         2?m not_exists AttributeConstraint.Predicate.NotExists
         3?m text_equals AttributeConstraint.Predicate.TextEquals
         4?m text_not_equals AttributeConstraint.Predicate.TextNotEquals
         5?m text_matches AttributeConstraint.Predicate.TextMatches
         6?m text_not_matches AttributeConstraint.Predicate.TextNotMatches
        AttributeConstraint.Predicate.Exists
        AttributeConstraint.Predicate.NotExists
        AttributeConstraint.Predicate.TextEquals
         1!s value
        AttributeConstraint.Predicate.TextNotEquals
         1!s value
        AttributeConstraint.Predicate.TextMatches
         1!s regex
        AttributeConstraint.Predicate.TextNotMatches
         1!s regex
        OfferConstraints
         1*M role_constraints OfferConstraints.RoleConstraints
        OfferConstraints.RoleConstraints
         1*m groups OfferConstraints.RoleConstraints.Group
        OfferConstraints.RoleConstraints.Group
         1*m attribute_constraints AttributeConstraint
        SchedulerCall
         1?m framework_id FrameworkID
         2?e type SchedulerCall.Type
         3?m subscribe SchedulerCall.Subscribe
         4?m accept SchedulerCall.Accept
         5?m decline SchedulerCall.Decline
         13?m accept_inverse_offers SchedulerCall.AcceptInverseOffers
         14?m decline_inverse_offers SchedulerCall.DeclineInverseOffers
         15?m revive SchedulerCall.Revive
         6?m kill SchedulerCall.Kill
         7?m shutdown SchedulerCall.Shutdown
         8?m acknowledge SchedulerCall.Acknowledge
         17?m acknowledge_operation_status SchedulerCall.AcknowledgeOperationStatus
         9?m reconcile SchedulerCall.Reconcile
         18?m reconcile_operations SchedulerCall.ReconcileOperations
         10?m message SchedulerCall.Message
         11?m request SchedulerCall.Request
         16?m suppress SchedulerCall.Suppress
         19?m update_framework SchedulerCall.UpdateFramework
         1001?m view SchedulerCall.View
         1002?m commit SchedulerCall.Commit
        SchedulerCall.Type enum
         0 UNKNOWN
         1 SUBSCRIBE
         2 TEARDOWN
         3 ACCEPT
         4 DECLINE
         13 ACCEPT_INVERSE_OFFERS
         14 DECLINE_INVERSE_OFFERS
         5 REVIVE
         6 KILL
         7 SHUTDOWN
         8 ACKNOWLEDGE
         15 ACKNOWLEDGE_OPERATION_STATUS
         9 RECONCILE
         16 RECONCILE_OPERATIONS
         10 MESSAGE
         11 REQUEST
         12 SUPPRESS
         17 UPDATE_FRAMEWORK
         1001 VIEW
         1002 COMMIT
        SchedulerCall.Subscribe
         1!m framework_info FrameworkInfo
         2*s suppressed_roles
         3?m offer_constraints OfferConstraints
        SchedulerCall.Accept
         1*m offer_ids OfferID
         2*m operations Offer.Operation
         3?m filters Filters
        SchedulerCall.Decline
         1*m offer_ids OfferID
         2?m filters Filters
        SchedulerCall.AcceptInverseOffers
         1*m inverse_offer_ids OfferID
         2?m filters Filters
        SchedulerCall.DeclineInverseOffers
         1*m inverse_offer_ids OfferID
         2?m filters Filters
        SchedulerCall.Revive
         1*s roles
        SchedulerCall.Kill
         1!m task_id TaskID
         2?m agent_id AgentID
         3?m kill_policy KillPolicy
        SchedulerCall.Shutdown
         1!m executor_id ExecutorID
         2!m agent_id AgentID
        SchedulerCall.Acknowledge
         1!m agent_id AgentID
         2!m task_id TaskID
         3!y uuid
        SchedulerCall.AcknowledgeOperationStatus
         1?m agent_id AgentID
         2?m resource_provider_id ResourceProviderID
         3!y uuid
         4!m operation_id OperationID
        SchedulerCall.Reconcile
         1*m tasks SchedulerCall.Reconcile.Task
        SchedulerCall.Reconcile.Task
         1!m task_id TaskID
         2?m agent_id AgentID
        SchedulerCall.ReconcileOperations
         1*m operations SchedulerCall.ReconcileOperations.Operation
        SchedulerCall.ReconcileOperations.Operation
         1!m operation_id OperationID
         2?m agent_id AgentID
         3?m resource_provider_id ResourceProviderID
        SchedulerCall.Message
         1!m agent_id AgentID
         2!m executor_id ExecutorID
         3!y data
        SchedulerCall.Request
         1*m requests Request
        SchedulerCall.Suppress
         1*s roles
        SchedulerCall.UpdateFramework
         1!m framework_info FrameworkInfo
         2*s suppressed_roles
         3?m offer_constraints OfferConstraints
        SchedulerCall.View
         1?s role
        SchedulerCall.Commit
         1?s role
         2?b together
         3*m parts SchedulerCall.Commit.Part
        SchedulerCall.Commit.Part
         1!m agent_id AgentID
         2?s version
         3*m resources Resource
         4*m operations Offer.Operation
        SchedulerResponse
         1?e type SchedulerResponse.Type
         1001?m view SchedulerResponse.View
         1002?m commit SchedulerResponse.Commit
        SchedulerResponse.Type enum
         0 UNKNOWN
         1001 VIEW
         1002 COMMIT
        SchedulerResponse.View
         1*m agents SchedulerResponse.View.Agent []
        SchedulerResponse.View.Agent
         1!m agent_id AgentID
         2!s hostname
         3!s version
         4*m resources Resource
         5*m attributes Attribute
         6?m domain DomainInfo
         7?m unavailability Unavailability
        SchedulerResponse.Commit
         1!u taken
         2*m conflicts SchedulerResponse.Commit.Conflict []
        SchedulerResponse.Commit.Reason enum
         0 UNKNOWN
         1 TAKEN
         2 NOT_OFFERED
         3 INVALID
        SchedulerResponse.Commit.Conflict
         1!u part
         2!e reason SchedulerResponse.Commit.Reason
         3!s message
         4*m missing Resource
         5?b changed
        OperatorCall
         1?e type OperatorCall.Type
         2?m get_metrics OperatorCall.GetMetrics
         3?m set_logging_level OperatorCall.SetLoggingLevel
         4?m list_files OperatorCall.ListFiles
         5?m read_file OperatorCall.ReadFile
         6?m update_weights OperatorCall.UpdateWeights
         7?m reserve_resources OperatorCall.ReserveResources
         8?m unreserve_resources OperatorCall.UnreserveResources
         9?m create_volumes OperatorCall.CreateVolumes
         10?m destroy_volumes OperatorCall.DestroyVolumes
         18?m grow_volume OperatorCall.GrowVolume
         19?m shrink_volume OperatorCall.ShrinkVolume
         11?m update_maintenance_schedule OperatorCall.UpdateMaintenanceSchedule
         12?m start_maintenance OperatorCall.StartMaintenance
         13?m stop_maintenance OperatorCall.StopMaintenance
         21?m drain_agent OperatorCall.DrainAgent
         22?m deactivate_agent OperatorCall.DeactivateAgent
         23?m reactivate_agent OperatorCall.ReactivateAgent
         20?m update_quota OperatorCall.UpdateQuota
         16?m teardown OperatorCall.Teardown
         17?m mark_agent_gone OperatorCall.MarkAgentGone
         14?m set_quota OperatorCall.SetQuota
         15?m remove_quota OperatorCall.RemoveQuota
        OperatorCall.Type enum
         0 UNKNOWN
         1 GET_HEALTH
         2 GET_FLAGS
         3 GET_VERSION
         4 GET_METRICS
         5 GET_LOGGING_LEVEL
         6 SET_LOGGING_LEVEL
         7 LIST_FILES
         8 READ_FILE
         9 GET_STATE
         10 GET_AGENTS
         11 GET_FRAMEWORKS
         12 GET_EXECUTORS
         33 GET_OPERATIONS
         13 GET_TASKS
         14 GET_ROLES
         15 GET_WEIGHTS
         16 UPDATE_WEIGHTS
         17 GET_MASTER
         18 SUBSCRIBE
         19 RESERVE_RESOURCES
         20 UNRESERVE_RESOURCES
         21 CREATE_VOLUMES
         22 DESTROY_VOLUMES
         34 GROW_VOLUME
         35 SHRINK_VOLUME
         23 GET_MAINTENANCE_STATUS
         24 GET_MAINTENANCE_SCHEDULE
         25 UPDATE_MAINTENANCE_SCHEDULE
         26 START_MAINTENANCE
         27 STOP_MAINTENANCE
         37 DRAIN_AGENT
         38 DEACTIVATE_AGENT
         39 REACTIVATE_AGENT
         28 GET_QUOTA
         36 UPDATE_QUOTA
         29 SET_QUOTA
         30 REMOVE_QUOTA
         31 TEARDOWN
         32 MARK_AGENT_GONE
        OperatorCall.GetMetrics
         1?m timeout DurationInfo
        OperatorCall.SetLoggingLevel
         1!u level
         2!m duration DurationInfo
        OperatorCall.ListFiles
         1!s path
        OperatorCall.ReadFile
         1!s path
         2!U offset
         3?U length
        OperatorCall.UpdateWeights
         1*m weight_infos WeightInfo
        OperatorCall.ReserveResources
         1!m agent_id AgentID
         3*m source Resource
         2*m resources Resource
        OperatorCall.UnreserveResources
         1!m agent_id AgentID
         2*m resources Resource
        OperatorCall.CreateVolumes
         1!m agent_id AgentID
         2*m volumes Resource
        OperatorCall.DestroyVolumes
         1!m agent_id AgentID
         2*m volumes Resource
        OperatorCall.GrowVolume
         1?m agent_id AgentID
         2!m volume Resource
         3!m addition Resource
        OperatorCall.ShrinkVolume
         1?m agent_id AgentID
         2!m volume Resource
         3!m subtract Value.Scalar
        OperatorCall.UpdateMaintenanceSchedule
         1!m schedule MaintenanceSchedule
        OperatorCall.StartMaintenance
         1*m machines MachineID
        OperatorCall.StopMaintenance
         1*m machines MachineID
        OperatorCall.DrainAgent
         1!m agent_id AgentID
         2?m max_grace_period Duration
         3?b mark_gone =false
        OperatorCall.DeactivateAgent
         1!m agent_id AgentID
        OperatorCall.ReactivateAgent
         1!m agent_id AgentID
        OperatorCall.UpdateQuota
         1?b force
         2*m quota_configs QuotaConfig
        OperatorCall.SetQuota
         1!m quota_request QuotaRequest
        OperatorCall.RemoveQuota
         1!s role
        OperatorCall.Teardown
         1!m framework_id FrameworkID
        OperatorCall.MarkAgentGone
         1!m agent_id AgentID
        OperatorResponse
         1?e type OperatorResponse.Type
         2?m get_health OperatorResponse.GetHealth
         3?m get_flags OperatorResponse.GetFlags
         4?m get_version OperatorResponse.GetVersion
         5?m get_metrics OperatorResponse.GetMetrics
         6?m get_logging_level OperatorResponse.GetLoggingLevel
         7?m list_files OperatorResponse.ListFiles
         8?m read_file OperatorResponse.ReadFile
         9?m get_state OperatorResponse.GetState
         10?m get_agents OperatorResponse.GetAgents
         11?m get_frameworks OperatorResponse.GetFrameworks
         12?m get_executors OperatorResponse.GetExecutors
         20?m get_operations OperatorResponse.GetOperations
         13?m get_tasks OperatorResponse.GetTasks
         14?m get_roles OperatorResponse.GetRoles
         15?m get_weights OperatorResponse.GetWeights
         16?m get_master OperatorResponse.GetMaster
         17?m get_maintenance_status OperatorResponse.GetMaintenanceStatus
         18?m get_maintenance_schedule OperatorResponse.GetMaintenanceSchedule
         19?m get_quota OperatorResponse.GetQuota
        OperatorResponse.Type enum
         0 UNKNOWN
         1 GET_HEALTH
         2 GET_FLAGS
         3 GET_VERSION
         4 GET_METRICS
         5 GET_LOGGING_LEVEL
         6 LIST_FILES
         7 READ_FILE
         8 GET_STATE
         9 GET_AGENTS
         10 GET_FRAMEWORKS
         11 GET_EXECUTORS
         19 GET_OPERATIONS
         12 GET_TASKS
         13 GET_ROLES
         14 GET_WEIGHTS
         15 GET_MASTER
         16 GET_MAINTENANCE_STATUS
         17 GET_MAINTENANCE_SCHEDULE
         18 GET_QUOTA
        OperatorResponse.GetHealth
         1!b healthy
        OperatorResponse.GetFlags
         1*m flags Flag
        OperatorResponse.GetVersion
         1!m version_info VersionInfo
        OperatorResponse.GetMetrics
         1*m metrics Metric
        OperatorResponse.GetLoggingLevel
         1!u level
        OperatorResponse.ListFiles
         1*m file_infos FileInfo
        OperatorResponse.ReadFile
         1!U size
         2!y data
        OperatorResponse.GetState
         1?m get_tasks OperatorResponse.GetTasks
         2?m get_executors OperatorResponse.GetExecutors
         3?m get_frameworks OperatorResponse.GetFrameworks
         4?m get_agents OperatorResponse.GetAgents
        OperatorResponse.GetAgents
         1*m agents OperatorResponse.GetAgents.Agent []
         2*m recovered_agents AgentInfo []
        OperatorResponse.GetAgents.Agent
         1!m agent_info AgentInfo
         2!b active
         12?b deactivated
         3!s version
         4?s pid
         5?m registered_time TimeInfo
         6?m reregistered_time TimeInfo
         7*m total_resources Resource
         8*m allocated_resources Resource
         9*m offered_resources Resource
         10*m capabilities AgentInfo.Capability
         11*m resource_providers OperatorResponse.GetAgents.Agent.ResourceProvider
         13?m drain_info DrainInfo
         14?m estimated_drain_start_time TimeInfo
        OperatorResponse.GetAgents.Agent.ResourceProvider
         1!m resource_provider_info ResourceProviderInfo
         2*m total_resources Resource
        OperatorResponse.GetFrameworks
         1*m frameworks OperatorResponse.GetFrameworks.Framework []
         2*m completed_frameworks OperatorResponse.GetFrameworks.Framework []
         3*m recovered_frameworks FrameworkInfo
        OperatorResponse.GetFrameworks.Framework
         1!m framework_info FrameworkInfo
         2!b active
         3!b connected
         11!b recovered
         4?m registered_time TimeInfo
         5?m reregistered_time TimeInfo
         6?m unregistered_time TimeInfo
         7*m offers Offer
         8*m inverse_offers InverseOffer
         9*m allocated_resources Resource
         10*m offered_resources Resource
         12?m offer_constraints OfferConstraints
        OperatorResponse.GetExecutors
         1*m executors OperatorResponse.GetExecutors.Executor []
         2*m orphan_executors OperatorResponse.GetExecutors.Executor
        OperatorResponse.GetExecutors.Executor
         1!m executor_info ExecutorInfo
         2!m agent_id AgentID
        OperatorResponse.GetOperations
         1*m operations Operation
        OperatorResponse.GetTasks
         1*m pending_tasks Task
         2*m tasks Task []
         5*m unreachable_tasks Task []
         3*m completed_tasks Task []
         4*m orphan_tasks Task
        OperatorResponse.GetRoles
         1*m roles Role
        OperatorResponse.GetWeights
         1*m weight_infos WeightInfo
        OperatorResponse.GetMaster
         1?m master_info MasterInfo
         2?d start_time
         3?d elected_time
        OperatorResponse.GetMaintenanceStatus
         1!m status MaintenanceClusterStatus
        OperatorResponse.GetMaintenanceSchedule
         1!m schedule MaintenanceSchedule
        OperatorResponse.GetQuota
         1!m status QuotaStatus
        OperatorEvent
         1?e type OperatorEvent.Type
         2?m subscribed OperatorEvent.Subscribed
         3?m task_added OperatorEvent.TaskAdded
         4?m task_updated OperatorEvent.TaskUpdated
         5?m agent_added OperatorEvent.AgentAdded
         6?m agent_removed OperatorEvent.AgentRemoved
         7?m framework_added OperatorEvent.FrameworkAdded
         8?m framework_updated OperatorEvent.FrameworkUpdated
         9?m framework_removed OperatorEvent.FrameworkRemoved
        OperatorEvent.Type enum
         0 UNKNOWN
         1 SUBSCRIBED
         2 TASK_ADDED
         3 TASK_UPDATED
         4 AGENT_ADDED
         5 AGENT_REMOVED
         6 FRAMEWORK_ADDED
         7 FRAMEWORK_UPDATED
         8 FRAMEWORK_REMOVED
         9 HEARTBEAT
        OperatorEvent.Subscribed
         1?m get_state OperatorResponse.GetState
         2?d heartbeat_interval_seconds
        OperatorEvent.TaskAdded
         1!m task Task
        OperatorEvent.TaskUpdated
         1!m framework_id FrameworkID
         2!m status TaskStatus
         3!e state TaskState
        OperatorEvent.FrameworkAdded
         1!m framework OperatorResponse.GetFrameworks.Framework
        OperatorEvent.FrameworkUpdated
         1!m framework OperatorResponse.GetFrameworks.Framework
        OperatorEvent.FrameworkRemoved
         1!m framework_info FrameworkInfo
        OperatorEvent.AgentAdded
         1!m agent OperatorResponse.GetAgents.Agent
        OperatorEvent.AgentRemoved
         1!m agent_id AgentID
        """
}
