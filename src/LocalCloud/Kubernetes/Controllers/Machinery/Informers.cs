using k8s;
using k8s.Models;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

/// <summary>The informers of one cluster, one a kind, shared by its controllers and started when the first asks.</summary>
public sealed class Informers(ClusterApi api, TimeProvider clock) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Dictionary<string, (IInformer Informer, CancellationTokenSource End, Task Run)> _running = [];

    /// <summary>The informer of a kind.</summary>
    public Informer<T> For<T>()
        where T : class, IKubernetesObject<V1ObjectMeta> => (Informer<T>)Start("typed/", ResourcePath.Of<T>(), static (api, path, clock) => new Informer<T>(api, path, clock));

    /// <summary>The informer of the metadata alone, for kinds known only from discovery.</summary>
    public Informer<MetadataOnly> ForMetadata(ResourcePath path) =>
        (Informer<MetadataOnly>)Start("metadata/", path, static (api, path, clock) => new Informer<MetadataOnly>(api, path, clock));

    /// <summary>Ends the informer of a kind that is served no longer.</summary>
    public void EndMetadata(ResourcePath path)
    {
        lock (_gate)
        {
            if (_running.Remove($"metadata/{path.ApiVersion}/{path.Plural}", out var found))
            {
                found.End.Cancel();
            }
        }
    }

    /// <summary>Waits until everything asked for so far is known.</summary>
    public Task SyncedAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            return Task.WhenAll(_running.Values.Select(running => running.Informer.Synced)).WaitAsync(ct);
        }
    }

    private IInformer Start(string prefix, ResourcePath path, Func<ClusterApi, ResourcePath, TimeProvider, IInformer> create)
    {
        lock (_gate)
        {
            var key = $"{prefix}{path.ApiVersion}/{path.Plural}";
            if (!_running.TryGetValue(key, out var found))
            {
                var informer = create(api, path, clock);
                var end = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
                _running[key] = found = (informer, end, Task.Run(() => informer.RunAsync(end.Token), CancellationToken.None));
            }

            return found.Informer;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await Task.WhenAll(_running.Values.Select(running => running.Run));
        _ended.Dispose();
    }
}
