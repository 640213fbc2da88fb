using Mayfly.Aws;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Clouds;

/// <summary>
/// The way to the environment's cluster. Stages ask here each time, since the cluster may have been made, replaced or lost since
/// the last look; the client is kept as long as it is the same incarnation.
/// </summary>
public sealed class ClusterDoor(IAwsAccount account, string name, string directory, TimeProvider clock) : IAsyncDisposable
{
    private Cluster.Cluster? _open;
    private Cluster.Kubeconfig? _kubeconfig;

    /// <summary>Looks at AWS. Unknown is thrown as the failure it is, so that nobody takes it for "gone".</summary>
    public async Task<Cluster.Cluster?> FindAsync(CancellationToken ct)
    {
        switch (await account.ClusterAsync(name, ct))
        {
            case AwsObservation<ClusterFacts>.Present({ IsActive: true } facts):
                if (_open is null || !IsSame(_open.Facts, facts))
                {
                    await CloseAsync();
                    _open = Cluster.Cluster.Open(facts, account, clock);
                }

                return _open;
            case AwsObservation<ClusterFacts>.Unknown(var cause):
                throw cause;
            default:
                return null;
        }
    }

    /// <summary>What AWS says of the cluster, also while it is being made or is about to go; null only when AWS says that there is none.</summary>
    public async Task<ClusterFacts?> LookAsync(CancellationToken ct) => await account.ClusterAsync(name, ct) switch
    {
        AwsObservation<ClusterFacts>.Present(var facts) => facts,
        AwsObservation<ClusterFacts>.Unknown(var cause) => throw cause,
        _ => null,
    };

    /// <summary>The cluster, or the failure that there is none.</summary>
    public async Task<Outcome<Cluster.Cluster>> OpenAsync(CancellationToken ct) => await FindAsync(ct) is { } cluster
        ? cluster
        : Failure.Of("cluster-missing", "aws_resource_gone", Disposition.PruneState,
            $"the EKS cluster {name} does not exist or is not active", "Run mayfly up: it makes the cluster again.");

    /// <summary>A kubeconfig for helm, with a token that is good now; one for the whole run.</summary>
    public async Task<Cluster.Kubeconfig> KubeconfigAsync(Cluster.Cluster cluster, CancellationToken ct)
    {
        if (_kubeconfig is null)
        {
            return _kubeconfig = await Cluster.Kubeconfig.WriteAsync(cluster, directory, clock, ct);
        }

        await _kubeconfig.WriteTokenAsync(cluster, ct);
        return _kubeconfig;
    }

    /// <summary>New tokens for the cluster, for programs too: those in use were refused, or their credentials were.</summary>
    public async Task RenewAsync(CancellationToken ct)
    {
        _open?.Token.Forget();
        if (_open is { } cluster && _kubeconfig is { } kubeconfig)
        {
            await kubeconfig.WriteTokenAsync(cluster, ct);
        }
    }

    /// <summary>Whether two looks saw the same incarnation of a cluster.</summary>
    public static bool IsSame(ClusterFacts one, ClusterFacts other) =>
        one.Endpoint == other.Endpoint && one.AuthorityData == other.AuthorityData && one.CreatedAt == other.CreatedAt;

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task CloseAsync()
    {
        if (_kubeconfig is { } kubeconfig)
        {
            await kubeconfig.DisposeAsync();
            _kubeconfig = null;
        }

        _open?.Dispose();
        _open = null;
    }
}
