using System.Collections.Concurrent;

namespace Mayfly.LocalCloud.Aws;

/// <summary>One request as it was answered.</summary>
/// <param name="Number">Counts from 1.</param>
/// <param name="At">When it was answered.</param>
/// <param name="Service">The service's signing name.</param>
/// <param name="Action">The operation.</param>
/// <param name="IsWrite">Whether it changes something.</param>
/// <param name="Path">The path, which for S3 is the thing asked for.</param>
/// <param name="Status">The HTTP status; 0 when the connection was cut.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="UserAgent">Who asked.</param>
/// <param name="Fault">The fault that was injected; null: none.</param>
public sealed record AwsRequestEntry(
    long Number, DateTimeOffset At, string Service, string Action, bool IsWrite, string Path, int Status,
    TimeSpan Elapsed, string UserAgent, string? Fault);

/// <summary>What AWS was asked: how tests prove that nothing was written.</summary>
public sealed class AwsRequestLog(int capacity = 20_000)
{
    private readonly ConcurrentQueue<AwsRequestEntry> _entries = new();
    private long _last;

    /// <summary>Raised for each request once it is answered.</summary>
    public event Action<AwsRequestEntry>? Added;

    /// <summary>The number of the newest entry: a mark to ask <see cref="Since"/> with.</summary>
    public long Last => Interlocked.Read(ref _last);

    /// <summary>What was asked after a mark; the oldest entries are forgotten when there are too many.</summary>
    public IReadOnlyList<AwsRequestEntry> Since(long number) => [.. _entries.Where(entry => entry.Number > number).OrderBy(entry => entry.Number)];

    /// <summary>The writes after a mark.</summary>
    public IReadOnlyList<AwsRequestEntry> WritesSince(long number) => [.. Since(number).Where(entry => entry.IsWrite)];

    internal void Add(Func<long, AwsRequestEntry> make)
    {
        var entry = make(Interlocked.Increment(ref _last));
        _entries.Enqueue(entry);
        while (_entries.Count > capacity && _entries.TryDequeue(out _))
        {
        }

        Added?.Invoke(entry);
    }
}
