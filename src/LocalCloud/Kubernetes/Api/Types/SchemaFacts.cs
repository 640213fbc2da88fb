namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What a field's place in the API adds to its type: how lists merge, who owns them.</summary>
internal sealed record FieldFact
{
    public bool Atomic { get; init; }

    public bool IsSet { get; init; }

    public IReadOnlyList<string> MapKeys { get; init; } = [];

    public string? PatchStrategy { get; init; }

    public string? PatchMergeKey { get; init; }
}

/// <summary>
/// Facts of the Kubernetes API that the client library's classes do not carry: the keys of lists, what is owned as a whole, what is
/// required. A list that is not named here is atomic and replaced as a whole.
/// </summary>
internal static class SchemaFacts
{
    /// <summary>Structs that have one owner as a whole.</summary>
    public static readonly IReadOnlySet<string> AtomicTypes = Words(
        """
        ConfigMapKeySelector EndpointAddress EndpointPort FieldsV1 FileKeySelector LabelSelector LocalObjectReference MatchResources
        NamedRuleWithOperations NodeSelector NodeSelectorTerm ObjectFieldSelector ObjectReference ParamKind ParamRef
        ResourceFieldSelector RoleRef ScopeSelector SecretKeySelector SecretReference ServiceBackendPort Subject
        TopologySelectorTerm TypedLocalObjectReference Variable
        """);

    public static readonly IReadOnlyDictionary<string, FieldFact> Fields = ReadFields();

