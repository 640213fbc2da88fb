using k8s;
using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;

namespace Mayfly.Engine.Unblocking;

/// <summary>What a namespace that is being deleted says keeps it. Pure.</summary>
public static class NamespaceHold
{
    /// <summary>The conditions that keep it, as the API words them.</summary>
    public static IReadOnlyList<string> Reasons(V1Namespace item) =>
        [.. (item.Status?.Conditions ?? []).Where(condition => condition.Status == "True").Select(condition => $"{condition.Type}: {condition.Message}")];

    /// <summary>True when the API could not be asked for everything that may be in it.</summary>
    public static bool CannotDiscover(V1Namespace item) => (item.Status?.Conditions ?? [])
        .Any(condition => condition is { Type: "NamespaceDeletionDiscoveryFailure" or "NamespaceDeletionGroupVersionParsingFailure", Status: "True" });
}

/// <summary>An API that is registered and not answered.</summary>
/// <param name="Name">Its name, <c>version.group</c>.</param>
/// <param name="Why">What the API server says of it, or that its service is gone.</param>
/// <param name="IsOrphan">True when the API itself says that its service does not exist: then nobody can answer it.</param>
public sealed record BrokenApi(string Name, string Why, bool IsOrphan)
{
    public override string ToString() => $"APIService {Name}";

    /// <summary>Those of a cluster.</summary>
    public static async Task<IReadOnlyList<BrokenApi>> FindAsync(Cluster cluster, CancellationToken ct)
    {
        var broken = new List<BrokenApi>();
        foreach (var api in (await cluster.Api.ApiregistrationV1.ListAPIServiceAsync(cancellationToken: ct)).Items)
        {
            if (api.Spec.Service is not { } service
                || (api.Status?.Conditions ?? []).FirstOrDefault(condition => condition is { Type: "Available", Status: "False" }) is not { } unavailable)
            {
                continue;
            }

            var found = await Cluster.FindAsync(() => cluster.Api.CoreV1.ReadNamespacedServiceAsync(service.Name, service.NamespaceProperty, cancellationToken: ct));
            broken.Add(new BrokenApi(
                api.Metadata.Name,
                found is null ? $"its service {service.NamespaceProperty}/{service.Name} does not exist" : $"{unavailable.Reason}: {unavailable.Message}",
                found is null));
        }

        return broken;
    }
}
