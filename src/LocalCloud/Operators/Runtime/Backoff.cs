using System.Collections.Concurrent;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Operators.Runtime;

/// <summary>
/// Looks again at what the world outside the cluster refused, later each time. Unlike a fault it is told in the object's own status, so
/// that the work itself has ended well.
/// </summary>
internal sealed class Backoff(WorkQueue queue)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, int> _failures = new();

    /// <summary>Looks at a key again.</summary>
    public void Again(string key)
    {
        var failures = _failures.AddOrUpdate(key, 1, (_, before) => before + 1);
        queue.AddAfter(key, TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(failures - 1, 20))));
    }

    /// <summary>Forgets a key's failures.</summary>
    public void Forget(string key) => _failures.TryRemove(key, out _);
}