    /// <summary>Members that have to be there, by Go type. Numbers and flags say so by their own type.</summary>
    public static readonly IReadOnlyDictionary<string, string> Required = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ConfigMapKeySelector"] = "key",
        ["SecretKeySelector"] = "key",
        ["KeyToPath"] = "key path",
        ["Container"] = "name",
        ["EphemeralContainer"] = "name",
        ["EnvVar"] = "name",
        ["HTTPHeader"] = "name value",
        ["HTTPGetAction"] = "port",
        ["TCPSocketAction"] = "port",
        ["HostAlias"] = "ip",
        ["HostPathVolumeSource"] = "path",
        ["Volume"] = "name",
        ["PersistentVolumeClaimVolumeSource"] = "claimName",
        ["NFSVolumeSource"] = "path server",
        ["CSIVolumeSource"] = "driver",
        ["CSIPersistentVolumeSource"] = "driver volumeHandle",
        ["LocalVolumeSource"] = "path",
        ["VolumeMount"] = "mountPath name",
        ["VolumeDevice"] = "devicePath name",
        ["NodeSelector"] = "nodeSelectorTerms",
        ["NodeSelectorRequirement"] = "key operator",
        ["ObjectFieldSelector"] = "fieldPath",
        ["ResourceFieldSelector"] = "resource",
        ["PodAffinityTerm"] = "topologyKey",
        ["WeightedPodAffinityTerm"] = "podAffinityTerm",
        ["PreferredSchedulingTerm"] = "preference",
        ["PodSpec"] = "containers",
        ["PodReadinessGate"] = "conditionType",
        ["PodSchedulingGate"] = "name",
        ["PodOS"] = "name",
        ["PodIP"] = "ip",
        ["ServiceAccountTokenProjection"] = "path",
        ["DownwardAPIVolumeFile"] = "path",
        ["Sysctl"] = "name value",
        ["TopologySpreadConstraint"] = "topologyKey whenUnsatisfiable",
        ["Taint"] = "effect key",
        ["SeccompProfile"] = "type",
        ["ContainerResizePolicy"] = "resourceName restartPolicy",
        ["ResourceClaim"] = "name",
        ["PodResourceClaim"] = "name",
        ["EndpointAddress"] = "ip",
        ["NodeAddress"] = "address type",
        ["Binding"] = "target",
        ["LimitRangeItem"] = "type",
        ["LimitRangeSpec"] = "limits",
        ["TypedLocalObjectReference"] = "kind name",
        ["ScopedResourceSelectorRequirement"] = "operator scopeName",
        ["StatefulSetSpec"] = "selector template",
        ["DeploymentSpec"] = "selector template",
        ["DaemonSetSpec"] = "selector template",
        ["ReplicaSetSpec"] = "selector",
        ["JobSpec"] = "template",
        ["CronJobSpec"] = "jobTemplate schedule",
        ["PodFailurePolicy"] = "rules",
        ["PodFailurePolicyRule"] = "action",
        ["PodFailurePolicyOnExitCodesRequirement"] = "operator values",
        ["IPBlock"] = "cidr",
        ["HTTPIngressRuleValue"] = "paths",
        ["HTTPIngressPath"] = "backend pathType",
        ["IngressServiceBackend"] = "name",
        ["IngressClassParametersReference"] = "kind name",
        ["PolicyRule"] = "verbs",
        ["RoleRef"] = "apiGroup kind name",
        ["RoleBinding"] = "roleRef",
        ["ClusterRoleBinding"] = "roleRef",
        ["HorizontalPodAutoscalerSpec"] = "scaleTargetRef",
        ["CrossVersionObjectReference"] = "kind name",
        ["MetricSpec"] = "type",
        ["MetricTarget"] = "type",
        ["MetricIdentifier"] = "name",
        ["ResourceMetricSource"] = "name target",
        ["StorageClass"] = "provisioner",
        ["EndpointSlice"] = "addressType endpoints",
        ["Endpoint"] = "addresses",
        ["ValidatingWebhook"] = "admissionReviewVersions clientConfig name sideEffects",
        ["MutatingWebhook"] = "admissionReviewVersions clientConfig name sideEffects",
        ["ServiceReference"] = "name namespace",
        ["RuntimeClass"] = "handler",
        ["CustomResourceDefinition"] = "spec",
        ["CustomResourceDefinitionSpec"] = "group names scope versions",
        ["CustomResourceDefinitionNames"] = "kind plural",
        ["CustomResourceDefinitionVersion"] = "name",
        ["OwnerReference"] = "apiVersion kind name uid",
        ["LabelSelectorRequirement"] = "key operator",
    };

    // path : the list's keys for field owners : strategy : the one key of a strategic merge patch
    private const string ListMaps =
        """
        ObjectMeta.ownerReferences:uid:merge:uid
        PersistentVolumeClaimStatus.conditions:type:merge:type
        ResourceRequirements.claims:name
        Container.ports:containerPort,protocol:merge:containerPort
        Container.env:name:merge:name
        Container.volumeMounts:mountPath:merge:mountPath
        Container.volumeDevices:devicePath:merge:devicePath
        EphemeralContainer.ports:containerPort,protocol:merge:containerPort
        EphemeralContainer.env:name:merge:name
        EphemeralContainer.volumeMounts:mountPath:merge:mountPath
        EphemeralContainer.volumeDevices:devicePath:merge:devicePath
        ContainerStatus.volumeMounts:mountPath:merge:mountPath
        ContainerStatus.allocatedResourcesStatus:name:merge:name
        ResourceStatus.resources:resourceID
        PodSpec.volumes:name:merge,retainKeys:name
        PodSpec.initContainers:name:merge:name
        PodSpec.containers:name:merge:name
        PodSpec.ephemeralContainers:name:merge:name
        PodSpec.imagePullSecrets:name:merge:name
        PodSpec.hostAliases:ip:merge:ip
        PodSpec.topologySpreadConstraints:topologyKey,whenUnsatisfiable:merge:topologyKey
        PodSpec.schedulingGates:name:merge:name
        PodSpec.resourceClaims:name:merge,retainKeys:name
        PodStatus.conditions:type:merge:type
        PodStatus.podIPs:ip:merge:ip
        PodStatus.resourceClaimStatuses:name:merge,retainKeys:name
        ReplicationControllerStatus.conditions:type:merge:type
        ServiceStatus.conditions:type:merge:type
        ServiceSpec.ports:port,protocol:merge:port
        ServiceAccount.secrets:name:merge:name
        NodeStatus.conditions:type:merge:type
        NodeStatus.addresses:type:merge:type
        NamespaceStatus.conditions:type:merge:type
        StatefulSetStatus.conditions:type:merge:type
        DeploymentStatus.conditions:type:merge:type
        DaemonSetStatus.conditions:type:merge:type
        ReplicaSetStatus.conditions:type:merge:type
        ServiceCIDRStatus.conditions:type:merge:type
        PodDisruptionBudgetStatus.conditions:type:merge:type
        HorizontalPodAutoscalerStatus.conditions:type:merge:type
        CSINodeSpec.drivers:name:merge:name
        ValidatingAdmissionPolicyStatus.conditions:type
        ValidatingAdmissionPolicySpec.matchConditions:name:merge:name
        ValidatingAdmissionPolicySpec.variables:name:merge:name
        ValidatingWebhookConfiguration.webhooks:name:merge:name
        MutatingWebhookConfiguration.webhooks:name:merge:name
        ValidatingWebhook.matchConditions:name:merge:name
        MutatingWebhook.matchConditions:name:merge:name
        CertificateSigningRequestStatus.conditions:type
        CustomResourceDefinitionStatus.conditions:type
        APIServiceStatus.conditions:type:merge:type
        """;

    private const string Sets =
        """
        ContainerRestartRuleOnExitCodes.values PodFailurePolicyOnExitCodesRequirement.values UncountedTerminatedPods.succeeded
        UncountedTerminatedPods.failed CSIDriverSpec.volumeLifecycleModes Endpoint.addresses
        ValidatingAdmissionPolicyBindingSpec.validationActions VolumeMount.bindMountOptions
        """;

    private const string AtomicMaps =
        "PodSpec.nodeSelector ReplicationControllerSpec.selector ServiceSpec.selector Scheduling.nodeSelector";

    private static Dictionary<string, FieldFact> ReadFields()
    {
        var facts = new Dictionary<string, FieldFact>(StringComparer.Ordinal)
        {
            ["ObjectMeta.finalizers"] = new() { IsSet = true, PatchStrategy = "merge" },
            ["NodeSpec.podCIDRs"] = new() { IsSet = true, PatchStrategy = "merge" },
            ["PodStatus.hostIPs"] = new() { Atomic = true, PatchStrategy = "merge", PatchMergeKey = "ip" },
            ["JobStatus.conditions"] = new() { Atomic = true, PatchStrategy = "merge", PatchMergeKey = "type" },
            ["DeploymentSpec.strategy"] = new() { PatchStrategy = "retainKeys" },
            ["PodDisruptionBudgetSpec.selector"] = new() { PatchStrategy = "replace" },
        };
        foreach (var line in ListMaps.Split('\n'))
        {
            var parts = line.Split(':');
            facts[parts[0]] = new FieldFact
            {
                MapKeys = parts[1].Split(','),
                PatchStrategy = parts.ElementAtOrDefault(2),
                PatchMergeKey = parts.ElementAtOrDefault(3),
            };
        }

        foreach (var path in Words(Sets))
        {
            facts[path] = new FieldFact { IsSet = true };
        }

        foreach (var path in Words(AtomicMaps))
        {
            facts[path] = new FieldFact { Atomic = true };
        }

        return facts;
    }

    private static HashSet<string> Words(string text) =>
        new(text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
}
