using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>The kinds whose resource types say the same as the API in other letters.</summary>
internal static class ObjectKinds
{
    private const string Rbac = "rbac.authorization.k8s.io/v1";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ObjectKind> All { get; } =
    [
        new("namespace", "v1", "Namespace", "namespaces", false) { HasDataSource = true },
        new("secret", "v1", "Secret", "secrets", true)
        {
            HasDataSource = true,
            Immutable = ["type"],
            Defaults = new Dictionary<string, TfValue> { ["type"] = "Opaque" },
        },
        new("config_map", "v1", "ConfigMap", "configmaps", true) { HasDataSource = true },
        new("service_account", "v1", "ServiceAccount", "serviceaccounts", true)
        {
            HasDataSource = true,
            Defaults = new Dictionary<string, TfValue> { ["automount_service_account_token"] = true },
        },
        new("role", Rbac, "Role", "roles", true),
        new("cluster_role", Rbac, "ClusterRole", "clusterroles", false),
        new("role_binding", Rbac, "RoleBinding", "rolebindings", true) { Immutable = ["role_ref"] },
        new("cluster_role_binding", Rbac, "ClusterRoleBinding", "clusterrolebindings", false) { Immutable = ["role_ref"] },
        new("storage_class", "storage.k8s.io/v1", "StorageClass", "storageclasses", false)
        {
            HasDataSource = true,
            Immutable = ["storage_provisioner", "parameters", "reclaim_policy", "volume_binding_mode", "mount_options", "allowed_topologies"],
            Defaults = new Dictionary<string, TfValue>
            {
                ["reclaim_policy"] = "Delete",
                ["volume_binding_mode"] = "Immediate",
                ["allow_volume_expansion"] = true,
            },
        },
        new("ingress_class", "networking.k8s.io/v1", "IngressClass", "ingressclasses", false),
        new("priority_class", "scheduling.k8s.io/v1", "PriorityClass", "priorityclasses", false) { Immutable = ["value"] },
        new("limit_range", "v1", "LimitRange", "limitranges", true),
        new("network_policy", "networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", true),
        new("service", "v1", "Service", "services", true) { HasDataSource = true },
        new("ingress", "networking.k8s.io/v1", "Ingress", "ingresses", true) { HasUnversionedName = false, HasDataSource = true },
        new("deployment", "apps/v1", "Deployment", "deployments", true)
        {
            Immutable = ["spec.selector"],
            Defaults = new Dictionary<string, TfValue> { ["wait_for_rollout"] = true },
        },
        new("stateful_set", "apps/v1", "StatefulSet", "statefulsets", true)
        {
            Immutable = ["spec.selector", "spec.service_name"],
            Defaults = new Dictionary<string, TfValue> { ["wait_for_rollout"] = true },
        },
        new("job", "batch/v1", "Job", "jobs", true)
        {
            Immutable = ["spec"],
            Defaults = new Dictionary<string, TfValue> { ["wait_for_completion"] = true },
        },
        new("cron_job", "batch/v1", "CronJob", "cronjobs", true) { HasUnversionedName = false },
    ];
}
