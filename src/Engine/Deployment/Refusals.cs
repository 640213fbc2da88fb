using System.Text.Json.Nodes;
using Mayfly.Engine.Clouds.Cluster;

namespace Mayfly.Engine.Deployment;

/// <summary>An object that the API would not change to what the chart wants, but would make so.</summary>
/// <param name="Wanted">What the chart wants.</param>
/// <param name="Live">What is there.</param>
/// <param name="Message">Why the API refuses the change, in its own words.</param>
public sealed record Refused(ChartObject Wanted, JsonObject Live, string Message)
{
    /// <summary>True when the pods of a set that is replaced fit the next one, which takes them over.</summary>
    public bool KeepsPods => JsonNode.DeepEquals(Live["spec"]?["selector"], Wanted.Body["spec"]?["selector"]);

    /// <summary>True when replacing it loses what cannot be made again: a claim that was never bound holds nothing.</summary>
    public bool LosesData => ObjectRemoval.HoldsData(Wanted.Reference)
        && !(Wanted.Reference.Kind == "PersistentVolumeClaim" && ChartObject.Text(Live, "spec", "volumeName") is not { Length: > 0 });
}

/// <summary>
/// Asks the API by dry runs which objects of a chart it would refuse to change: fields that are immutable, by whatever rule of
/// whatever kind. What it would refuse to make as well is plainly wrong, and helm will say so.
/// </summary>
public sealed class Refusals(Cluster cluster, ClusterObjects objects, string space)
{
    private const string Probe = "mayfly-dry-run";
    private const string DryRun = "?dryRun=All&fieldManager=helm";

    /// <summary>The refusal of one object; null when the API takes the change, or nothing would help.</summary>
    /// <param name="wanted">What the chart wants.</param>
    /// <param name="before">What the release had there; null: nothing.</param>
    /// <param name="live">What is there.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<Refused?> AskAsync(ChartObject wanted, JsonObject? before, JsonObject live, CancellationToken ct)
    {
        if (await objects.PathAsync(wanted.Reference, space, ct) is not { } path)
        {
            return null;
        }

        var change = await cluster.SendAsync(HttpMethod.Patch, path + DryRun, Change(before, wanted.Body), "application/merge-patch+json", ct);
        if (!change.IsInvalid)
        {
            return null;
        }

        var made = await cluster.SendAsync(HttpMethod.Post, path[..path.LastIndexOf('/')] + DryRun, AsNew(wanted.Body), "application/json", ct);
        return made.IsSuccess ? new Refused(wanted, live, change.Message) : null;
    }

    /// <summary>The patch that both majors come to: what the chart says, and null for what it said before and no longer does.</summary>
    public static JsonObject Change(JsonObject? before, JsonObject wanted)
    {
        var patch = new JsonObject();
        foreach (var (key, value) in wanted)
        {
            patch[key] = value is JsonObject map ? Change(before?[key] as JsonObject, map) : value?.DeepClone();
        }

        foreach (var (key, _) in before ?? [])
        {
            patch.TryAdd(key, null);
        }

        return patch;
    }

    // Under another name, and without what is given out once only.
    private static JsonObject AsNew(JsonObject wanted)
    {
        var made = wanted.DeepClone().AsObject();
        made["metadata"]!["name"] = Probe;
        if (ChartObject.Text(made, "kind") == "Service" && made["spec"] is JsonObject spec)
        {
            if (ChartObject.Text(spec, "clusterIP") is not "None")
            {
                spec.Remove("clusterIP");
                spec.Remove("clusterIPs");
            }

            spec.Remove("healthCheckNodePort");
            foreach (var port in (spec["ports"] as JsonArray ?? []).OfType<JsonObject>())
            {
                port.Remove("nodePort");
            }
        }

        return made;
    }
}
