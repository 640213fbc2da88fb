using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>Tags of everything that EKS has an ARN for.</summary>
internal sealed class EksTags(EksState state)
{
    public JsonObject List(string arn)
    {
        lock (state.Lock)
        {
            return new JsonObject { ["tags"] = Find(arn).DeepClone() };
        }
    }

    public JsonObject Add(AwsCall call, string arn)
    {
        lock (state.Lock)
        {
            var tags = Find(arn);
            foreach (var (key, value) in call.Json().Obj("tags") ?? [])
            {
                tags[key] = value?.DeepClone();
            }

            return [];
        }
    }

    public JsonObject Remove(IEnumerable<string> keys, string arn)
    {
        lock (state.Lock)
        {
            var tags = Find(arn);
            foreach (var key in keys)
            {
                tags.Remove(key);
            }

            return [];
        }
    }

    /// <summary>Everything with its tags.</summary>
    public IReadOnlyList<(string Arn, IReadOnlyDictionary<string, string> Tags)> All(string region)
    {
        lock (state.Lock)
        {
            return [.. Documents().Where(document => document.Region == region).Select(document => (document.Arn, Read(document.Document)))];
        }
    }

    private static IReadOnlyDictionary<string, string> Read(JsonObject document) =>
        (document.Obj("tags") ?? []).ToDictionary(pair => pair.Key, pair => pair.Value?.GetValue<string>() ?? "");

    private JsonObject Find(string arn)
    {
        var document = Documents().FirstOrDefault(document => document.Arn == arn).Document
            ?? throw EksError.NotFound($"Resource {arn} not found.");
        if (document.Obj("tags") is not { } tags)
        {
            document["tags"] = tags = [];
        }

        return tags;
    }

    private IEnumerable<(string Region, string Arn, JsonObject Document)> Documents()
    {
        foreach (var cluster in state.Clusters.Values)
        {
            yield return (cluster.Region, cluster.Arn, cluster.Document);
            foreach (var (field, documents) in ((string, Dictionary<string, JsonObject>)[])
                [
                    ("nodegroupArn", cluster.Nodegroups), ("addonArn", cluster.Addons), ("fargateProfileArn", cluster.FargateProfiles),
                    ("accessEntryArn", cluster.AccessEntries), ("associationArn", cluster.PodIdentities),
                ])
            {
                foreach (var document in documents.Values)
                {
                    yield return (cluster.Region, document.Str(field)!, document);
                }
            }
        }
    }
}
