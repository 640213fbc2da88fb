namespace Mayfly.Engine.Teardown;

/// <summary>
/// When this teardown ended a cluster. A control plane flushes its last log lines after its end and makes its log group once
/// more, so that a look right behind it sees nothing and what it leaves blocks the next cluster of that name.
/// </summary>
/// <param name="settle">How long that may take.</param>
/// <param name="clock">The clock.</param>
public sealed class ClusterEnd(TimeSpan settle, TimeProvider clock)
{
    private long? _ended;

    /// <summary>Notes that a cluster is gone as of now.</summary>
    public void Note() => _ended = clock.GetTimestamp();

    /// <summary>How long a last look has to wait still; zero when no cluster ended, or long enough ago.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var left = _ended is { } ended ? settle - clock.GetElapsedTime(ended) : TimeSpan.Zero;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }
}
