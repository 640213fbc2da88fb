using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>The columns of built-in types between Name and Age.</summary>
internal static class BuiltInColumns
{
    private static readonly Dictionary<string, Column[]> Known = new(StringComparer.Ordinal)
    {
        ["pods"] =
        [
            Text("Ready", pod => $"{pod.Items("status", "containerStatuses").Count(one => one.Flag("ready") is true)}/{pod.Items("spec", "containers").Count()}"),
            Text("Status", PodStatus),
            Text("Restarts", pod => pod.Items("status", "containerStatuses").Sum(one => one.Number("restartCount") ?? 0).ToString()),
            Text("IP", pod => pod.Text("status", "podIP") ?? "<none>", wide: true),
            Text("Node", pod => pod.Text("spec", "nodeName") ?? "<none>", wide: true),
            Text("Nominated Node", pod => pod.Text("status", "nominatedNodeName") ?? "<none>", wide: true),
            Text("Readiness Gates", _ => "<none>", wide: true),
        ],
        ["namespaces"] = [Text("Status", item => item.Text("status", "phase"))],
        ["nodes"] =
        [
            Text("Status", NodeStatus),
            Text("Roles", NodeRoles),
            Text("Version", node => node.Text("status", "nodeInfo", "kubeletVersion")),
            Text("Internal-IP", node => NodeAddress(node, "InternalIP"), wide: true),
            Text("External-IP", node => NodeAddress(node, "ExternalIP"), wide: true),
            Text("OS-Image", node => node.Text("status", "nodeInfo", "osImage"), wide: true),
            Text("Kernel-Version", node => node.Text("status", "nodeInfo", "kernelVersion"), wide: true),
            Text("Container-Runtime", node => node.Text("status", "nodeInfo", "containerRuntimeVersion"), wide: true),
        ],
        ["services"] =
        [
            Text("Type", service => service.Text("spec", "type")),
            Text("Cluster-IP", service => service.Text("spec", "clusterIP") ?? "<none>"),
            Text("External-IP", ExternalAddress),
            Text("Port(s)", ServicePorts),
            Text("Selector", service => Labels(service.Map("spec", "selector")), wide: true),
        ],
        ["configmaps"] = [Number("Data", map => (map.Map("data")?.Count ?? 0) + (map.Map("binaryData")?.Count ?? 0))],
        ["secrets"] = [Text("Type", secret => secret.Text("type")), Number("Data", secret => secret.Map("data")?.Count ?? 0)],
        ["serviceaccounts"] = [Number("Secrets", account => account.Items("secrets").Count())],
        ["endpoints"] = [Text("Endpoints", EndpointAddresses)],
        ["events"] =
        [
            new("Last Seen", "string", 0, (item, now) => Tables.AgeOf(
                item["lastTimestamp"] ?? item["deprecatedLastTimestamp"] ?? item["eventTime"] ?? item.At("metadata", "creationTimestamp"), now)),
            Text("Type", item => item.Text("type")),
            Text("Reason", item => item.Text("reason")),
            Text("Object", item => (item.Map("involvedObject") ?? item.Map("regarding")) is { } about ? $"{about.Text("kind")?.ToLowerInvariant()}/{about.Text("name")}" : ""),
            Text("Message", item => (item.Text("message") ?? item.Text("note"))?.Trim()),
        ],
        ["persistentvolumeclaims"] =
        [
            Text("Status", claim => claim.Text("status", "phase")), Text("Volume", claim => claim.Text("spec", "volumeName") ?? ""),
            Text("Capacity", claim => claim.Text("status", "capacity", "storage") ?? ""), Text("Access Modes", claim => Modes(claim.Texts("status", "accessModes"))),
            Text("StorageClass", claim => claim.Text("spec", "storageClassName") ?? ""), Text("VolumeAttributesClass", _ => "<unset>"),
            Text("VolumeMode", claim => claim.Text("spec", "volumeMode"), wide: true),
        ],
        ["persistentvolumes"] =
        [
            Text("Capacity", item => item.Text("spec", "capacity", "storage")), Text("Access Modes", item => Modes(item.Texts("spec", "accessModes"))),
            Text("Reclaim Policy", item => item.Text("spec", "persistentVolumeReclaimPolicy")), Text("Status", item => item.Text("status", "phase")),
            Text("Claim", item => item.Map("spec", "claimRef") is { } claim ? $"{claim.Text("namespace")}/{claim.Text("name")}" : ""),
            Text("StorageClass", item => item.Text("spec", "storageClassName") ?? ""),
        ],
        ["deployments"] =
        [
            Text("Ready", item => $"{item.Number("status", "readyReplicas") ?? 0}/{item.Number("spec", "replicas") ?? 0}"),
            Number("Up-to-date", item => item.Number("status", "updatedReplicas") ?? 0),
            Number("Available", item => item.Number("status", "availableReplicas") ?? 0),
            .. Template("Containers", "Images", "Selector"),
        ],
        ["replicasets"] =
        [
            Number("Desired", item => item.Number("spec", "replicas") ?? 0), Number("Current", item => item.Number("status", "replicas") ?? 0),
            Number("Ready", item => item.Number("status", "readyReplicas") ?? 0), .. Template("Containers", "Images", "Selector"),
        ],
        ["statefulsets"] =
        [
            Text("Ready", item => $"{item.Number("status", "readyReplicas") ?? 0}/{item.Number("spec", "replicas") ?? 0}"), .. Template("Containers", "Images", null),
        ],
        ["daemonsets"] =
        [
            Number("Desired", item => item.Number("status", "desiredNumberScheduled") ?? 0), Number("Current", item => item.Number("status", "currentNumberScheduled") ?? 0),
            Number("Ready", item => item.Number("status", "numberReady") ?? 0), Number("Up-to-date", item => item.Number("status", "updatedNumberScheduled") ?? 0),
            Number("Available", item => item.Number("status", "numberAvailable") ?? 0), Text("Node Selector", item => Labels(item.Map("spec", "template", "spec", "nodeSelector"))),
            .. Template("Containers", "Images", "Selector"),
        ],
        ["jobs"] =
        [
            Text("Status", JobStatus), Text("Completions", item => $"{item.Number("status", "succeeded") ?? 0}/{item.Number("spec", "completions") ?? 1}"),
            new("Duration", "string", 0, JobDuration), .. Template("Containers", "Images", "Selector"),
        ],
        ["cronjobs"] =
        [
            Text("Schedule", item => item.Text("spec", "schedule")), Text("Timezone", item => item.Text("spec", "timeZone") ?? "<none>"),
            Text("Suspend", item => item.Flag("spec", "suspend") is true ? "True" : "False"), Number("Active", item => item.Items("status", "active").Count()),
            new("Last Schedule", "string", 0, (item, now) => item.At("status", "lastScheduleTime") is { } time ? Tables.AgeOf(time, now) : "<none>"),
        ],
        ["horizontalpodautoscalers"] =
        [
            Text("Reference", item => $"{item.Text("spec", "scaleTargetRef", "kind")}/{item.Text("spec", "scaleTargetRef", "name")}"), Text("Targets", _ => "<unknown>"),
            Text("MinPods", item => item.Number("spec", "minReplicas")?.ToString() ?? "<unset>"), Number("MaxPods", item => item.Number("spec", "maxReplicas") ?? 0),
            Number("Replicas", item => item.Number("status", "currentReplicas") ?? 0),
        ],
        ["poddisruptionbudgets"] =
        [
            Text("Min Available", item => Plain(item.At("spec", "minAvailable")) ?? "N/A"), Text("Max Unavailable", item => Plain(item.At("spec", "maxUnavailable")) ?? "N/A"),
            Number("Allowed Disruptions", item => item.Number("status", "disruptionsAllowed") ?? 0),
        ],
        ["ingresses"] =
        [
            Text("Class", item => item.Text("spec", "ingressClassName") ?? item.Text("metadata", "annotations", "kubernetes.io/ingress.class") ?? "<none>"),
            Text("Hosts", item => string.Join(',', item.Items("spec", "rules").Select(rule => rule.Text("host") ?? "*")) is { Length: > 0 } hosts ? hosts : "*"),
            Text("Address", Balancers), Text("Ports", item => item.Items("spec", "tls").Any() ? "80, 443" : "80"),
        ],
        ["ingressclasses"] = [Text("Controller", item => item.Text("spec", "controller")), Text("Parameters", item => item.Map("spec", "parameters") is { } p ? $"{p.Text("kind")}/{p.Text("name")}" : "<none>")],
        ["endpointslices"] =
        [
            Text("AddressType", item => item.Text("addressType")), Text("Ports", item => string.Join(',', item.Items("ports").Select(port => port.Number("port")))),
            Text("Endpoints", item => string.Join(',', item.Items("endpoints").SelectMany(one => one.Texts("addresses")))),
        ],
        ["customresourcedefinitions"] = [new("Created At", "date", 0, (item, _) => item.Text("metadata", "creationTimestamp"))],
        ["clusterroles"] = [new("Created At", "date", 0, (item, _) => item.Text("metadata", "creationTimestamp"))],
        ["roles"] = [new("Created At", "date", 0, (item, _) => item.Text("metadata", "creationTimestamp"))],
        ["clusterrolebindings"] = [Text("Role", item => $"{item.Text("roleRef", "kind")}/{item.Text("roleRef", "name")}")],
        ["rolebindings"] = [Text("Role", item => $"{item.Text("roleRef", "kind")}/{item.Text("roleRef", "name")}")],
        ["mutatingwebhookconfigurations"] = [Number("Webhooks", item => item.Items("webhooks").Count())],
        ["validatingwebhookconfigurations"] = [Number("Webhooks", item => item.Items("webhooks").Count())],
        ["storageclasses"] =
        [
            Text("Provisioner", item => item.Text("provisioner")), Text("ReclaimPolicy", item => item.Text("reclaimPolicy")),
            Text("VolumeBindingMode", item => item.Text("volumeBindingMode")), Text("AllowVolumeExpansion", item => item.Flag("allowVolumeExpansion") is true ? "true" : "false"),
        ],
        ["leases"] = [Text("Holder", item => item.Text("spec", "holderIdentity") ?? "")],
        ["priorityclasses"] = [Number("Value", item => item.Number("value") ?? 0), Text("Global-Default", item => item.Flag("globalDefault") is true ? "true" : "false")],
    };

