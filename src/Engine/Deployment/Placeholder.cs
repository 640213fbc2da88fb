using k8s;
using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;

namespace Mayfly.Engine.Deployment;

/// <summary>
/// The application's own secret, <c>{release}-app-secrets</c>: pods name it in envFrom and do not start without it, so it is made
/// empty where the contract declares nothing and the chart does not bring it. One that is there stays as it is.
/// </summary>
public sealed class Placeholder(Cluster cluster, Blueprint blueprint)
{
    private string Name => $"{blueprint.Release}-app-secrets";

    /// <summary>Whether it has to be made.</summary>
    /// <param name="chart">What the release is made of.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<bool> IsMissingAsync(IEnumerable<ChartObject> chart, CancellationToken ct) =>
        !blueprint.Configuration.Secrets.Any(secret => secret.Kubernetes is { } template && blueprint.Expand(template) == Name)
        && !chart.Any(Brings)
        && await Cluster.FindAsync(() => cluster.Api.CoreV1.ReadNamespacedSecretAsync(Name, blueprint.Namespace, cancellationToken: ct)) is null;

    /// <summary>Makes it, and the namespace when there is none.</summary>
    public async Task CreateAsync(CancellationToken ct)
    {
        if (await Cluster.FindAsync(() => cluster.Api.CoreV1.ReadNamespaceAsync(blueprint.Namespace, cancellationToken: ct)) is null)
        {
            await cluster.Api.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = blueprint.Namespace } }, cancellationToken: ct);
        }

        var secret = new V1Secret { Metadata = new V1ObjectMeta { Name = Name, NamespaceProperty = blueprint.Namespace }, Type = "Opaque" };
        await cluster.Api.CoreV1.CreateNamespacedSecretAsync(secret, blueprint.Namespace, cancellationToken: ct);
    }

    // As a secret, or by an operator that makes one of that name.
    private bool Brings(ChartObject one) =>
        one.Reference.Kind.Contains("Secret", StringComparison.Ordinal)
        && (one.Reference.Name == Name || ChartObject.Text(one.Body, "spec", "target", "name") == Name);
}
