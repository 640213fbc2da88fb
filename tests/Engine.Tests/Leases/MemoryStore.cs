using System.Globalization;
using Mayfly.Engine.Leases;

namespace Mayfly.Engine.Tests.Leases;

/// <summary>An object store in memory, with conditions and a clock of its own.</summary>
internal sealed class MemoryStore(TimeProvider clock) : IObjectStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private int _version;

    public bool Unreachable { get; set; }

    /// <summary>The next write happens, and its answer does not arrive: it looks like a condition that did not hold.</summary>
    public bool LoseNextAnswer { get; set; }

    /// <summary>Writes do not come back before they are cancelled.</summary>
    public bool Hangs { get; set; }

    public int Writes { get; private set; }

    public string Location => "memory";

    public Task<StoredObject?> GetAsync(string key, CancellationToken ct)
    {
        Reach();
        lock (_gate)
        {
            return Task.FromResult(_objects.GetValueOrDefault(key));
        }
    }

    public async Task<string?> PutAsync(string key, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken ct)
    {
        Reach();
        if (Hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, ct);
        }

        lock (_gate)
        {
            var current = _objects.GetValueOrDefault(key);
            if ((condition.MustBeAbsent && current is not null) || (condition.Version is { } wanted && wanted != current?.Version))
            {
                return null;
            }

            Writes++;
            var version = (++_version).ToString(CultureInfo.InvariantCulture);
            _objects[key] = new StoredObject(content, version, clock.GetUtcNow());
            var lost = LoseNextAnswer;
            LoseNextAnswer = false;
            return lost ? null : version;
        }
    }

    public Task DeleteAsync(string key, CancellationToken ct)
    {
        Reach();
        lock (_gate)
        {
            _objects.Remove(key);
            Writes++;
        }

        return Task.CompletedTask;
    }

    public async Task<int> EraseAsync(string prefix, IReadOnlySet<string> keep, CancellationToken ct)
    {
        var keys = (await ListAsync(prefix, ct)).Where(key => !keep.Contains(key)).ToList();
        foreach (var key in keys)
        {
            await DeleteAsync(key, ct);
        }

        return keys.Count;
    }

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken ct)
    {
        Reach();
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<string>>([.. _objects.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal))]);
        }
    }

    public Task<DateTimeOffset> NowAsync(CancellationToken ct) => Task.FromResult(clock.GetUtcNow());

    public Task<bool> EnsureExistsAsync(CancellationToken ct) => Task.FromResult(false);

    private void Reach()
    {
        if (Unreachable)
        {
            throw new HttpRequestException("the store is out of reach");
        }
    }
}
