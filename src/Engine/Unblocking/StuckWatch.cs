using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Unblocking;

/// <summary>
/// Looks on while terraform takes namespaces away. It waits minutes for one that a finalizer holds, and then says that it waited;
/// here it is said at once which object holds it, and the wait is over when nothing has moved for a while.
/// </summary>
/// <param name="release">What may be done about a finalizer; nothing is done here.</param>
/// <param name="patience">How long nothing may move.</param>
/// <param name="clock">Waits.</param>
public sealed class StuckWatch(FinalizerRelease release, TimeSpan patience, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>True once a namespace was held for good: what waits for it again waits in vain.</summary>
    public bool HasGivenUp { get; private set; }

    /// <summary>Looks until it is cancelled, which gives null, or until a namespace is held for good, which gives the failure.</summary>
    public async Task<Failure?> WatchAsync(Cluster cluster, StageReporter reporter, CancellationToken ct)
    {
        var (before, since) = ("", clock.GetTimestamp());
        while (true)
        {
            await Task.Delay(Pause, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ct.IsCancellationRequested)
            {
                return null;
            }

            try
            {
                var sight = await StuckSight.LookAsync(cluster, ct);
                var controllers = sight.Stuck.Count == 0 ? null : await Controllers.LookAsync(cluster, ct);
                var kept = controllers is null ? [] : sight.Ending.Where(item => IsHeld(item.Metadata.Name, sight, controllers, reporter)).ToList();
                if (kept.Count == 0 || sight.Fingerprint != before)
                {
                    (before, since) = (sight.Fingerprint, clock.GetTimestamp());
                }

                if (kept.Count > 0 && clock.GetElapsedTime(since) > patience)
                {
                    HasGivenUp = true;
                    return sight.Explain(kept, release, controllers!);
                }
            }
            catch (Exception e) when (e is OperationCanceledException || OutsideWorld.Classify(e) is not null)
            {
                // A cluster that is about to go need not answer: terraform's own word counts then.
            }
        }
    }

    // By a finalizer that nobody here can take off; what a living controller takes off takes its time.
    private bool IsHeld(string @namespace, StuckSight sight, Controllers controllers, StageReporter reporter)
    {
        var held = false;
        foreach (var stuck in sight.Stuck.Where(stuck => stuck.Keeps == @namespace))
        {
            foreach (var why in (stuck.Metadata.Finalizers ?? []).Select(finalizer => release.Judge(finalizer, controllers)).OfType<FinalizerVerdict.Unsafe>().Select(verdict => verdict.Why))
            {
                held = true;
                if (_told.Add($"{stuck} {why}"))
                {
                    reporter.Notice($"{stuck} holds namespace {@namespace}: {why}");
                }
            }
        }

        return held;
    }
}