    public static IReadOnlyList<Column> For(string plural) => Known.GetValueOrDefault(plural) ?? [];

    private static Column Text(string name, Func<JsonObject, string?> read, bool wide = false) => new(name, "string", wide ? 1 : 0, (value, _) => read(value));

    private static Column Number(string name, Func<JsonObject, long> read) => new(name, "integer", 0, (value, _) => read(value));

    private static IEnumerable<Column> Template(string containers, string images, string? selector)
    {
        yield return Text(containers, item => string.Join(',', item.Items("spec", "template", "spec", "containers").Select(one => one.Text("name"))), wide: true);
        yield return Text(images, item => string.Join(',', item.Items("spec", "template", "spec", "containers").Select(one => one.Text("image"))), wide: true);
        if (selector is not null)
        {
            yield return Text(selector, item => Labels(item.Map("spec", "selector", "matchLabels")), wide: true);
        }
    }

    private static string PodStatus(JsonObject pod)
    {
        if (pod.At("metadata", "deletionTimestamp") is not null)
        {
            return "Terminating";
        }

        foreach (var container in pod.Items("status", "initContainerStatuses"))
        {
            if (container.Text("state", "waiting", "reason") is { } waiting && waiting != "PodInitializing")
            {
                return "Init:" + waiting;
            }
        }

        foreach (var container in pod.Items("status", "containerStatuses"))
        {
            if ((container.Text("state", "waiting", "reason") ?? container.Text("state", "terminated", "reason")) is { } reason)
            {
                return reason;
            }
        }

        return pod.Text("status", "reason") ?? pod.Text("status", "phase") ?? "Unknown";
    }

