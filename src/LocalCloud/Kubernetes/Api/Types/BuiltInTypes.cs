using k8s.Models;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>The resources that every cluster serves.</summary>
internal static class BuiltInTypes
{
    private static readonly ScalePaths Replicas =
        new(["spec", "replicas"], ["status", "replicas"], ["status", "selector"]);
    private static readonly Lazy<IReadOnlyList<ResourceType>> Built = new(Build);

    public static IReadOnlyList<ResourceType> All => Built.Value;

    /// <summary>The schema of a built-in object, also of those that only subresources take.</summary>
    public static Schema? SchemaOf(string apiVersion, string kind) => (apiVersion, kind) switch
    {
        (_, "DeleteOptions") => BuiltInSchemas.Of(typeof(V1DeleteOptions)),
        ("policy/v1", "Eviction") => BuiltInSchemas.Of(typeof(V1Eviction)),
        ("v1", "Binding") => BuiltInSchemas.Of(typeof(V1Binding)),
        ("autoscaling/v1", "Scale") => BuiltInSchemas.Of(typeof(V1Scale)),
        ("authentication.k8s.io/v1", "TokenRequest") => BuiltInSchemas.Of(typeof(Authenticationv1TokenRequest)),
        _ => All.FirstOrDefault(type => type.ApiVersion == apiVersion && type.Kind == kind)?.Schema,
    };

