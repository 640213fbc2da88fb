using System.Collections.Immutable;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Cluster;

/// <summary>A kind whose objects the graph follows.</summary>
public sealed record GraphKind(ServedKind Served, Informer<MetadataOnly> Informer)
{
    /// <summary>Where it is.</summary>
    public ResourcePath Path => Served.Path;

    /// <summary>What tells it from others, whatever version it is asked for in.</summary>
    public string Id => $"{Path.Plural}.{Path.Group}";
}

/// <summary>
/// The metadata of everything in the cluster, whatever kind, custom ones included: who owns whom, what is in which namespace. Kinds
/// come and go with their definitions.
/// </summary>
public sealed class MetadataGraph : IAsyncDisposable
{
    private const string Dependents = "dependents";
    private const string Uid = "uid";
    private const string Namespace = "namespace";

    // A definition whose names are taken is never served: some tries, then the next change of a definition.
    private const int Patience = 12;
    private readonly ControllerContext _context;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _asked = new(0);
    private readonly HashSet<string> _custom = [];
    private readonly List<Action<GraphKind, MetadataOnly?, MetadataOnly?>> _handlers = [];
    private Task _refreshing = Task.CompletedTask;
    private Informer<MetadataOnly>? _definitions;
    private ImmutableDictionary<string, GraphKind> _kinds = ImmutableDictionary<string, GraphKind>.Empty;

    /// <summary>For one cluster.</summary>
    public MetadataGraph(ControllerContext context) => _context = context;

    /// <summary>All kinds that are followed.</summary>
    public IEnumerable<GraphKind> Kinds => _kinds.Values;

    /// <summary>Calls a handler at each change; add it before <see cref="StartAsync"/>.</summary>
    public void OnChange(Action<GraphKind, MetadataOnly?, MetadataOnly?> handler) => _handlers.Add(handler);

    /// <summary>Asks what there is, and follows it from then on.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        await Persistence.UntilAnsweredAsync(_context.Clock, () => RefreshAsync(ct), ct);
        _definitions = _context.Informers.ForMetadata(new ResourcePath("apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions"));
        _definitions.OnChange((_, _) => _asked.Release());
        _refreshing = Task.Run(() => RefreshWhenAskedAsync(_stopping.Token), CancellationToken.None);
    }

    /// <summary>The kind of an id.</summary>
    public GraphKind? Kind(string id) => _kinds.GetValueOrDefault(id);

    /// <summary>The kind of a group and kind name, as owner references name it.</summary>
    public GraphKind? Kind(string apiVersion, string kind)
    {
        var group = apiVersion.Contains('/') ? apiVersion[..apiVersion.IndexOf('/')] : "";
        return _kinds.Values.FirstOrDefault(candidate => candidate.Path.Kind == kind && candidate.Path.Group == group);
    }

    /// <summary>The objects that name an owner.</summary>
    public IEnumerable<(GraphKind Kind, MetadataOnly Item)> DependentsOf(string uid) =>
        _kinds.Values.SelectMany(kind => kind.Informer.Store.List(Dependents, uid).Select(item => (kind, item)));

    /// <summary>The object of a UID.</summary>
    public (GraphKind Kind, MetadataOnly Item)? Find(string uid)
    {
        foreach (var kind in _kinds.Values)
        {
            if (kind.Informer.Store.List(Uid, uid) is [var item, ..])
            {
                return (kind, item);
            }
        }

        return null;
    }

    /// <summary>What is in a namespace.</summary>
    public IEnumerable<(GraphKind Kind, List<MetadataOnly> Items)> ContentOf(string @namespace) =>
        _kinds.Values.Where(kind => kind.Served.Namespaced)
            .Select(kind => (kind, kind.Informer.Store.List(Namespace, @namespace)))
            .Where(content => content.Item2.Count > 0);

    private async Task RefreshWhenAskedAsync(CancellationToken ct)
    {
        for (var behind = 0; !ct.IsCancellationRequested;)
        {
            try
            {
                await _asked.WaitAsync(ct);
                while (_asked.Wait(0, CancellationToken.None))
                {
                }

                await RefreshAsync(ct);
                behind = IsBehind() ? behind + 1 : 0;
                if (behind is > 0 and < Patience)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(2000, 20 * Math.Pow(2, behind))), _context.Clock, ct);
                    _asked.Release();
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                _context.Options.Diagnostics.WriteLine($"discovery: {failure.Message}");
                await Task.Delay(TimeSpan.FromSeconds(1), _context.Clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _asked.Release();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // Discovery follows a definition after a moment. A definition's name is the plural and the group of its kind, as our ids are.
    private bool IsBehind()
    {
        var defined = _definitions!.Store.List().Where(item => item.Metadata.DeletionTimestamp is null).Select(item => item.Metadata.Name).ToHashSet();
        var gone = _custom.Where(id => !defined.Contains(id) && _kinds.ContainsKey(id)).ToList();
        _custom.UnionWith(defined);
        return gone.Count > 0 || defined.Any(id => !_kinds.ContainsKey(id));
    }

    private async Task<int> RefreshAsync(CancellationToken ct)
    {
        var served = (await Discovery.AllAsync(_context.Api, ct))
            .Where(kind => kind.Verbs.Contains("list") && kind.Verbs.Contains("watch") && kind.Verbs.Contains("delete") && kind.Path.Plural != "events")
            .ToDictionary(kind => $"{kind.Path.Plural}.{kind.Path.Group}");
        foreach (var (id, gone) in _kinds.Where(kind => !served.TryGetValue(kind.Key, out var now) || now.Path != kind.Value.Path))
        {
            _context.Informers.EndMetadata(gone.Path);
            _kinds = _kinds.Remove(id);
        }

        foreach (var (id, kind) in served.Where(kind => !_kinds.ContainsKey(kind.Key)))
        {
            var informer = _context.Informers.ForMetadata(kind.Path);
            informer.Store.AddIndex(Uid, item => [item.Metadata.Uid]);
            informer.Store.AddIndex(Dependents, item => (item.Metadata.OwnerReferences ?? []).Select(owner => owner.Uid).Distinct());
            informer.Store.AddIndex(Namespace, item => item.Metadata.NamespaceProperty is { } name ? [name] : []);
            var entry = new GraphKind(kind, informer);
            _kinds = _kinds.Add(id, entry);
            informer.OnChange((old, item) => _handlers.ForEach(handler => handler(entry, old, item)));
        }

        return _kinds.Count;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _refreshing;
        _stopping.Dispose();
        _asked.Dispose();
    }
}
