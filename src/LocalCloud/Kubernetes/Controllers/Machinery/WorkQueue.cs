using System.Threading.Channels;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

/// <summary>
/// Keys that need work. A key that is added while it waits is worked on once; one that is added while it is worked on is worked on
/// again afterwards, never twice at the same time.
/// </summary>
public sealed class WorkQueue(TimeProvider clock) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Channel<string> _ready = Channel.CreateUnbounded<string>();
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private readonly HashSet<string> _working = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _failures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ITimer Timer, DateTimeOffset Due)> _later = new(StringComparer.Ordinal);
    private bool _closed;

    /// <summary>Adds a key.</summary>
    public void Add(string key)
    {
        lock (_gate)
        {
            if (!_closed && _waiting.Add(key) && !_working.Contains(key))
            {
                _ready.Writer.TryWrite(key);
            }
        }
    }

    /// <summary>Adds a key after a while; of several such wishes the earliest counts.</summary>
    public void AddAfter(string key, TimeSpan wait)
    {
        if (wait <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }

        lock (_gate)
        {
            var due = clock.GetUtcNow() + wait;
            if (_closed || (_later.TryGetValue(key, out var planned) && planned.Due <= due))
            {
                return;
            }

            planned.Timer?.Dispose();
            _later[key] = (clock.CreateTimer(_ => Ripen(key), null, wait, Timeout.InfiniteTimeSpan), due);
        }
    }

    /// <summary>Adds a key again after its work failed, later each time.</summary>
    public void AddFailed(string key)
    {
        int failures;
        lock (_gate)
        {
            failures = _failures[key] = _failures.GetValueOrDefault(key) + 1;
        }

        // Conflicts pass at once; what fails for longer waits up to half a minute.
        AddAfter(key, TimeSpan.FromMilliseconds(Math.Min(30_000, 20 * Math.Pow(2, Math.Min(failures - 1, 12)))));
    }

    /// <summary>Forgets a key's failures.</summary>
    public void Succeeded(string key)
    {
        lock (_gate)
        {
            _failures.Remove(key);
        }
    }

    /// <summary>The next key; who takes it calls <see cref="Done"/>.</summary>
    public async Task<string> TakeAsync(CancellationToken ct)
    {
        var key = await _ready.Reader.ReadAsync(ct);
        lock (_gate)
        {
            _waiting.Remove(key);
            _working.Add(key);
        }

        return key;
    }

    /// <summary>The work on a key has ended.</summary>
    public void Done(string key)
    {
        lock (_gate)
        {
            _working.Remove(key);
            if (_waiting.Contains(key))
            {
                _ready.Writer.TryWrite(key);
            }
        }
    }

    private void Ripen(string key)
    {
        lock (_gate)
        {
            if (_later.Remove(key, out var planned))
            {
                planned.Timer.Dispose();
            }
        }

        Add(key);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var (timer, _) in _later.Values)
            {
                timer.Dispose();
            }

            _later.Clear();
        }
    }
}
