using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>Pod identity associations.</summary>
internal sealed class EksPodIdentities(EksState state)
{
    public JsonObject Create(AwsCall call, string clusterName)
    {
        var body = call.Json();
        lock (state.Lock)
        {
            var cluster = state.GetActive(call, clusterName);
            if (cluster.PodIdentities.Values.Any(other =>
                other.Str("namespace") == body.Str("namespace") && other.Str("serviceAccount") == body.Str("serviceAccount")))
            {
                throw EksError.InUse(
                    $"Association already exists: the service account {body.Str("serviceAccount")} in namespace {body.Str("namespace")} has one.");
            }

            var id = "a-" + Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..17];
            var association = cluster.PodIdentities[id] = new JsonObject
            {
                ["clusterName"] = cluster.Name,
                ["namespace"] = body.Str("namespace"),
                ["serviceAccount"] = body.Str("serviceAccount"),
                ["roleArn"] = body.Str("roleArn"),
                ["associationArn"] = state.Arn(cluster, "podidentityassociation", id),
                ["associationId"] = id,
                ["tags"] = body.Copy("tags", () => new JsonObject()),
                ["createdAt"] = state.Options.Clock.Epoch(),
                ["modifiedAt"] = state.Options.Clock.Epoch(),
            };
            return Answer(association);
        }
    }

    public JsonObject Get(AwsCall call, string cluster, string id)
    {
        lock (state.Lock)
        {
            return Answer(Find(state.Get(call, cluster), id));
        }
    }

    public JsonObject List(AwsCall call, string clusterName)
    {
        lock (state.Lock)
        {
            var found = state.Get(call, clusterName).PodIdentities.Values
                .Where(one => call.Parameter("namespace") is not { } space || one.Str("namespace") == space)
                .Where(one => call.Parameter("serviceAccount") is not { } account || one.Str("serviceAccount") == account);
            return new JsonObject { ["associations"] = new JsonArray([.. found.Select(one => one.DeepClone())]) };
        }
    }

    public JsonObject Delete(AwsCall call, string clusterName, string id)
    {
        lock (state.Lock)
        {
            var cluster = state.Get(call, clusterName);
            var association = Find(cluster, id);
            cluster.PodIdentities.Remove(id);
            return Answer(association);
        }
    }

    private static JsonObject Find(EksCluster cluster, string id) =>
        cluster.PodIdentities.GetValueOrDefault(id) ?? throw EksError.NotFound($"No association found for id: {id}.");

    private static JsonObject Answer(JsonObject association) => new() { ["association"] = association.DeepClone() };
}
