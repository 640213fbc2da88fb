using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>The columns of built-in types between Name and Age.</summary>
internal static partial class BuiltInColumns
{
    private static readonly Dictionary<string, Column[]> Known = new(StringComparer.Ordinal)
    {
        ["pods"] =
        [
            Text("Ready", pod =>
                $"{pod.Items("status", "containerStatuses").Count(one => one.Flag("ready") is true)}/{pod.Items("spec", "containers").Count()}"),
            Text("Status", PodStatus),
            Text("Restarts", pod =>
                pod.Items("status", "containerStatuses").Sum(one => one.Number("restartCount") ?? 0).ToString()),
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
        ["secrets"] = [Text("Type", secret => secret.Text("type")),
            Number("Data", secret => secret.Map("data")?.Count ?? 0)],
        ["serviceaccounts"] = [Number("Secrets", account => account.Items("secrets").Count())],
        ["endpoints"] = [Text("Endpoints", EndpointAddresses)],
        ["events"] =
        [
            new("Last Seen", "string", 0, (item, now) => Tables.AgeOf(
                item["lastTimestamp"] ?? item["deprecatedLastTimestamp"] ?? item["eventTime"]
                    ?? item.At("metadata", "creationTimestamp"), now)),
            Text("Type", item => item.Text("type")),
            Text("Reason", item => item.Text("reason")),
            Text("Object", item => (item.Map("involvedObject") ?? item.Map("regarding")) is { } about
                ? $"{about.Text("kind")?.ToLowerInvariant()}/{about.Text("name")}" : ""),
            Text("Message", item => (item.Text("message") ?? item.Text("note"))?.Trim()),
        ],
        ["persistentvolumeclaims"] =
        [
            Text("Status", claim => claim.Text("status", "phase")),
                Text("Volume", claim => claim.Text("spec", "volumeName") ?? ""),
            Text("Capacity", claim => claim.Text("status", "capacity", "storage") ?? ""),
                Text("Access Modes", claim => Modes(claim.Texts("status", "accessModes"))),
            Text("StorageClass", claim => claim.Text("spec", "storageClassName") ?? ""),
                Text("VolumeAttributesClass", _ => "<unset>"),
            Text("VolumeMode", claim => claim.Text("spec", "volumeMode"), wide: true),
        ],
        ["persistentvolumes"] =
        [
            Text("Capacity", item => item.Text("spec", "capacity", "storage")),
                Text("Access Modes", item => Modes(item.Texts("spec", "accessModes"))),
            Text("Reclaim Policy", item => item.Text("spec", "persistentVolumeReclaimPolicy")),
                Text("Status", item => item.Text("status", "phase")),
            Text("Claim", item => item.Map("spec", "claimRef") is { } claim
                ? $"{claim.Text("namespace")}/{claim.Text("name")}" : ""),
            Text("StorageClass", item => item.Text("spec", "storageClassName") ?? ""),
        ],
        ["deployments"] =
        [
            Text("Ready", item =>
                $"{item.Number("status", "readyReplicas") ?? 0}/{item.Number("spec", "replicas") ?? 0}"),
            Number("Up-to-date", item => item.Number("status", "updatedReplicas") ?? 0),
            Number("Available", item => item.Number("status", "availableReplicas") ?? 0),
            .. Template("Containers", "Images", "Selector"),
        ],
        ["replicasets"] =
        [
            Number("Desired", item => item.Number("spec", "replicas") ?? 0),
                Number("Current", item => item.Number("status", "replicas") ?? 0),
            Number("Ready", item => item.Number("status", "readyReplicas") ?? 0),
                .. Template("Containers", "Images", "Selector"),
        ],
        ["statefulsets"] =
        [
            Text("Ready", item =>
                $"{item.Number("status", "readyReplicas") ?? 0}/{item.Number("spec", "replicas") ?? 0}"),
                .. Template("Containers", "Images", null),
        ],
        ["daemonsets"] =
        [
            Number("Desired", item => item.Number("status", "desiredNumberScheduled") ?? 0),
                Number("Current", item => item.Number("status", "currentNumberScheduled") ?? 0),
            Number("Ready", item => item.Number("status", "numberReady") ?? 0),
                Number("Up-to-date", item => item.Number("status", "updatedNumberScheduled") ?? 0),
            Number("Available", item => item.Number("status", "numberAvailable") ?? 0),
                Text("Node Selector", item => Labels(item.Map("spec", "template", "spec", "nodeSelector"))),
            .. Template("Containers", "Images", "Selector"),
        ],
        ["jobs"] =
        [
            Text("Status", JobStatus),
                Text("Completions", item =>
                $"{item.Number("status", "succeeded") ?? 0}/{item.Number("spec", "completions") ?? 1}"),
            new("Duration", "string", 0, JobDuration), .. Template("Containers", "Images", "Selector"),
        ],
        ["cronjobs"] =
        [
            Text("Schedule", item => item.Text("spec", "schedule")),
                Text("Timezone", item => item.Text("spec", "timeZone") ?? "<none>"),
            Text("Suspend", item => item.Flag("spec", "suspend") is true ? "True" : "False"),
                Number("Active", item => item.Items("status", "active").Count()),
            new("Last Schedule", "string", 0, (item, now) => item.At("status", "lastScheduleTime") is { } time
                ? Tables.AgeOf(time, now) : "<none>"),
        ],
        ["horizontalpodautoscalers"] =
        [
            Text("Reference", item =>
                $"{item.Text("spec", "scaleTargetRef", "kind")}/{item.Text("spec", "scaleTargetRef", "name")}"),
                Text("Targets", _ => "<unknown>"),
            Text("MinPods", item => item.Number("spec", "minReplicas")?.ToString() ?? "<unset>"),
                Number("MaxPods", item => item.Number("spec", "maxReplicas") ?? 0),
            Number("Replicas", item => item.Number("status", "currentReplicas") ?? 0),
        ],
        ["poddisruptionbudgets"] =
        [
            Text("Min Available", item => Plain(item.At("spec", "minAvailable")) ?? "N/A"),
                Text("Max Unavailable", item => Plain(item.At("spec", "maxUnavailable")) ?? "N/A"),
            Number("Allowed Disruptions", item => item.Number("status", "disruptionsAllowed") ?? 0),
        ],
        ["ingresses"] =
        [
            Text("Class", item => item.Text("spec", "ingressClassName")
                ?? item.Text("metadata", "annotations", "kubernetes.io/ingress.class") ?? "<none>"),
            Text("Hosts", item =>
                string.Join(',', item.Items("spec", "rules").Select(rule => rule.Text("host")
                ?? "*")) is { Length: > 0 } hosts ? hosts : "*"),
            Text("Address", Balancers), Text("Ports", item => item.Items("spec", "tls").Any() ? "80, 443" : "80"),
        ],
        ["ingressclasses"] =
            [Text("Controller", item => item.Text("spec", "controller")),
            Text("Parameters", item => item.Map("spec", "parameters") is { } p ? $"{p.Text("kind")}/{p.Text("name")}"
            : "<none>")],
        ["endpointslices"] =
        [
            Text("AddressType", item => item.Text("addressType")),
                Text("Ports", item => string.Join(',', item.Items("ports").Select(port => port.Number("port")))),
            Text("Endpoints", item =>
                string.Join(',', item.Items("endpoints").SelectMany(one => one.Texts("addresses")))),
        ],
        ["customresourcedefinitions"] =
            [new("Created At", "date", 0, (item, _) => item.Text("metadata", "creationTimestamp"))],
        ["clusterroles"] = [new("Created At", "date", 0, (item, _) => item.Text("metadata", "creationTimestamp"))],
        ["roles"] = [new("Created At", "date", 0, (item, _) => item.Text("metadata", "creationTimestamp"))],
        ["clusterrolebindings"] =
            [Text("Role", item => $"{item.Text("roleRef", "kind")}/{item.Text("roleRef", "name")}")],
        ["rolebindings"] = [Text("Role", item => $"{item.Text("roleRef", "kind")}/{item.Text("roleRef", "name")}")],
        ["mutatingwebhookconfigurations"] = [Number("Webhooks", item => item.Items("webhooks").Count())],
        ["validatingwebhookconfigurations"] = [Number("Webhooks", item => item.Items("webhooks").Count())],
        ["storageclasses"] =
        [
            Text("Provisioner", item => item.Text("provisioner")),
                Text("ReclaimPolicy", item => item.Text("reclaimPolicy")),
            Text("VolumeBindingMode", item => item.Text("volumeBindingMode")),
                Text("AllowVolumeExpansion", item => item.Flag("allowVolumeExpansion") is true ? "true" : "false"),
        ],
        ["leases"] = [Text("Holder", item => item.Text("spec", "holderIdentity") ?? "")],
        ["priorityclasses"] =
            [Number("Value", item => item.Number("value") ?? 0),
            Text("Global-Default", item => item.Flag("globalDefault") is true ? "true" : "false")],
    };

    public static IReadOnlyList<Column> For(string plural) => Known.GetValueOrDefault(plural) ?? [];

    private static Column Text(string name, Func<JsonObject, string?> read, bool wide = false) =>
        new(name, "string", wide ? 1 : 0, (value, _) => read(value));

    private static Column Number(string name, Func<JsonObject, long> read) =>
        new(name, "integer", 0, (value, _) => read(value));

    private static IEnumerable<Column> Template(string containers, string images, string? selector)
    {
        yield return Text(containers, item =>
            string.Join(',', item.Items("spec", "template", "spec", "containers").Select(one => one.Text("name"))),
            wide: true);
        yield return Text(images, item =>
            string.Join(',', item.Items("spec", "template", "spec", "containers").Select(one => one.Text("image"))),
            wide: true);
        if (selector is not null)
        {
            yield return Text(selector, item => Labels(item.Map("spec", "selector", "matchLabels")), wide: true);
        }
    }
}
