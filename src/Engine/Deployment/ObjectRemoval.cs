using System.Text.Json.Nodes;
using Mayfly.Engine.Clouds.Cluster;

namespace Mayfly.Engine.Deployment;

/// <summary>
/// Deletes objects so that they can be made again, and keeps what cannot: volumes, and what a definition or a namespace holds.
/// </summary>
/// <param name="cluster">Where they are.</param>
/// <param name="objects">Knows the kinds.</param>
/// <param name="space">The release's namespace.</param>
/// <param name="clock">Waits until they are gone.</param>
public sealed class ObjectRemoval(Cluster cluster, ClusterObjects objects, string space, TimeProvider clock)
{
    private const string Json = "application/json";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // What these groups hold can be made again from a chart; what an operator makes of its own kinds nobody knows.
    private static readonly HashSet<string> Groups = new(StringComparer.Ordinal)
    {
        "", "apps", "batch", "networking.k8s.io", "rbac.authorization.k8s.io", "policy", "autoscaling", "storage.k8s.io",
        "scheduling.k8s.io", "admissionregistration.k8s.io",
    };

    /// <summary>True when deleting the object loses more than the object.</summary>
    public static bool HoldsData(ObjectReference wanted) =>
        wanted.Kind is "PersistentVolumeClaim" or "PersistentVolume" or "Namespace"
        || !Groups.Contains(wanted.ApiVersion.Split('/') is [var group, _] ? group : "");

    /// <summary>True for what no configuration allows to delete: too much may live in it.</summary>
    public static bool IsNeverDeleted(ObjectReference wanted) =>
        wanted.Kind is "PersistentVolume" or "Namespace" or "CustomResourceDefinition";

    /// <summary>An object as it is; null when it is not there.</summary>
    public async Task<JsonObject?> ReadAsync(ObjectReference wanted, CancellationToken ct) =>
        await objects.PathAsync(wanted, space, ct) is { } path
        && (await cluster.SendAsync(HttpMethod.Get, path, null, Json, ct)).Settled() is { IsSuccess: true } found
            ? found.Body : null;

    /// <summary>Deletes an object and waits until it is gone; the names of what is still there after the timeout.</summary>
    /// <param name="wanted">Which.</param>
    /// <param name="live">What it is now; another of the same name stays.</param>
    /// <param name="keepsPods">True: the pods of a StatefulSet stay, for the next set to take over.</param>
    /// <param name="timeout">How long it waits.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<IReadOnlyList<ObjectReference>> RemoveAsync(
        ObjectReference wanted, JsonObject live, bool keepsPods, TimeSpan timeout, CancellationToken ct)
    {
        switch (wanted.Kind)
        {
            // Its claims may be bound to the set's end: let go of everything, and delete only the pods.
            case "StatefulSet":
                var pods = keepsPods ? [] : await PodsAsync(pod => IsOwnedBy(pod, live), ct);
                await DeleteAsync(wanted, live, "Orphan", ct);
                foreach (var pod in pods)
                {
                    await DeleteAsync(pod.Reference, pod.Body, "Background", ct);
                }

                return await UntilGoneAsync([(wanted, live), .. pods.Select(pod => (pod.Reference, pod.Body))], timeout, ct);

            // A claim lives as long as a pod mounts it.
            case "PersistentVolumeClaim":
                await DeleteAsync(wanted, live, "Background", ct);
                foreach (var pod in await PodsAsync(pod => Mounts(pod, wanted.Name), ct))
                {
                    await DeleteAsync(pod.Reference, pod.Body, "Background", ct);
                }

                return await UntilGoneAsync([(wanted, live)], timeout, ct);
            default:
                // Foreground: nothing of it runs any more once it is gone.
                await DeleteAsync(wanted, live, "Foreground", ct);
                return await UntilGoneAsync([(wanted, live)], timeout, ct);
        }
    }

    /// <summary>Waits until objects are gone, or others have their names; those that are still there after the timeout.</summary>
    public async Task<IReadOnlyList<ObjectReference>> UntilGoneAsync(
        IReadOnlyList<(ObjectReference Wanted, JsonObject Live)> doomed, TimeSpan timeout, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            var left = new List<(ObjectReference Wanted, JsonObject Live)>();
            foreach (var one in doomed)
            {
                if (await ReadAsync(one.Wanted, ct) is { } now && Uid(now) == Uid(one.Live))
                {
                    left.Add(one);
                }
            }

            if (left.Count == 0 || clock.GetElapsedTime(started) > timeout)
            {
                return [.. left.Select(one => one.Wanted)];
            }

            doomed = left;
            await Task.Delay(Pause, clock, ct);
        }
    }

    /// <summary>An object's uid.</summary>
    public static string? Uid(JsonObject live) => ChartObject.Text(live, "metadata", "uid");

    private async Task DeleteAsync(ObjectReference wanted, JsonObject live, string propagation, CancellationToken ct)
    {
        if (await objects.PathAsync(wanted, space, ct) is { } path)
        {
            var options = new JsonObject { ["propagationPolicy"] = propagation, ["preconditions"] = new JsonObject { ["uid"] = Uid(live) } };
            var answer = await cluster.SendAsync(HttpMethod.Delete, path, options, Json, ct);

            // A conflict says that another object has the name by now: that one stays.
            _ = answer.Status == 409 ? answer : answer.Settled();
        }
    }

    private async Task<IReadOnlyList<ChartObject>> PodsAsync(Func<JsonObject, bool> wanted, CancellationToken ct)
    {
        var answer = (await cluster.SendAsync(HttpMethod.Get, $"api/v1/namespaces/{space}/pods", null, Json, ct)).Settled();
        return [.. (answer.Body["items"] as JsonArray ?? []).OfType<JsonObject>().Where(wanted).Select(Named)];
    }

    // In a list, the API leaves out what all items have in common.
    private static ChartObject Named(JsonObject pod)
    {
        var copy = pod.DeepClone().AsObject();
        copy["apiVersion"] = "v1";
        copy["kind"] = "Pod";
        return new ChartObject(copy, "");
    }

    private static bool IsOwnedBy(JsonObject pod, JsonObject owner) =>
        (pod["metadata"]?["ownerReferences"] as JsonArray ?? []).OfType<JsonObject>().Any(one => ChartObject.Text(one, "uid") == Uid(owner));

    private static bool Mounts(JsonObject pod, string claim) =>
        (pod["spec"]?["volumes"] as JsonArray ?? []).OfType<JsonObject>()
            .Any(volume => ChartObject.Text(volume, "persistentVolumeClaim", "claimName") == claim);
}
