using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What has to hold for built-in types: required members by the schema, then each type's own rules.</summary>
internal static class BuiltInRules
{
    private static readonly Dictionary<string, Action<JsonObject, JsonObject?,
        List<FieldError>>> Rules = new(StringComparer.Ordinal)
        {
            ["pods"] = PodRules.Pod,
            ["apps/deployments"] = WorkloadRules.Deployment,
            ["apps/replicasets"] = WorkloadRules.ReplicaSet,
            ["apps/statefulsets"] = WorkloadRules.StatefulSet,
            ["apps/daemonsets"] = WorkloadRules.DaemonSet,
            ["batch/jobs"] = WorkloadRules.Job,
            ["batch/cronjobs"] = WorkloadRules.CronJob,
            ["autoscaling/horizontalpodautoscalers"] = WorkloadRules.Autoscaler,
            ["services"] = NetworkRules.Service,
            ["endpoints"] = NetworkRules.Endpoints,
            ["discovery.k8s.io/endpointslices"] = NetworkRules.EndpointSlice,
            ["networking.k8s.io/ingresses"] = NetworkRules.Ingress,
            ["secrets"] = CoreRules.Secret,
            ["configmaps"] = CoreRules.ConfigMap,
            ["persistentvolumeclaims"] = CoreRules.Claim,
            ["rbac.authorization.k8s.io/roles"] = CoreRules.Role,
            ["rbac.authorization.k8s.io/clusterroles"] = CoreRules.Role,
            ["rbac.authorization.k8s.io/rolebindings"] = CoreRules.RoleBinding,
            ["rbac.authorization.k8s.io/clusterrolebindings"] = CoreRules.RoleBinding,
            ["storage.k8s.io/storageclasses"] = CoreRules.StorageClass,
            ["scheduling.k8s.io/priorityclasses"] = CoreRules.PriorityClass,
            ["apiextensions.k8s.io/customresourcedefinitions"] = DefinitionRules.Definition,
            ["admissionregistration.k8s.io/mutatingwebhookconfigurations"] = CoreRules.Webhooks,
            ["admissionregistration.k8s.io/validatingwebhookconfigurations"] = CoreRules.Webhooks,
        };

    public static void Validate(ResourceType type, JsonObject value, JsonObject? before, List<FieldError> errors)
    {
        if (Rules.TryGetValue(type.Storage, out var rules))
        {
            rules(value, before, errors);
        }
    }

    /// <summary>A field that keeps its value for ever.</summary>
    public static void Immutable(JsonObject value, JsonObject? before, string path, List<FieldError> errors,
        string? shown = null)
    {
        var steps = path.Split('.');
        if (before is not null && !Json.Same(value.At(steps), before.At(steps)))
        {
            errors.Add(FieldError.InvalidText(path, shown ?? Json.Compact(value.At(steps)), "field is immutable"));
        }
    }

    /// <summary>A list is named once.</summary>
    public static void Unique(IEnumerable<JsonObject> items, string path, string member, List<FieldError> errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (item, index) in items.Select((item, index) => (item, index)))
        {
            if (item.Text(member) is { } name && !seen.Add(name))
            {
                errors.Add(FieldError.Duplicate($"{path}[{index}].{member}", name));
            }
        }
    }

    /// <summary>A port's number.</summary>
    public static void Port(JsonNode? port, string path, List<FieldError> errors)
    {
        if (port.Number() is not (>= 1 and <= 65535))
        {
            errors.Add(FieldError.Invalid(path, port ?? 0, "must be between 1 and 65535, inclusive"));
        }
    }

    /// <summary>One of a few words.</summary>
    public static void OneOf(string? word, string path, List<FieldError> errors, params string[] allowed)
    {
        if (word is not null && !allowed.Contains(word))
        {
            errors.Add(FieldError.NotSupported(path, word, allowed));
        }
    }
}