    private static string NodeStatus(JsonObject node)
    {
        var ready = node.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "Ready");
        var status = ready is null ? "Unknown" : ready.Text("status") == "True" ? "Ready" : "NotReady";
        return node.Flag("spec", "unschedulable") is true ? status + ",SchedulingDisabled" : status;
    }

    private static string NodeRoles(JsonObject node)
    {
        const string Prefix = "node-role.kubernetes.io/";
        var roles = (node.Map("metadata", "labels") ?? []).Select(label => label.Key).Where(key => key.StartsWith(Prefix, StringComparison.Ordinal)).Select(key => key[Prefix.Length..]);
        return string.Join(',', roles) is { Length: > 0 } all ? all : "<none>";
    }

    private static string NodeAddress(JsonObject node, string type) =>
        node.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == type).Text("address") ?? "<none>";

    private static string ExternalAddress(JsonObject service) => service.Text("spec", "type") switch
    {
        "ExternalName" => service.Text("spec", "externalName") ?? "",
        "LoadBalancer" => Balancers(service) is { Length: > 0 } addresses ? addresses : "<pending>",
        _ => service.Texts("spec", "externalIPs").FirstOrDefault() ?? "<none>",
    };

    private static string Balancers(JsonObject item) =>
        string.Join(',', item.Items("status", "loadBalancer", "ingress").Select(one => one.Text("hostname") ?? one.Text("ip")));

    private static string ServicePorts(JsonObject service)
    {
        var ports = service.Items("spec", "ports").Select(port => port.Number("nodePort") is { } node and > 0
            ? $"{port.Number("port")}:{node}/{port.Text("protocol")}" : $"{port.Number("port")}/{port.Text("protocol")}");
        return string.Join(',', ports) is { Length: > 0 } all ? all : "<none>";
    }

    private static string EndpointAddresses(JsonObject endpoints)
    {
        var all = endpoints.Items("subsets").SelectMany(subset => subset.Items("addresses").SelectMany(address =>
            subset.Items("ports").Select(port => $"{address.Text("ip")}:{port.Number("port")}").DefaultIfEmpty(address.Text("ip") ?? ""))).ToList();
        var shown = string.Join(',', all.Take(3));
        return all.Count == 0 ? "<none>" : all.Count > 3 ? $"{shown} + {all.Count - 3} more..." : shown;
    }

    private static string JobStatus(JsonObject job)
    {
        foreach (var condition in job.Items("status", "conditions").Where(condition => condition.Text("status") == "True"))
        {
            if (condition.Text("type") is "Complete" or "Failed" or "Suspended" or "FailureTarget" or "SuccessCriteriaMet" && condition.Text("type") is { } type)
            {
                return type;
            }
        }

        return job.At("metadata", "deletionTimestamp") is not null ? "Terminating" : "Running";
    }

    private static JsonNode? JobDuration(JsonObject job, DateTimeOffset now)
    {
        if (job.Text("status", "startTime") is not { } started)
        {
            return "";
        }

        var end = job.Text("status", "completionTime") is { } completed ? DateTimeOffset.Parse(completed, System.Globalization.CultureInfo.InvariantCulture) : now;
        return Tables.Duration(end - DateTimeOffset.Parse(started, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static string Labels(JsonObject? labels) =>
        labels is null || labels.Count == 0 ? "<none>" : string.Join(',', labels.Select(label => $"{label.Key}={label.Value.Text()}").Order(StringComparer.Ordinal));

    private static string Modes(IEnumerable<string> modes) => string.Join(',', modes.Select(mode => mode switch
    {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        _ => mode,
    }));

    private static string? Plain(JsonNode? value) => value.Text() ?? value?.ToJsonString();
}
