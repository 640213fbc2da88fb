namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>
/// The field numbers of Kubernetes' protobuf messages, for the types whose typed clients send them. The shapes come from the schemas;
/// only numbers have to be written down. A line is a type and its fields from 1 on; <c>@7</c> goes on at 7, <c>~</c> puts the fields
/// of another message into the same object.
/// </summary>
internal static class ProtobufFields
{
    private const string Messages =
        """
        ObjectMeta: name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences finalizers @17 managedFields
        OwnerReference: kind @3 name uid apiVersion controller blockOwnerDeletion
        ManagedFieldsEntry: manager operation apiVersion time @6 fieldsType fieldsV1 subresource
        LabelSelector: matchLabels matchExpressions
        LabelSelectorRequirement: key operator values
        DeleteOptions: gracePeriodSeconds preconditions orphanDependents propagationPolicy dryRun
        Preconditions: uid resourceVersion
        Condition: type status observedGeneration lastTransitionTime reason message

        Secret: metadata data type stringData immutable
        ConfigMap: metadata data binaryData immutable
        Namespace: metadata spec status
        NamespaceSpec: finalizers
        NamespaceStatus: phase conditions
        NamespaceCondition: type status @4 lastTransitionTime reason message
        ServiceAccount: metadata secrets imagePullSecrets automountServiceAccountToken
        ObjectReference: kind namespace name uid apiVersion resourceVersion fieldPath
        LocalObjectReference: name
        TypedLocalObjectReference: apiGroup kind name
        TypedObjectReference: apiGroup kind name namespace
        Binding: metadata target
        ResourceQuota: metadata spec status
        ResourceQuotaSpec: hard scopes scopeSelector
        ResourceQuotaStatus: hard used
        ScopeSelector: matchExpressions
        ScopedResourceSelectorRequirement: scopeName operator values
        Corev1Event: metadata involvedObject reason message source firstTimestamp lastTimestamp count type eventTime series action related reportingComponent reportingInstance
        EventSource: component host
        EventSeries: count lastObservedTime
        Eventsv1Event: metadata eventTime series reportingController reportingInstance action reason regarding related note type deprecatedSource deprecatedFirstTimestamp deprecatedLastTimestamp deprecatedCount

        Service: metadata spec status
        ServiceSpec: ports selector clusterIP type externalIPs @7 sessionAffinity loadBalancerIP loadBalancerSourceRanges externalName externalTrafficPolicy healthCheckNodePort publishNotReadyAddresses sessionAffinityConfig @17 ipFamilyPolicy clusterIPs ipFamilies allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy trafficDistribution
        ServicePort: name protocol port targetPort nodePort appProtocol
        ServiceStatus: loadBalancer conditions
        LoadBalancerStatus: ingress
        LoadBalancerIngress: ip hostname ipMode ports
        PortStatus: port protocol error
        SessionAffinityConfig: clientIP
        ClientIPConfig: timeoutSeconds

        Pod: metadata spec
        PodTemplateSpec: metadata spec
        PodSpec: volumes containers restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName serviceAccount nodeName hostNetwork hostPID hostIPC securityContext imagePullSecrets hostname subdomain affinity schedulerName initContainers automountServiceAccountToken tolerations hostAliases priorityClassName priority dnsConfig shareProcessNamespace readinessGates runtimeClassName enableServiceLinks preemptionPolicy overhead topologySpreadConstraints ephemeralContainers setHostnameAsFQDN os hostUsers schedulingGates resourceClaims resources hostnameOverride
        Container: name image command args workingDir ports env resources volumeMounts livenessProbe readinessProbe lifecycle terminationMessagePath imagePullPolicy securityContext stdin stdinOnce tty envFrom terminationMessagePolicy volumeDevices startupProbe resizePolicy restartPolicy restartPolicyRules
        EphemeralContainer: ~Container targetContainerName
        ContainerPort: name hostPort containerPort protocol hostIP
        ContainerResizePolicy: resourceName restartPolicy
        EnvVar: name value valueFrom
        EnvVarSource: fieldRef resourceFieldRef configMapKeyRef secretKeyRef fileKeyRef
        EnvFromSource: prefix configMapRef secretRef
        ConfigMapEnvSource: ~LocalObjectReference optional
        SecretEnvSource: ~LocalObjectReference optional
        ConfigMapKeySelector: ~LocalObjectReference key optional
        SecretKeySelector: ~LocalObjectReference key optional
        ObjectFieldSelector: apiVersion fieldPath
        ResourceFieldSelector: containerName resource divisor
        ResourceRequirements: limits requests claims
        VolumeResourceRequirements: limits requests
        VolumeMount: name readOnly mountPath subPath mountPropagation subPathExpr recursiveReadOnly
        VolumeDevice: name devicePath
        Probe: ~ProbeHandler initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold terminationGracePeriodSeconds
        ProbeHandler: exec httpGet tcpSocket grpc
        Lifecycle: postStart preStop stopSignal
        LifecycleHandler: exec httpGet tcpSocket sleep
        ExecAction: command
        HTTPGetAction: path port host scheme httpHeaders
        HTTPHeader: name value
        TCPSocketAction: port host
        GRPCAction: port service
        SleepAction: seconds
        SecurityContext: capabilities privileged seLinuxOptions runAsUser runAsNonRoot readOnlyRootFilesystem allowPrivilegeEscalation runAsGroup procMount windowsOptions seccompProfile appArmorProfile
        PodSecurityContext: seLinuxOptions runAsUser runAsNonRoot supplementalGroups fsGroup runAsGroup sysctls windowsOptions fsGroupChangePolicy seccompProfile appArmorProfile supplementalGroupsPolicy seLinuxChangePolicy
        Capabilities: add drop
        SELinuxOptions: user role type level
        SeccompProfile: type localhostProfile
        AppArmorProfile: type localhostProfile
        Sysctl: name value
        Toleration: key operator value effect tolerationSeconds
        HostAlias: ip hostnames
        PodDNSConfig: nameservers searches options
        PodDNSConfigOption: name value
        PodReadinessGate: conditionType
        PodSchedulingGate: name
        Affinity: nodeAffinity podAffinity podAntiAffinity
        NodeAffinity: requiredDuringSchedulingIgnoredDuringExecution preferredDuringSchedulingIgnoredDuringExecution
        NodeSelector: nodeSelectorTerms
        NodeSelectorTerm: matchExpressions matchFields
        NodeSelectorRequirement: key operator values
        PreferredSchedulingTerm: weight preference
        PodAffinity: requiredDuringSchedulingIgnoredDuringExecution preferredDuringSchedulingIgnoredDuringExecution
        PodAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution preferredDuringSchedulingIgnoredDuringExecution
        WeightedPodAffinityTerm: weight podAffinityTerm
        PodAffinityTerm: labelSelector namespaces topologyKey namespaceSelector matchLabelKeys mismatchLabelKeys
        TopologySpreadConstraint: maxSkew topologyKey whenUnsatisfiable labelSelector minDomains nodeAffinityPolicy nodeTaintsPolicy matchLabelKeys
        Volume: name ~VolumeSource
        VolumeSource: hostPath emptyDir @6 secret nfs @10 persistentVolumeClaim @16 downwardAPI @19 configMap @26 projected @28 csi ephemeral image
        HostPathVolumeSource: path type
        EmptyDirVolumeSource: medium sizeLimit
        SecretVolumeSource: secretName items defaultMode optional
        ConfigMapVolumeSource: ~LocalObjectReference items defaultMode optional
        NFSVolumeSource: server path readOnly
        KeyToPath: key path mode
        PersistentVolumeClaimVolumeSource: claimName readOnly
        DownwardAPIVolumeSource: items defaultMode
        DownwardAPIVolumeFile: path fieldRef resourceFieldRef mode
        ProjectedVolumeSource: sources defaultMode
        VolumeProjection: secret downwardAPI configMap serviceAccountToken
        SecretProjection: ~LocalObjectReference items @4 optional
        ConfigMapProjection: ~LocalObjectReference items @4 optional
        DownwardAPIProjection: items
        ServiceAccountTokenProjection: audience expirationSeconds path
        CSIVolumeSource: driver readOnly fsType volumeAttributes nodePublishSecretRef
        EphemeralVolumeSource: volumeClaimTemplate
        PersistentVolumeClaimTemplate: metadata spec
        PersistentVolumeClaim: metadata spec
        PersistentVolumeClaimSpec: accessModes resources volumeName selector storageClassName volumeMode dataSource dataSourceRef volumeAttributesClassName
        ImageVolumeSource: reference pullPolicy

        Deployment: metadata spec status
        DeploymentSpec: replicas selector template strategy minReadySeconds revisionHistoryLimit paused @9 progressDeadlineSeconds
        DeploymentStrategy: type rollingUpdate
        RollingUpdateDeployment: maxUnavailable maxSurge
        DeploymentStatus: observedGeneration replicas updatedReplicas availableReplicas unavailableReplicas conditions readyReplicas collisionCount terminatingReplicas
        DeploymentCondition: type status @4 reason message lastUpdateTime lastTransitionTime
        Job: metadata spec status
        JobSpec: parallelism completions activeDeadlineSeconds selector manualSelector template backoffLimit ttlSecondsAfterFinished completionMode suspend
        JobStatus: conditions startTime completionTime active succeeded failed completedIndexes uncountedTerminatedPods ready failedIndexes terminating
        JobCondition: type status lastProbeTime lastTransitionTime reason message
        JobTemplateSpec: metadata spec
        CronJob: metadata spec status
        CronJobSpec: schedule startingDeadlineSeconds concurrencyPolicy suspend jobTemplate successfulJobsHistoryLimit failedJobsHistoryLimit timeZone
        CronJobStatus: active @4 lastScheduleTime lastSuccessfulTime
        Scale: metadata spec status
        ScaleSpec: replicas
        ScaleStatus: replicas selector
        HorizontalPodAutoscaler: metadata spec
        HorizontalPodAutoscalerSpec: scaleTargetRef minReplicas maxReplicas metrics
        CrossVersionObjectReference: kind name apiVersion
        MetricSpec: type object pods resource external
        ResourceMetricSource: name target
        MetricTarget: type value averageValue averageUtilization
        Eviction: metadata deleteOptions
        PodDisruptionBudget: metadata spec status
        PodDisruptionBudgetSpec: minAvailable selector maxUnavailable unhealthyPodEvictionPolicy
        PodDisruptionBudgetStatus: observedGeneration disruptedPods disruptionsAllowed currentHealthy desiredHealthy expectedPods conditions
        PriorityClass: metadata value globalDefault description preemptionPolicy

        Ingress: metadata spec status
        IngressSpec: defaultBackend tls rules ingressClassName
        IngressTLS: hosts secretName
        IngressRule: host ~IngressRuleValue
        IngressRuleValue: http
        HTTPIngressRuleValue: paths
        HTTPIngressPath: path backend pathType
        IngressBackend: @3 resource service
        IngressServiceBackend: name port
        ServiceBackendPort: name number
        IngressStatus: loadBalancer
        IngressLoadBalancerStatus: ingress
        IngressLoadBalancerIngress: ip hostname @4 ports

        Role: metadata rules
        ClusterRole: metadata rules aggregationRule
        AggregationRule: clusterRoleSelectors
        PolicyRule: verbs apiGroups resources resourceNames nonResourceURLs
        RoleBinding: metadata subjects roleRef
        ClusterRoleBinding: metadata subjects roleRef
        Subject: kind apiGroup name namespace
        RoleRef: apiGroup kind name
        Lease: metadata spec
        LeaseSpec: holderIdentity leaseDurationSeconds acquireTime renewTime leaseTransitions strategy preferredHolder

        TokenRequest: metadata spec status
        TokenRequestSpec: audiences @3 boundObjectRef expirationSeconds
        TokenRequestStatus: token expirationTimestamp
        BoundObjectReference: kind apiVersion name uid
        TokenReview: metadata spec status
        TokenReviewSpec: token audiences
        TokenReviewStatus: authenticated user error audiences
        UserInfo: username uid groups extra
        SelfSubjectReview: metadata status
        SelfSubjectReviewStatus: userInfo
        SelfSubjectAccessReview: metadata spec status
        SelfSubjectAccessReviewSpec: resourceAttributes nonResourceAttributes
        SubjectAccessReview: metadata spec status
        LocalSubjectAccessReview: metadata spec status
        SubjectAccessReviewSpec: resourceAttributes nonResourceAttributes user groups extra uid
        SubjectAccessReviewStatus: allowed reason evaluationError denied
        ResourceAttributes: namespace verb group version resource subresource name fieldSelector labelSelector
        NonResourceAttributes: path verb
        SelfSubjectRulesReview: metadata spec status
        SelfSubjectRulesReviewSpec: namespace
        SubjectRulesReviewStatus: resourceRules nonResourceRules incomplete evaluationError
        """;

    private static readonly Lazy<Dictionary<string, Dictionary<int, string>>> Known = new(Read);

    /// <summary>A message's fields by number; null for a message that is not written down.</summary>
    public static IReadOnlyDictionary<int, string>? Of(string message) => Known.Value.GetValueOrDefault(message);

    private static Dictionary<string, Dictionary<int, string>> Read()
    {
        var messages = new Dictionary<string, Dictionary<int, string>>(StringComparer.Ordinal);
        foreach (var line in Messages.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (colon, number) = (line.IndexOf(':'), 1);
            var fields = messages[line[..colon]] = [];
            foreach (var word in line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (word[0] == '@')
                {
                    number = int.Parse(word[1..], System.Globalization.CultureInfo.InvariantCulture);
                }
                else
                {
                    fields[number++] = word;
                }
            }
        }

        return messages;
    }
}
