using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>Add-ons. Those that run as Deployments are ACTIVE only once there is a node to run on, as in AWS.</summary>
internal sealed class EksAddons(EksState state)
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["vpc-cni"] = "v1.20.4-eksbuild.1",
        ["kube-proxy"] = "v1.33.3-eksbuild.4",
        ["coredns"] = "v1.12.4-eksbuild.1",
        ["aws-ebs-csi-driver"] = "v1.48.0-eksbuild.2",
        ["aws-efs-csi-driver"] = "v2.1.11-eksbuild.1",
        ["eks-pod-identity-agent"] = "v1.3.8-eksbuild.2",
        ["metrics-server"] = "v0.8.0-eksbuild.2",
        ["eks-node-monitoring-agent"] = "v1.4.0-eksbuild.2",
        ["snapshot-controller"] = "v8.3.0-eksbuild.1",
    };

    private static readonly HashSet<string> NeedNodes = ["coredns", "aws-ebs-csi-driver", "aws-efs-csi-driver", "metrics-server", "snapshot-controller"];

    private readonly EksOptions _options = state.Options;

    public JsonObject Create(AwsCall call, string clusterName)
    {
        var body = call.Json();
        var name = body.Str("addonName") ?? "";
        if (!Known.TryGetValue(name, out var version))
        {
            throw EksError.InvalidParameter($"Addon {name} specified is not supported");
        }

        lock (state.Lock)
        {
            var cluster = state.GetActive(call, clusterName);
            if (cluster.Addons.ContainsKey(name))
            {
                throw EksError.InUse("Addon already exists.");
            }

            var addon = cluster.Addons[name] = new JsonObject
            {
                ["addonName"] = name,
                ["clusterName"] = cluster.Name,
                ["status"] = "CREATING",
                ["addonVersion"] = body.Str("addonVersion") ?? version,
                ["health"] = new JsonObject { ["issues"] = new JsonArray() },
                ["addonArn"] = state.Arn(cluster, "addon", name, Guid.NewGuid().ToString()),
                ["createdAt"] = _options.Clock.Epoch(),
                ["modifiedAt"] = _options.Clock.Epoch(),
                ["tags"] = body.Copy("tags", () => new JsonObject()),
            };
            body.CopyTo("serviceAccountRoleArn", addon);
            body.CopyTo("configurationValues", addon);
            state.InBackground(ct => SettleAsync(cluster, name, addon, ct));
            return Answer(addon);
        }
    }

    public JsonObject Get(AwsCall call, string cluster, string name)
    {
        lock (state.Lock)
        {
            return Answer(Find(state.Get(call, cluster), name));
        }
    }

    public JsonObject List(AwsCall call, string cluster)
    {
        lock (state.Lock)
        {
            return EksPages.Page(call, "addons", state.Get(call, cluster).Addons.Keys);
        }
    }

    public JsonObject Update(AwsCall call, string clusterName, string name)
    {
        var body = call.Json();
        lock (state.Lock)
        {
            var cluster = state.Get(call, clusterName);
            var addon = Find(cluster, name);
            foreach (var part in (string[])["addonVersion", "serviceAccountRoleArn", "configurationValues"])
            {
                body.CopyTo(part, addon);
            }

            addon["modifiedAt"] = _options.Clock.Epoch();
            return state.Updated(cluster, "AddonUpdate");
        }
    }

    public JsonObject Delete(AwsCall call, string clusterName, string name)
    {
        lock (state.Lock)
        {
            var cluster = state.Get(call, clusterName);
            var addon = Find(cluster, name);
            addon["status"] = "DELETING";
            state.InBackground(async ct =>
            {
                await Task.Delay(_options.AddonChange, _options.Clock, ct);
                lock (state.Lock)
                {
                    cluster.Addons.Remove(name);
                }
            });
            return Answer(addon);
        }
    }

    public JsonObject Versions(AwsCall call)
    {
        var only = call.Parameter("addonName");
        var kubernetes = call.Parameter("kubernetesVersion") ?? _options.DefaultVersion;
        return new JsonObject
        {
            ["addons"] = new JsonArray([.. Known.Where(known => only is null || only == known.Key).Select(known => new JsonObject
            {
                ["addonName"] = known.Key,
                ["type"] = "networking",
                ["addonVersions"] = new JsonArray(new JsonObject
                {
                    ["addonVersion"] = known.Value,
                    ["architecture"] = new JsonArray("amd64", "arm64"),
                    ["compatibilities"] = new JsonArray(new JsonObject
                    {
                        ["clusterVersion"] = kubernetes,
                        ["platformVersions"] = new JsonArray("*"),
                        ["defaultVersion"] = true,
                    }),
                }),
            })]),
        };
    }

    private async Task SettleAsync(EksCluster cluster, string name, JsonObject addon, CancellationToken ct)
    {
        var started = _options.Clock.GetTimestamp();
        await Task.Delay(_options.AddonChange, _options.Clock, ct);
        while (NeedNodes.Contains(name) && !HasNodes(cluster))
        {
            if (_options.Clock.GetElapsedTime(started) > _options.AddonPatience)
            {
                Set(addon, "DEGRADED", EksDocuments.Health("InsufficientNumberOfReplicas",
                    "The add-on is unhealthy because it doesn't have the desired number of replicas."));
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), _options.Clock, ct);
        }

        Set(addon, "ACTIVE", null);
    }

    private bool HasNodes(EksCluster cluster)
    {
        lock (state.Lock)
        {
            return cluster.FargateProfiles.Count > 0
                || cluster.Nodegroups.Any(group => group.Value.Str("status") == "ACTIVE" && cluster.Nodes.GetValueOrDefault(group.Key) is { Count: > 0 });
        }
    }

    private void Set(JsonObject addon, string status, JsonObject? health)
    {
        lock (state.Lock)
        {
            if (addon.Str("status") != "DELETING")
            {
                addon["status"] = status;
                addon["health"] = health ?? new JsonObject { ["issues"] = new JsonArray() };
            }
        }
    }

    private static JsonObject Find(EksCluster cluster, string name) =>
        cluster.Addons.GetValueOrDefault(name) ?? throw EksError.NotFound($"No addon: {name} found in cluster: {cluster.Name}");

    private static JsonObject Answer(JsonObject addon) => new() { ["addon"] = addon.DeepClone() };
}
