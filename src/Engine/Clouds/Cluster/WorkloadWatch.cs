using k8s;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Clouds.Cluster;

/// <summary>Tells what the pods of a namespace are doing while something else waits for them.</summary>
public sealed class WorkloadWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    private WorkloadWatch(Cluster cluster, string @namespace, StageReporter reporter, TimeProvider clock) =>
        _watching = WatchAsync(cluster, @namespace, reporter, clock, _stop.Token);

    /// <summary>Begins to watch.</summary>
    public static WorkloadWatch Start(Cluster cluster, string @namespace, StageReporter reporter, TimeProvider clock) =>
        new(cluster, @namespace, reporter, clock);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private static async Task WatchAsync(Cluster cluster, string @namespace, StageReporter reporter, TimeProvider clock, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var told = new Dictionary<string, string>(StringComparer.Ordinal);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var pods = await cluster.Api.CoreV1.ListNamespacedPodAsync(@namespace, cancellationToken: ct);
                foreach (var pod in pods.Items)
                {
                    var ready = Troubles.IsReady(pod);
                    var state = ready ? "ready" : Troubles.Reason(pod);
                    var before = told.GetValueOrDefault(pod.Metadata.Name);
                    told[pod.Metadata.Name] = state;
                    Tell(reporter, pod.Metadata.Name, before, state, ready, clock.GetElapsedTime(started).TotalSeconds);
                }
            }
            catch (Exception e) when (e is OperationCanceledException || OutsideWorld.Classify(e) is not null)
            {
                // Whoever waits learns of a lost cluster by itself.
            }

            await Task.Delay(Pause, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void Tell(StageReporter reporter, string pod, string? before, string state, bool ready, double seconds)
    {
        // A pod that was ready when the wait began is no news.
        if (before is null && !ready)
        {
            reporter.Resource($"pod {pod}", "start", "started", seconds);
        }

        if (before is not null && before != "ready" && ready)
        {
            reporter.Resource($"pod {pod}", "start", "completed", seconds);
        }

        if (before != state && state.StartsWith("container ", StringComparison.Ordinal) && !state.Contains("ContainerCreating", StringComparison.Ordinal))
        {
            reporter.Notice($"pod {pod}: {state}");
        }
    }
}
