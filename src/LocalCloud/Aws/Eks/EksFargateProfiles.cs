using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>Fargate profiles. Pods run here wherever they are scheduled; the profiles are there to be described.</summary>
internal sealed class EksFargateProfiles(EksState state)
{
    private readonly EksOptions _options = state.Options;

    public JsonObject Create(AwsCall call, string clusterName)
    {
        var body = call.Json();
        var name = body.Str("fargateProfileName") ?? throw EksError.InvalidParameter("fargateProfileName is required.");
        lock (state.Lock)
        {
            var cluster = state.GetActive(call, clusterName);
            if (cluster.FargateProfiles.ContainsKey(name))
            {
                throw EksError.InUse("A Fargate Profile already exists with this name in this cluster.");
            }

            var profile = cluster.FargateProfiles[name] = new JsonObject
            {
                ["fargateProfileName"] = name,
                ["fargateProfileArn"] = state.Arn(cluster, "fargateprofile", name, Guid.NewGuid().ToString()),
                ["clusterName"] = cluster.Name,
                ["createdAt"] = _options.Clock.Epoch(),
                ["podExecutionRoleArn"] = body.Str("podExecutionRoleArn"),
                ["subnets"] = body.Copy("subnets", () => new JsonArray()),
                ["selectors"] = body.Copy("selectors", () => new JsonArray()),
                ["status"] = "CREATING",
                ["tags"] = body.Copy("tags", () => new JsonObject()),
            };
            state.InBackground(ct => LaterAsync(() => profile["status"] = profile.Str("status") == "CREATING" ? "ACTIVE" : profile.Str("status"), ct));
            return Answer(profile);
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
            return EksPages.Page(call, "fargateProfileNames", state.Get(call, cluster).FargateProfiles.Keys);
        }
    }

    public JsonObject Delete(AwsCall call, string clusterName, string name)
    {
        lock (state.Lock)
        {
            var cluster = state.Get(call, clusterName);
            var profile = Find(cluster, name);
            profile["status"] = "DELETING";
            state.InBackground(ct => LaterAsync(() => cluster.FargateProfiles.Remove(name), ct));
            return Answer(profile);
        }
    }

    private async Task LaterAsync(Action change, CancellationToken ct)
    {
        await Task.Delay(_options.AddonChange, _options.Clock, ct);
        lock (state.Lock)
        {
            change();
        }
    }

    private static JsonObject Find(EksCluster cluster, string name) =>
        cluster.FargateProfiles.GetValueOrDefault(name) ?? throw EksError.NotFound($"No Fargate Profile found with name: {name}.");

    private static JsonObject Answer(JsonObject profile) => new() { ["fargateProfile"] = profile.DeepClone() };
}
