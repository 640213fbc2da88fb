using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>
/// All objects of one cluster, in memory, with etcd's manners: one revision counter for everything, compare and swap, a history from
/// which a watch can go on, and snapshots from which a list can go on.
/// </summary>
internal sealed class ObjectStore
{
    /// <summary>Changes that are kept a kind; a watch that starts before them is too old.</summary>
    private const int History = 4000;

    /// <summary>Snapshots kept for lists in pages; etcd keeps five minutes.</summary>
    private const int Snapshots = 200;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Collection> _collections = new(StringComparer.Ordinal);
    private readonly Queue<(string Storage, long Revision)> _snapshotOrder = new();
    private long _revision = 1;

    public long Revision
    {
        get
        {
            lock (_gate)
            {
                return _revision;
            }
        }
    }

    public StoredObject? Get(string storage, string ns, string name)
    {
        lock (_gate)
        {
            return Of(storage).Objects.GetValueOrDefault(Key(ns, name));
        }
    }

    /// <summary>The objects of a kind, ordered by namespace and name, and the revision at which this was so.</summary>
    public (ImmutableSortedDictionary<string, StoredObject> Objects, long Revision) List(string storage)
    {
        lock (_gate)
        {
            return (Of(storage).Objects, _revision);
        }
    }

    /// <summary>The objects of a kind in a namespace, or in all of them.</summary>
    public IEnumerable<StoredObject> All(string storage, string? ns = null) =>
        List(storage).Objects.Values.Where(item => string.IsNullOrEmpty(ns) || item.Namespace == ns);

    /// <summary>Keeps what a list has begun to read, so that its next page shows the same moment.</summary>
    public void Keep(string storage, ImmutableSortedDictionary<string, StoredObject> objects, long revision)
    {
        lock (_gate)
        {
            if (Of(storage).Kept.TryAdd(revision, objects))
            {
                _snapshotOrder.Enqueue((storage, revision));
                if (_snapshotOrder.Count > Snapshots)
                {
                    var (oldStorage, oldRevision) = _snapshotOrder.Dequeue();
                    Of(oldStorage).Kept.Remove(oldRevision);
                }
            }
        }
    }

    public ImmutableSortedDictionary<string, StoredObject>? Kept(string storage, long revision)
    {
        lock (_gate)
        {
            return Of(storage).Kept.GetValueOrDefault(revision);
        }
    }

    /// <summary>Adds an object; null when one of that name exists.</summary>
    public StoredObject? Create(string storage, JsonObject value)
    {
        lock (_gate)
        {
            var collection = Of(storage);
            var key = Key(value.Text("metadata", "namespace") ?? "", value.Text("metadata", "name")!);
            return collection.Objects.ContainsKey(key) ? null : Write(collection, key, value, null);
        }
    }

    /// <summary>Puts a new value in the place of <paramref name="previous"/>; null when that is no longer the current one.</summary>
    public StoredObject? Replace(string storage, StoredObject previous, JsonObject value)
    {
        lock (_gate)
        {
            var collection = Of(storage);
            var key = Key(previous.Namespace, previous.Name);
            return collection.Objects.GetValueOrDefault(key) == previous ? Write(collection, key, value, previous)
                : null;
        }
    }

    /// <summary>Removes an object if it still is <paramref name="previous"/>; the value is its last state, null when it was another one.</summary>
    public StoredObject? Delete(string storage, StoredObject previous, JsonObject? lastState = null)
    {
        lock (_gate)
        {
            var collection = Of(storage);
            var key = Key(previous.Namespace, previous.Name);
            if (collection.Objects.GetValueOrDefault(key) != previous)
            {
                return null;
            }

            var last = Stamp((lastState ?? previous.Value).Copy());
            collection.Objects = collection.Objects.Remove(key);
            Publish(collection, new StoreEvent(StoreChange.Deleted, last, previous));
            return last;
        }
    }

    /// <summary>The last revision of a kind whose change is no longer kept.</summary>
    public long Forgotten(string storage)
    {
        lock (_gate)
        {
            return Of(storage).Forgotten;
        }
    }

    /// <summary>
    /// Follows a kind. With no revision, from now on; the current objects come with it. A revision that is too old gives null.
    /// </summary>
    public Subscription? Follow(string storage, long? fromRevision)
    {
        lock (_gate)
        {
            var collection = Of(storage);
            if (fromRevision is { } from && from < collection.Forgotten)
            {
                return null;
            }

            var channel = Channel.CreateUnbounded<StoreEvent>(new UnboundedChannelOptions
            {
                SingleReader = true,
                SingleWriter = false
            });
            foreach (var past in fromRevision is null ? [] : collection.Events.Where(e => e.Revision > fromRevision))
            {
                channel.Writer.TryWrite(past);
            }

            collection.Watchers = collection.Watchers.Add(channel.Writer);
            return new Subscription(channel.Reader, collection.Objects, _revision, () =>
            {
                lock (_gate)
                {
                    collection.Watchers = collection.Watchers.Remove(channel.Writer);
                }
            });
        }
    }

    /// <summary>Ends all watches of a kind that is no longer served.</summary>
    public void EndWatches(string storage)
    {
        lock (_gate)
        {
            var collection = Of(storage);
            foreach (var watcher in collection.Watchers)
            {
                watcher.TryComplete();
            }

            collection.Watchers = [];
        }
    }

    private StoredObject Write(Collection collection, string key, JsonObject value, StoredObject? previous)
    {
        var stored = Stamp(value);
        collection.Objects = collection.Objects.SetItem(key, stored);
        Publish(collection,
            new StoreEvent(previous is null ? StoreChange.Added : StoreChange.Modified, stored, previous));
        return stored;
    }

    private StoredObject Stamp(JsonObject value)
    {
        _revision++;
        value.Child("metadata")["resourceVersion"] =
            _revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new StoredObject(value, _revision);
    }

    private static void Publish(Collection collection, StoreEvent change)
    {
        collection.Events.Enqueue(change);
        if (collection.Events.Count > History)
        {
            collection.Forgotten = collection.Events.Dequeue().Revision;
        }

        foreach (var watcher in collection.Watchers)
        {
            watcher.TryWrite(change);
        }
    }

    private Collection Of(string storage)
    {
        if (!_collections.TryGetValue(storage, out var collection))
        {
            _collections[storage] = collection = new Collection();
        }

        return collection;
    }

    // A slash sorts before every character of a name, so that a namespace's objects stay together.
    private static string Key(string ns, string name) => $"{ns}/{name}";

    /// <summary>A running watch: the objects at its start, then what happens.</summary>
    public sealed record Subscription(
        ChannelReader<StoreEvent> Events, ImmutableSortedDictionary<string, StoredObject> Objects, long Revision,
            Action End) : IDisposable
    {
        public void Dispose() => End();
    }

    private sealed class Collection
    {
        public ImmutableSortedDictionary<string, StoredObject> Objects { get; set; } =
            ImmutableSortedDictionary.Create<string, StoredObject>(StringComparer.Ordinal);

        public Queue<StoreEvent> Events { get; } = new();

        public long Forgotten { get; set; }

        public ImmutableList<ChannelWriter<StoreEvent>> Watchers { get; set; } = [];

        public Dictionary<long, ImmutableSortedDictionary<string, StoredObject>> Kept { get; } = [];
    }
}
