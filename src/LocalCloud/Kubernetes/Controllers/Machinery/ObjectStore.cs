using k8s;
using k8s.Models;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

/// <summary>
/// What an informer knows: the objects by namespace and name, and indexes over them. The objects in it are shared: who wants to change
/// one makes a copy. It also takes what a controller has just written, so that the controller never acts on a past before its own write.
/// </summary>
public sealed class ObjectStore<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, T> _items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<T, IEnumerable<string>>> _indexers = [];
    private readonly Dictionary<(string Index, string Value), HashSet<string>> _indexes = [];
    private readonly HashSet<string> _doomed = [];

    // Where a write of our own is ahead of the watch: what the handlers were told last. They learn of the change when the watch brings it.
    private readonly Dictionary<string, T?> _told = new(StringComparer.Ordinal);
    private long _seen;

    /// <summary>The key of an object: <c>namespace/name</c>, or <c>name</c>.</summary>
    public static string KeyOf(V1ObjectMeta metadata) =>
        string.IsNullOrEmpty(metadata.NamespaceProperty) ? metadata.Name : $"{metadata.NamespaceProperty}/{metadata.Name}";

    /// <summary>Adds an index; the objects already there are entered.</summary>
    public void AddIndex(string name, Func<T, IEnumerable<string>> values)
    {
        lock (_gate)
        {
            if (_indexers.TryAdd(name, values))
            {
                foreach (var (key, item) in _items)
                {
                    Enter(name, values, key, item);
                }
            }
        }
    }

    /// <summary>The object of a key.</summary>
    public T? Find(string key)
    {
        lock (_gate)
        {
            return _items.GetValueOrDefault(key);
        }
    }

    /// <summary>All objects.</summary>
    public List<T> List()
    {
        lock (_gate)
        {
            return [.. _items.Values];
        }
    }

    /// <summary>The objects with that value in an index.</summary>
    public List<T> List(string index, string value)
    {
        lock (_gate)
        {
            return _indexes.TryGetValue((index, value), out var keys) ? [.. keys.Select(key => _items[key])] : [];
        }
    }

    /// <summary>Whether a deletion of the object was asked for, here or anywhere.</summary>
    public bool IsDoomed(T item)
    {
        lock (_gate)
        {
            return item.Metadata.DeletionTimestamp is not null || _doomed.Contains(item.Metadata.Uid);
        }
    }

    /// <summary>Remembers that this object's deletion was just asked for.</summary>
    public void Doom(T item)
    {
        lock (_gate)
        {
            if (_items.ContainsKey(KeyOf(item.Metadata)))
            {
                _doomed.Add(item.Metadata.Uid);
            }
        }
    }

    /// <summary>Takes what the API answered to a write, unless the watch is ahead of it already.</summary>
    public void Observe(T written)
    {
        lock (_gate)
        {
            var key = KeyOf(written.Metadata);
            var version = Version(written);
            var known = _items.GetValueOrDefault(key);
            if (known is null ? version > _seen : version > Version(known))
            {
                _told.TryAdd(key, known);
                Put(key, written);
            }
        }
    }

    /// <summary>Puts in place of an object what is known to have become of it, until the watch tells it truly.</summary>
    public void Replace(T known, T expected)
    {
        lock (_gate)
        {
            var key = KeyOf(known.Metadata);
            if (ReferenceEquals(_items.GetValueOrDefault(key), known))
            {
                _told.TryAdd(key, known);
                Put(key, expected);
            }
        }
    }

    /// <summary>Takes an object from the watch; the value is what was known before, and whether it is news.</summary>
    internal (T? Old, bool News) Upsert(T item)
    {
        lock (_gate)
        {
            var key = KeyOf(item.Metadata);
            var version = Version(item);
            _seen = Math.Max(_seen, version);
            var known = _items.GetValueOrDefault(key);
            if (known is not null && version < Version(known) && known.Metadata.Uid == item.Metadata.Uid)
            {
                return (known, false);
            }

            Put(key, item);
            return (_told.Remove(key, out var told) ? told : known, true);
        }
    }

    /// <summary>Forgets an object that the watch says is gone.</summary>
    internal T? Remove(T item)
    {
        lock (_gate)
        {
            _seen = Math.Max(_seen, Version(item));
            _doomed.Remove(item.Metadata.Uid);
            var key = KeyOf(item.Metadata);
            var known = _items.GetValueOrDefault(key);
            if (known is null || known.Metadata.Uid != item.Metadata.Uid)
            {
                return null;
            }

            _told.Remove(key);
            Take(key, known);
            return known;
        }
    }

    /// <summary>What is known but not in a fresh list, unless it was written after that list was made.</summary>
    internal List<T> Missing(IReadOnlySet<string> uids, string? listVersion)
    {
        var limit = long.TryParse(listVersion, out var version) ? version : long.MaxValue;
        lock (_gate)
        {
            return [.. _items.Values.Where(item => !uids.Contains(item.Metadata.Uid) && Version(item) <= limit)];
        }
    }

    /// <summary>Notes how far the watch has come.</summary>
    internal void Reached(string? resourceVersion)
    {
        lock (_gate)
        {
            _seen = long.TryParse(resourceVersion, out var version) ? Math.Max(_seen, version) : _seen;
        }
    }

    private static long Version(T item) => long.TryParse(item.Metadata.ResourceVersion, out var version) ? version : 0;

    private void Put(string key, T item)
    {
        if (_items.TryGetValue(key, out var old))
        {
            Take(key, old);
        }

        _items[key] = item;
        foreach (var (name, values) in _indexers)
        {
            Enter(name, values, key, item);
        }
    }

    private void Take(string key, T item)
    {
        _items.Remove(key);
        foreach (var (name, values) in _indexers)
        {
            foreach (var value in values(item))
            {
                if (_indexes.TryGetValue((name, value), out var keys) && keys.Remove(key) && keys.Count == 0)
                {
                    _indexes.Remove((name, value));
                }
            }
        }
    }

    private void Enter(string name, Func<T, IEnumerable<string>> values, string key, T item)
    {
        foreach (var value in values(item))
        {
            if (!_indexes.TryGetValue((name, value), out var keys))
            {
                _indexes[(name, value)] = keys = new HashSet<string>(StringComparer.Ordinal);
            }

            keys.Add(key);
        }
    }
}
