using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <content>What stands in the cells that need more than one field.</content>
internal static partial class BuiltInColumns
{
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
            if ((container.Text("state", "waiting", "reason")
                ?? container.Text("state", "terminated", "reason")) is { } reason)
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
        var roles = (node.Map("metadata", "labels")
            ?? []).Select(label => label.Key).Where(key =>
            key.StartsWith(Prefix, StringComparison.Ordinal)).Select(key => key[Prefix.Length..]);
        return string.Join(',', roles) is { Length: > 0 } all ? all : "<none>";
    }

    private static string NodeAddress(JsonObject node, string type) =>
        node.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == type).Text("address")
            ?? "<none>";

    private static string ExternalAddress(JsonObject service) => service.Text("spec", "type") switch
    {
        "ExternalName" => service.Text("spec", "externalName") ?? "",
        "LoadBalancer" => Balancers(service) is { Length: > 0 } addresses ? addresses : "<pending>",
        _ => service.Texts("spec", "externalIPs").FirstOrDefault() ?? "<none>",
    };

    private static string Balancers(JsonObject item) =>
        string.Join(',', item.Items("status", "loadBalancer", "ingress").Select(one => one.Text("hostname")
            ?? one.Text("ip")));

    private static string ServicePorts(JsonObject service)
    {
        var ports = service.Items("spec", "ports").Select(port => port.Number("nodePort") is { } node and > 0
            ? $"{port.Number("port")}:{node}/{port.Text("protocol")}"
                : $"{port.Number("port")}/{port.Text("protocol")}");
        return string.Join(',', ports) is { Length: > 0 } all ? all : "<none>";
    }

    private static string EndpointAddresses(JsonObject endpoints)
    {
        var all = endpoints.Items("subsets").SelectMany(subset => subset.Items("addresses").SelectMany(address =>
            subset.Items("ports").Select(port =>
                $"{address.Text("ip")}:{port.Number("port")}").DefaultIfEmpty(address.Text("ip") ?? ""))).ToList();
        var shown = string.Join(',', all.Take(3));
        return all.Count == 0 ? "<none>" : all.Count > 3 ? $"{shown} + {all.Count - 3} more..." : shown;
    }

    private static string JobStatus(JsonObject job)
    {
        foreach (var condition in job.Items("status", "conditions").Where(condition =>
            condition.Text("status") == "True"))
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

        var end = job.Text("status", "completionTime") is { } completed
            ? DateTimeOffset.Parse(completed, System.Globalization.CultureInfo.InvariantCulture) : now;
        return Tables.Duration(end - DateTimeOffset.Parse(started, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static string Labels(JsonObject? labels) =>
        labels is null || labels.Count == 0 ? "<none>"
            : string.Join(',', labels.Select(label =>
            $"{label.Key}={label.Value.Text()}").Order(StringComparer.Ordinal));

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
