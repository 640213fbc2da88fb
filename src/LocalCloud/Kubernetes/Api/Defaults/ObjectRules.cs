using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What is special about single types: defaults, what a client may not set, what has to hold.</summary>
internal static class ObjectRules
{
    private static readonly Dictionary<string, Action<JsonObject>> Defaults = new(StringComparer.Ordinal)
    {
        ["pods"] = PodDefaults.Pod,
        ["services"] = NetworkDefaults.Service,
        ["networking.k8s.io/ingresses"] = NetworkDefaults.Ingress,
        ["networking.k8s.io/networkpolicies"] = NetworkDefaults.NetworkPolicy,
        ["endpoints"] = NetworkDefaults.Endpoints,
        ["discovery.k8s.io/endpointslices"] = NetworkDefaults.EndpointSlice,
        ["secrets"] = CoreDefaults.Secret,
        ["namespaces"] = CoreDefaults.Namespace,
        ["persistentvolumeclaims"] = CoreDefaults.Claim,
        ["persistentvolumes"] = CoreDefaults.Volume,
        ["nodes"] = CoreDefaults.Node,
        ["replicationcontrollers"] = WorkloadDefaults.ReplicationController,
        ["apps/deployments"] = WorkloadDefaults.Deployment,
        ["apps/replicasets"] = WorkloadDefaults.ReplicaSet,
        ["apps/statefulsets"] = WorkloadDefaults.StatefulSet,
        ["apps/daemonsets"] = WorkloadDefaults.DaemonSet,
        ["batch/jobs"] = WorkloadDefaults.Job,
        ["batch/cronjobs"] = WorkloadDefaults.CronJob,
        ["autoscaling/horizontalpodautoscalers"] = WorkloadDefaults.Autoscaler,
        ["policy/poddisruptionbudgets"] = WorkloadDefaults.DisruptionBudget,
        ["rbac.authorization.k8s.io/rolebindings"] = CoreDefaults.RoleBinding,
        ["rbac.authorization.k8s.io/clusterrolebindings"] = CoreDefaults.RoleBinding,
        ["storage.k8s.io/storageclasses"] = CoreDefaults.StorageClass,
        ["scheduling.k8s.io/priorityclasses"] = CoreDefaults.PriorityClass,
        ["admissionregistration.k8s.io/mutatingwebhookconfigurations"] = CoreDefaults.Webhooks,
        ["admissionregistration.k8s.io/validatingwebhookconfigurations"] = CoreDefaults.Webhooks,
        ["apiextensions.k8s.io/customresourcedefinitions"] = CoreDefaults.Definition,
    };

    public static void Default(ClusterState state, ResourceType type, JsonObject value, JsonObject? before)
    {
        if (type.IsCustom)
        {
            CustomResourceDefaults.Apply(type.Schema, value);
        }
        else if (Defaults.TryGetValue(type.Storage, out var apply))
        {
            apply(value);
        }

        if (type.Storage == "services")
        {
            state.Addresses.Allocate(state, value, before);
        }
    }

    /// <summary>A client does not say how its new object fares.</summary>
    public static void PrepareCreate(ClusterState state, ResourceType type, JsonObject value)
    {
        if (!type.HasStatus)
        {
            return;
        }

        // A kubelet registers its node with the status in the same request.
        if (type.Storage == "nodes" && value["status"] is JsonObject)
        {
            return;
        }

        value.Remove("status");
        if (!type.IsCustom && InitialStatus(type.Storage, value) is { } status)
        {
            value["status"] = status;
        }

        if (type.Storage == "apiextensions.k8s.io/customresourcedefinitions")
        {
            CustomResources.Establish(value, state.Now);
        }
    }

    /// <summary>The status is written by its subresource, everything else without it.</summary>
    public static void PrepareUpdate(ClusterState state, WriteRequest request, JsonObject value, JsonObject before)
    {
        var type = request.Type;
        if (request.Subresource == "status")
        {
            foreach (var name in value.Select(pair =>
                pair.Key).Concat(before.Select(pair => pair.Key)).Distinct().ToList())
            {
                if (name is not ("metadata" or "status"))
                {
                    value.Put(name, before[name]);
                }
            }

            if (type.IsCustom)
            {
                var (metadata, managed) =
                    (before.Map("metadata")!.Copy(), value.At("metadata", "managedFields")?.DeepClone());
                metadata.Put("managedFields", managed);
                value["metadata"] = metadata;
            }
        }
        else if (type.HasStatus && request.Subresource.Length == 0)
        {
            value.Put("status", before["status"]);
        }

        if (type.Storage == "namespaces" && request.Subresource != "finalize")
        {
            value.Put("spec", before["spec"]);
        }

        if (type.Storage == "apiextensions.k8s.io/customresourcedefinitions" && request.Subresource.Length == 0)
        {
            CustomResources.Establish(value, state.Now);
        }
    }

    public static List<FieldError> Validate(ClusterState state, ResourceType type, JsonObject value, JsonObject? before)
    {
        var errors = new List<FieldError>();
        MetadataRules.Validate(type, value, before, errors);
        if (type.IsCustom)
        {
            CustomResourceRules.Validate(type, value, before, errors);
        }
        else
        {
            BuiltInRules.Validate(type, value, before, errors);
        }

        return errors;
    }

    private static JsonObject? InitialStatus(string storage, JsonObject value) => storage switch
    {
        "pods" => new JsonObject { ["phase"] = "Pending", ["qosClass"] = PodDefaults.QualityOfService(value) },
        "services" or "networking.k8s.io/ingresses" => new JsonObject { ["loadBalancer"] = new JsonObject() },
        "namespaces" => new JsonObject { ["phase"] = "Active" },
        "apps/replicasets" or "replicationcontrollers" => new JsonObject { ["replicas"] = 0 },
        "apps/statefulsets" => new JsonObject { ["replicas"] = 0, ["availableReplicas"] = 0 },
        "apps/daemonsets" => new JsonObject
        {
            ["currentNumberScheduled"] = 0,
            ["numberMisscheduled"] = 0,
            ["desiredNumberScheduled"] = 0,
            ["numberReady"] = 0,
        },
        "persistentvolumeclaims" or "persistentvolumes" => new JsonObject { ["phase"] = "Pending" },
        "policy/poddisruptionbudgets" => new JsonObject
        {
            ["currentHealthy"] = 0,
            ["desiredHealthy"] = 0,
            ["disruptionsAllowed"] = 0,
            ["expectedPods"] = 0,
        },
        "autoscaling/horizontalpodautoscalers" => new JsonObject { ["currentReplicas"] = 0, ["desiredReplicas"] = 0 },
        "nodes" => new JsonObject
        {
            ["daemonEndpoints"] =
            new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = 0 } }
        },
        "apiregistration.k8s.io/apiservices" or "apps/deployments" or "batch/jobs" or "batch/cronjobs"
            or "resourcequotas" or "apiextensions.k8s.io/customresourcedefinitions" or "certificates.k8s.io/certificatesigningrequests" => [],
        _ => null,
    };
}