    private static List<ResourceType> Build() =>
    [
        // core
        Of<V1Namespace>("", "v1", "namespaces", "ns", cluster: true, status: true) with
        {
            Verbs = [.. ResourceType.AllVerbs.Where(verb => verb != "deletecollection")],
            Subresources = [("finalize", "Namespace", "update", "", "v1")],
        },
        Of<V1Node>("", "v1", "nodes", "no", cluster: true, status: true),
        Of<V1Pod>("", "v1", "pods", "po", status: true, all: true) with
        {
            Subresources =
            [
                ("binding", "Binding", "create", "", "v1"), ("eviction", "Eviction", "create", "policy", "v1"),
                ("log", "Pod", "get", "", "v1"), ("ephemeralcontainers", "Pod", "get,patch,update", "", "v1"),
                ("resize", "Pod", "get,patch,update", "", "v1"),
            ],
        },
        Of<V1Service>("", "v1", "services", "svc", status: true, all: true),
        Of<V1ServiceAccount>("", "v1", "serviceaccounts", "sa") with
        {
            Subresources = [("token", "TokenRequest", "create", "authentication.k8s.io", "v1")],
        },
        Of<V1ConfigMap>("", "v1", "configmaps", "cm"),
        Of<V1Secret>("", "v1", "secrets", ""),
        Of<V1Endpoints>("", "v1", "endpoints", "ep"),
        Of<Corev1Event>("", "v1", "events", "ev"),
        Of<V1PersistentVolume>("", "v1", "persistentvolumes", "pv", cluster: true, status: true),
        Of<V1PersistentVolumeClaim>("", "v1", "persistentvolumeclaims", "pvc", status: true),
        Of<V1PodTemplate>("", "v1", "podtemplates", ""),
        Of<V1ReplicationController>("", "v1", "replicationcontrollers", "rc", status: true,
            all: true) with { Scale = Replicas with { Selector = null } },
        Of<V1ResourceQuota>("", "v1", "resourcequotas", "quota", status: true),
        Of<V1LimitRange>("", "v1", "limitranges", "limits"),

        // workloads
        Of<V1Deployment>("apps", "v1", "deployments", "deploy", status: true, all: true) with { Scale = Replicas },
        Of<V1ReplicaSet>("apps", "v1", "replicasets", "rs", status: true, all: true) with { Scale = Replicas },
        Of<V1StatefulSet>("apps", "v1", "statefulsets", "sts", status: true, all: true) with { Scale = Replicas },
        Of<V1DaemonSet>("apps", "v1", "daemonsets", "ds", status: true, all: true),
        Of<V1ControllerRevision>("apps", "v1", "controllerrevisions", ""),
        Of<V1Job>("batch", "v1", "jobs", "", status: true, all: true),
        Of<V1CronJob>("batch", "v1", "cronjobs", "cj", status: true, all: true),
        Of<V2HorizontalPodAutoscaler>("autoscaling", "v2", "horizontalpodautoscalers", "hpa", status: true, all: true),
        Of<V1PodDisruptionBudget>("policy", "v1", "poddisruptionbudgets", "pdb", status: true),

        // network
        Of<V1Ingress>("networking.k8s.io", "v1", "ingresses", "ing", status: true),
        Of<V1IngressClass>("networking.k8s.io", "v1", "ingressclasses", "", cluster: true),
        Of<V1NetworkPolicy>("networking.k8s.io", "v1", "networkpolicies", "netpol"),
        Of<V1EndpointSlice>("discovery.k8s.io", "v1", "endpointslices", ""),

        // rights
        Of<V1Role>("rbac.authorization.k8s.io", "v1", "roles", ""),
        Of<V1RoleBinding>("rbac.authorization.k8s.io", "v1", "rolebindings", ""),
        Of<V1ClusterRole>("rbac.authorization.k8s.io", "v1", "clusterroles", "", cluster: true),
        Of<V1ClusterRoleBinding>("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "", cluster: true),

        // storage
        Of<V1StorageClass>("storage.k8s.io", "v1", "storageclasses", "sc", cluster: true),
        Of<V1CSIDriver>("storage.k8s.io", "v1", "csidrivers", "", cluster: true),
        Of<V1CSINode>("storage.k8s.io", "v1", "csinodes", "", cluster: true),
        Of<V1VolumeAttachment>("storage.k8s.io", "v1", "volumeattachments", "", cluster: true, status: true),
        Of<V1CSIStorageCapacity>("storage.k8s.io", "v1", "csistoragecapacities", ""),

        // extension
        Of<V1CustomResourceDefinition>("apiextensions.k8s.io", "v1", "customresourcedefinitions", "crd,crds",
            cluster: true, status: true) with
        {
            Categories = ["api-extensions"],
        },
        Of<V1APIService>("apiregistration.k8s.io", "v1", "apiservices", "", cluster: true,
            status: true) with { Categories = ["api-extensions"] },
        Of<V1MutatingWebhookConfiguration>("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "",
            cluster: true) with
        {
            Categories = ["api-extensions"],
        },
        Of<V1ValidatingWebhookConfiguration>("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations",
            "", cluster: true) with
        {
            Categories = ["api-extensions"],
        },

        // the rest
        Of<V1Lease>("coordination.k8s.io", "v1", "leases", ""),
        Of<Eventsv1Event>("events.k8s.io", "v1", "events", "ev") with
        {
            Storage = "events", FromStored = EventVersions.ToEventsGroup, ToStored = EventVersions.ToCore,
        },
        Of<V1PriorityClass>("scheduling.k8s.io", "v1", "priorityclasses", "pc", cluster: true),
        Of<V1RuntimeClass>("node.k8s.io", "v1", "runtimeclasses", "", cluster: true),
        Of<V1CertificateSigningRequest>("certificates.k8s.io", "v1", "certificatesigningrequests", "csr",
            cluster: true, status: true),

        // questions, answered and not stored
        Review<V1TokenReview>("authentication.k8s.io", "tokenreviews"),
        Review<V1SelfSubjectReview>("authentication.k8s.io", "selfsubjectreviews"),
        Review<V1SubjectAccessReview>("authorization.k8s.io", "subjectaccessreviews"),
        Review<V1SelfSubjectAccessReview>("authorization.k8s.io", "selfsubjectaccessreviews"),
        Review<V1SelfSubjectRulesReview>("authorization.k8s.io", "selfsubjectrulesreviews"),
        Review<V1LocalSubjectAccessReview>("authorization.k8s.io",
            "localsubjectaccessreviews") with { Namespaced = true },
    ];

    private static ResourceType Of<T>(
        string group, string version, string plural, string shortNames, bool cluster = false, bool status = false,
            bool all = false)
    {
        var kind = BuiltInSchemas.GoName(typeof(T));
        return new ResourceType
        {
            Group = group,
            Version = version,
            Kind = kind,
            Plural = plural,
            Singular = kind.ToLowerInvariant(),
            Namespaced = !cluster,
            HasStatus = status,
            ShortNames = shortNames.Split(',', StringSplitOptions.RemoveEmptyEntries),
            Categories = all ? ["all"] : [],
            Schema = BuiltInSchemas.Of(typeof(T)),
            Storage = group.Length == 0 ? plural : $"{group}/{plural}",
            Columns = BuiltInColumns.For(plural),
        };
    }

    private static ResourceType Review<T>(string group, string plural) =>
        Of<T>(group, "v1", plural, "", cluster: true) with { Verbs = ["create"] };
}
