using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>Which part of a log is wanted, as <c>kubectl logs</c> asks for it.</summary>
/// <param name="Follow">Goes on until the container ends.</param>
/// <param name="TailLines">Only so many of the last lines.</param>
/// <param name="Previous">The log of the run before.</param>
/// <param name="Timestamps">Each line begins with its time.</param>
/// <param name="SinceSeconds">Only what is younger.</param>
public sealed record LogQuery(bool Follow = false, int? TailLines = null, bool Previous = false, bool Timestamps = false, int? SinceSeconds = null);

/// <summary>The logs of a cluster's containers, this run's and the one before.</summary>
public sealed class PodLogs(TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Namespace, string Pod, string Container), (LogBuffer Current, LogBuffer? Previous)> _logs = new();

    /// <summary>A container's log; null when it has not run (or, with <paramref name="previous"/>, has not run before).</summary>
    public LogBuffer? Find(string @namespace, string pod, string container, bool previous = false) =>
        !_logs.TryGetValue((@namespace, pod, container), out var logs) ? null : previous ? logs.Previous : logs.Current;

    /// <summary>A container's log as a stream of text; null when there is none.</summary>
    public Stream? Open(string @namespace, string pod, string container, LogQuery query, CancellationToken ct)
    {
        if (Find(@namespace, pod, container, query.Previous) is not { } log)
        {
            return null;
        }

        var pipe = new Pipe();
        _ = Task.Run(() => CopyAsync(log, query, pipe.Writer, ct), CancellationToken.None);
        return pipe.Reader.AsStream();
    }

    internal void Begin(string @namespace, string pod, string container, LogBuffer log) => _logs.AddOrUpdate(
        (@namespace, pod, container), (log, null), (_, before) => (log, before.Current));

    internal void Forget(string @namespace, string pod)
    {
        foreach (var key in _logs.Keys.Where(key => key.Namespace == @namespace && key.Pod == pod))
        {
            _logs.TryRemove(key, out _);
        }
    }

    private async Task CopyAsync(LogBuffer log, LogQuery query, PipeWriter writer, CancellationToken ct)
    {
        try
        {
            var since = query.SinceSeconds is { } seconds ? clock.GetUtcNow().AddSeconds(-seconds) : DateTimeOffset.MinValue;
            await foreach (var line in log.ReadAsync(query.Follow, query.TailLines, ct))
            {
                if (line.Time < since)
                {
                    continue;
                }

                var time = query.Timestamps ? line.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z' ", CultureInfo.InvariantCulture) : "";
                if ((await writer.WriteAsync(Encoding.UTF8.GetBytes($"{time}{line.Text}\n"), ct)).IsCompleted)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
        }

        await writer.CompleteAsync();
    }
}
