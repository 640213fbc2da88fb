using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;

namespace Mayfly.Engine.Unblocking;

/// <summary>An object that is to go and is held by finalizers.</summary>
/// <param name="Resource">What it is, <c>plural.group</c>.</param>
/// <param name="Metadata">Its metadata.</param>
public sealed record StuckObject(string Resource, V1ObjectMeta Metadata)
{
    /// <summary>The namespace that it keeps: its own, or itself.</summary>
    public string? Keeps => Resource == "namespaces." ? Metadata.Name : Metadata.NamespaceProperty;

    public override string ToString() =>
        $"{Resource.TrimEnd('.')} {(Metadata.NamespaceProperty is { } @namespace ? $"{@namespace}/{Metadata.Name}" : Metadata.Name)}";
}

/// <summary>Finds what hangs in a cluster, and takes finalizers off.</summary>
public sealed partial class StuckObjects(Cluster cluster)
{
    private readonly ClusterObjects _objects = new(cluster);

    /// <summary>Objects that are to go and bear a finalizer: all kinds that the rules name, and in ending namespaces what their conditions name.</summary>
    public async Task<IReadOnlyList<StuckObject>> FindAsync(IReadOnlyList<V1Namespace> ending, CancellationToken ct)
    {
        var everywhere = FinalizerRules.BuiltIn.SelectMany(rule => rule.Resources).Distinct().Where(resource => resource != "namespaces.").ToList();
        var looks = everywhere.Select(resource => HangingAsync(resource, null, ct))
            .Concat(ending.SelectMany(item => Remaining(item).Except(everywhere).Select(resource => HangingAsync(resource, item.Metadata.Name, ct))));
        var found = (await Task.WhenAll(looks)).SelectMany(some => some);
        return [.. found, .. ending.Where(item => item.Metadata.Finalizers is { Count: > 0 }).Select(item => new StuckObject("namespaces.", item.Metadata))];
    }

    /// <summary>Every object of a resource that bears a finalizer which a rule is about, to go or not.</summary>
    public async Task<IReadOnlyList<StuckObject>> BearingAsync(FinalizerRule rule, CancellationToken ct)
    {
        var all = await Task.WhenAll(rule.Resources.Where(resource => resource != "namespaces.").Select(async resource =>
            (await _objects.ListResourceAsync(resource, null, ct) ?? []).Where(item => (item.Metadata.Finalizers ?? []).Any(rule.IsAbout))
                .Select(item => new StuckObject(resource, item.Metadata))));
        return [.. all.SelectMany(some => some)];
    }

    /// <summary>Has an object go.</summary>
    public async Task DeleteAsync(StuckObject stuck, CancellationToken ct)
    {
        if (await _objects.ResourceAsync(stuck.Resource, ct) is { } client)
        {
            await Cluster.FindAsync(() => stuck.Metadata.NamespaceProperty is { } @namespace
                ? client.DeleteNamespacedAsync<ClusterObject>(@namespace, stuck.Metadata.Name, ct)
                : client.DeleteAsync<ClusterObject>(stuck.Metadata.Name, ct));
        }
    }

    /// <summary>Takes one finalizer off; false when the object has changed since it was seen, or is gone.</summary>
    public async Task<bool> StripAsync(StuckObject stuck, string finalizer, CancellationToken ct)
    {
        if (await _objects.ResourceAsync(stuck.Resource, ct) is not { } client)
        {
            return false;
        }

        var (name, @namespace) = (stuck.Metadata.Name, stuck.Metadata.NamespaceProperty);
        var now = await Cluster.FindAsync(() => @namespace is not null
            ? client.ReadNamespacedAsync<ClusterObject>(@namespace, name, ct) : client.ReadAsync<ClusterObject>(name, ct));
        if (now is null || now.Metadata.Uid != stuck.Metadata.Uid || now.Metadata.DeletionTimestamp is null || now.Metadata.Finalizers?.Contains(finalizer) != true)
        {
            return false;
        }

        var rest = new JsonArray([.. now.Metadata.Finalizers.Where(other => other != finalizer).Select(other => (JsonNode)other)]);
        var patch = new V1Patch(
            new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = now.Metadata.ResourceVersion, ["finalizers"] = rest } }.ToJsonString(),
            V1Patch.PatchType.MergePatch);
        await (@namespace is not null
            ? client.PatchNamespacedAsync<ClusterObject>(patch, @namespace, name, ct) : client.PatchAsync<ClusterObject>(patch, name, ct));
        return true;
    }

    /// <summary>The resources that a namespace says are left in it, <c>plural.group</c>. Pure.</summary>
    public static IReadOnlyList<string> Remaining(V1Namespace item) =>
        [.. (item.Status?.Conditions ?? []).Where(condition => condition is { Type: "NamespaceContentRemaining", Status: "True" })
            .SelectMany(condition => ResourceCount().Matches(condition.Message ?? "").Select(match => match.Groups[1].Value)).Distinct()];

    private async Task<IEnumerable<StuckObject>> HangingAsync(string resource, string? @namespace, CancellationToken ct) =>
        (await _objects.ListResourceAsync(resource, @namespace, ct) ?? [])
            .Where(item => item.Metadata.DeletionTimestamp is not null && item.Metadata.Finalizers is { Count: > 0 })
            .Select(item => new StuckObject(resource, item.Metadata));

    [GeneratedRegex(@"([a-z0-9-]+\.[a-z0-9.-]*) has [0-9]+ resource instances")]
    private static partial Regex ResourceCount();
}
