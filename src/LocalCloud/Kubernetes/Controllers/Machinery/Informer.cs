using System.Net;
using k8s;
using k8s.Models;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

/// <summary>
/// Keeps a store in step with the API: a list, then a watch from there on; a new list when the API says that the version is too old,
/// with a growing wait when it does not answer. Handlers are called one at a time, in the order of the changes, and must be quick.
/// </summary>
public sealed class Informer<T> : IInformer
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    // A list is asked for by the list's kind, a watch by that of the single object: the server refuses the other way round.
    private const string MetadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json";
    private const string MetadataWatch = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json";
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private readonly ClusterApi _api;
    private readonly ResourcePath _path;
    private readonly TimeProvider _clock;
    private readonly bool _metadataOnly = typeof(T) == typeof(MetadataOnly);
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Action<T?, T?>> _handlers = [];
    private string? _version;

    internal Informer(ClusterApi api, ResourcePath path, TimeProvider clock)
    {
        _api = api;
        _path = path;
        _clock = clock;
    }

    /// <summary>What is known.</summary>
    public ObjectStore<T> Store { get; } = new();

    /// <inheritdoc />
    public Task Synced => _synced.Task;

    /// <summary>Calls the handler with the old and the new object of each change; what is already known is told at once.</summary>
    public void OnChange(Action<T?, T?> handler)
    {
        lock (_handlers)
        {
            _handlers.Add(handler);
            foreach (var item in Store.List())
            {
                handler(null, item);
            }
        }
    }

    async Task IInformer.RunAsync(CancellationToken ct)
    {
        var failures = 0;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (_version is null)
                {
                    await ListAsync(ct);
                    _synced.TrySetResult();
                }

                await WatchAsync(() => failures = 0, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (ClusterApiException failure) when (failure.Status is HttpStatusCode.Gone)
            {
                _version = null;
            }
            catch (Exception failure)
            {
                // A kind that is not served (any more) is no fault: its definition may come back, or the informer is ended. A fault of a
                // handler must not end the informer either: everybody who shares it would go blind.
                _version = failure is HttpRequestException or IOException ? _version : null;
                var wait = TimeSpan.FromMilliseconds(Math.Min(LongestWait.TotalMilliseconds, 100 * Math.Pow(2, failures++)));
                await Task.Delay(wait, _clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListAsync(CancellationToken ct)
    {
        using var answer = await _api.OpenAsync($"{_path.Path()}?resourceVersion=0", _metadataOnly ? MetadataList : null, ct);
        await using var content = await answer.Content.ReadAsStreamAsync(ct);
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, ct);
        buffer.Position = 0;
        var list = KubernetesJson.Deserialize<ObjectList<T>>(buffer);
        var present = new HashSet<string>(list.Items.Count);
        foreach (var item in list.Items)
        {
            present.Add(item.Metadata.Uid);
            Take(item);
        }

        foreach (var gone in Store.Missing(present, list.Metadata?.ResourceVersion))
        {
            Drop(gone);
        }

        _version = list.Metadata?.ResourceVersion;
        Store.Reached(_version);
    }

    private async Task WatchAsync(Action alive, CancellationToken ct)
    {
        // A while that differs between informers, so that they do not all come back in the same second.
        var seconds = Random.Shared.Next(1200, 2400);
        using var answer = await _api.OpenAsync(
            $"{_path.Path()}?watch=true&allowWatchBookmarks=true&resourceVersion={_version}&timeoutSeconds={seconds}", _metadataOnly ? MetadataWatch : null, ct);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(ct));
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            if (line.Length == 0)
            {
                continue;
            }

            if (line.StartsWith("{\"type\":\"ERROR\"", StringComparison.Ordinal))
            {
                var status = KubernetesJson.Deserialize<WatchLine<V1Status>>(line).Object;
                throw new ClusterApiException((HttpStatusCode)(status?.Code ?? 500), status?.Reason ?? "", status?.Message ?? line);
            }

            var change = KubernetesJson.Deserialize<WatchLine<T>>(line);
            if (change.Object is not { } item)
            {
                continue;
            }

            alive();
            switch (change.Type)
            {
                case "ADDED" or "MODIFIED":
                    Take(item);
                    break;
                case "DELETED":
                    Drop(item);
                    break;
            }

            _version = item.Metadata.ResourceVersion;
            Store.Reached(_version);
        }
    }

    private void Take(T item)
    {
        // What every write of every manager left behind is the largest part of an object, and nobody here reads it.
        item.Metadata.ManagedFields = null;
        item.ApiVersion ??= _path.ApiVersion;
        item.Kind ??= _path.Kind;
        lock (_handlers)
        {
            var (old, news) = Store.Upsert(item);
            if (news)
            {
                Tell(old, item);
            }
        }
    }

    private void Drop(T item)
    {
        lock (_handlers)
        {
            if (Store.Remove(item) is { } known)
            {
                Tell(known, null);
            }
        }
    }

    private void Tell(T? old, T? item)
    {
        foreach (var handler in _handlers)
        {
            handler(old, item);
        }
    }
}

/// <summary>An informer of any kind.</summary>
public interface IInformer
{
    /// <summary>Done once the first list has come.</summary>
    Task Synced { get; }

    internal Task RunAsync(CancellationToken ct);
}

/// <summary>A list as the API answers it.</summary>
public sealed record ObjectList<T>
{
    /// <summary>Its version.</summary>
    public V1ListMeta? Metadata { get; set; }

    /// <summary>The objects.</summary>
    public IList<T> Items { get; set; } = [];
}

/// <summary>A line of a watch.</summary>
public sealed record WatchLine<T>
{
    /// <summary>ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.</summary>
    public string? Type { get; set; }

    /// <summary>The object after the change, or the status of an error.</summary>
    public T? Object { get; set; }
}
