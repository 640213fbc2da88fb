using System.Text.Json.Nodes;
using k8s;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Deployment;

/// <summary>
/// Clears the way for one <c>helm upgrade --install</c>: mends what an interrupted run left of the release, and looks for what
/// would make helm fail, before helm does. Everything is looked at first; what needs a person stops it before the first write.
/// </summary>
public sealed class ReleaseRepair
{
    private const int Parallel = 6;

    private readonly Cluster _cluster;
    private readonly Blueprint _blueprint;
    private readonly StageReporter _reporter;
    private readonly TimeProvider _clock;
    private ClusterObjects _objects;

    public ReleaseRepair(Cluster cluster, Blueprint blueprint, StageReporter reporter, TimeProvider clock)
    {
        (_cluster, _blueprint, _reporter, _clock) = (cluster, blueprint, reporter, clock);
        _objects = new ClusterObjects(cluster);
    }

    /// <summary>True once something was changed.</summary>
    public bool HasWritten { get; private set; }

    private TimeSpan Timeout => _blueprint.Configuration.Helm.Timeout;

    private bool MayLoseData => _blueprint.Configuration.Helm.AllowDataLoss;

    /// <summary>Clears the way; null, or why it cannot.</summary>
    /// <param name="standing">Where the release stands.</param>
    /// <param name="revisions">Its revisions, newest first.</param>
    /// <param name="chart">What the chart makes, hooks included.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<Failure?> PrepareAsync(
        DeployRelease.Standing standing, IReadOnlyList<ReleaseRevision> revisions, IReadOnlyList<ChartObject> chart, CancellationToken ct)
    {
        var plan = await LookAsync(chart.Where(wanted => !wanted.IsHook), standing, revisions, ct);
        if (plan.Obstacle is { } obstacle)
        {
            return obstacle;
        }

        return await MendRecordsAsync(standing, revisions, ct)
            ?? await ClearHooksAsync(chart, revisions, ct)
            ?? await ClearObjectsAsync(plan, ct);
    }

    /// <summary>After a failed upgrade: ends the hooks that still run, so that nothing of this attempt works on beside the next.</summary>
    public async Task StopHooksAsync(IEnumerable<ChartObject> chart, CancellationToken ct)
    {
        foreach (var hook in chart.Where(wanted => wanted.IsHook))
        {
            if (await Removal.ReadAsync(hook.Reference, ct) is { } live && new ChartObject(live, "").IsHook && IsRunning(live))
            {
                _reporter.Notice($"hook {hook.Reference.Kind} {hook.Reference.Name} still runs: ending it");
                await Removal.RemoveAsync(hook.Reference, live, keepsPods: false, Timeout, ct);
            }
        }
    }

    /// <summary>After a good upgrade: removes what revisions that failed had made and the chart no longer has, which helm forgets.</summary>
    public async Task RemoveLeftAsync(IReadOnlyList<ReleaseRevision> revisions, IReadOnlyList<ChartObject> chart, CancellationToken ct)
    {
        var wanted = chart.Select(Key).ToHashSet(StringComparer.Ordinal);
        var failed = revisions.TakeWhile(revision => revision.Status is not ("deployed" or "superseded"));
        await RemoveAsync(failed.SelectMany(revision => ChartObject.ReadAll(revision.Manifest)).Where(old => !wanted.Contains(Key(old))), ct);
    }

    private ObjectRemoval Removal => new(_cluster, _objects, _blueprint.Namespace, _clock);

    private Ownership Ownership => new(_cluster, _objects, _blueprint.Release, _blueprint.Namespace);

    // Helm compares with the last revision that was deployed.
    private static Dictionary<string, ChartObject> Base(IReadOnlyList<ReleaseRevision> revisions)
    {
        var good = revisions.FirstOrDefault(revision => revision.Status is "deployed" or "superseded") ?? (revisions.Count > 0 ? revisions[0] : null);
        return ChartObject.ReadAll(good?.Manifest ?? "").DistinctBy(Key).ToDictionary(Key, StringComparer.Ordinal);
    }

    private static string Key(ChartObject one) => $"{one.Reference.Kind}/{one.Reference.Namespace}/{one.Reference.Name}";

    private async Task<RepairPlan> LookAsync(
        IEnumerable<ChartObject> chart, DeployRelease.Standing standing, IReadOnlyList<ReleaseRevision> revisions, CancellationToken ct)
    {
        var isRemoved = standing is DeployRelease.Standing.NeverDeployed or DeployRelease.Standing.HalfRemoved;
        var before = isRemoved ? [] : Base(revisions);
        var plan = new RepairPlan();
        var refusals = new Refusals(_cluster, _objects, _blueprint.Namespace);
        await System.Threading.Tasks.Parallel.ForEachAsync(
            chart, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct }, async (wanted, token) =>
            {
                if (await Removal.ReadAsync(wanted.Reference, token) is not { } live)
                {
                    return;
                }

                if (live["metadata"]?["deletionTimestamp"] is not null)
                {
                    plan.Add(plan.Leaving, (wanted.Reference, live));
                }
                else if (await Ownership.FindObstacleAsync(wanted.Reference, live, token) is { } foreign)
                {
                    plan.Add(plan.Obstacles, foreign);
                }
                else
                {
                    var isOurs = Ownership.Judge(live, _blueprint.Release, _blueprint.Namespace).Owner == ObjectOwner.Ours;
                    if (!isOurs)
                    {
                        plan.Add(plan.Untaken, (wanted.Reference, live));
                    }

                    // What is about to be removed as a whole is not asked about.
                    var stays = !isRemoved || !isOurs || ObjectRemoval.HoldsData(wanted.Reference);
                    if (stays && await refusals.AskAsync(wanted, before.GetValueOrDefault(Key(wanted))?.Body, live, token) is { } refused)
                    {
                        plan.Add(plan.Refused, refused);
                    }
                }
            });
        plan.Obstacles.AddRange(plan.Refused.Where(MustStay).Select(RepairFailures.Irreplaceable));
        return plan;
    }

    private bool MustStay(Refused refused) =>
        refused.LosesData && (!MayLoseData || ObjectRemoval.IsNeverDeleted(refused.Wanted.Reference));

    private async Task<Failure?> MendRecordsAsync(DeployRelease.Standing standing, IReadOnlyList<ReleaseRevision> revisions, CancellationToken ct)
    {
        var newest = revisions.Count > 0 ? revisions[0] : null;
        switch (standing)
        {
            case DeployRelease.Standing.Interrupted:
                _reporter.Notice($"revision {newest!.Revision} is {newest.Status} and its run is gone: closing it as failed");
                HasWritten = true;
                return await Releases.MarkFailedAsync(_cluster, _blueprint.Namespace, _blueprint.Release, newest.Revision, ct) ? null : RepairFailures.Moved(newest);
            case DeployRelease.Standing.NeverDeployed or DeployRelease.Standing.HalfRemoved:
                var kept = MayLoseData ? "" : "; volumes stay";
                _reporter.Notice($"revision {newest!.Revision} is {newest.Status} and there is none to go back to: removing what it made{kept}");
                HasWritten = true;
                foreach (var hook in revisions.SelectMany(revision => ChartObject.ReadAll(revision.Hooks)).DistinctBy(Key))
                {
                    await EndHookAsync(hook, ct);
                }

                var left = await RemoveAsync(revisions.SelectMany(revision => ChartObject.ReadAll(revision.Manifest)).DistinctBy(Key), ct);
                if (left.Count > 0)
                {
                    return RepairFailures.Left(left);
                }

                await Releases.ForgetAsync(_cluster, _blueprint.Namespace, _blueprint.Release, ct);
                return null;
            default:
                return null;
        }
    }

    /// <summary>Brings the definitions of the chart up to what it needs, before it is rendered; null, or why the cluster refuses one.</summary>
    public async Task<Failure?> DefineAsync(IEnumerable<ChartObject> chart, CancellationToken ct)
    {
        var definitions = new Definitions(_cluster, _clock);
        foreach (var wanted in chart.Where(one => one.IsFromCrds))
        {
            var live = await definitions.ReadAsync(wanted.Reference.Name, ct);
            if (Definitions.Complete(live, wanted.Body) is not { } lacking)
            {
                continue;
            }

            _reporter.Notice($"definition {wanted.Reference.Name} {(live is null ? "is missing" : "is older than the chart needs")}: applying it");
            HasWritten = true;
            if (await definitions.ApplyAsync(lacking, ct) is { } refused)
            {
                return refused;
            }

            // Kinds are known by what the API served before.
            _objects = new ClusterObjects(_cluster);
        }

        return null;
    }

    private async Task<Failure?> ClearHooksAsync(IReadOnlyList<ChartObject> chart, IReadOnlyList<ReleaseRevision> revisions, CancellationToken ct)
    {
        var pending = revisions is [{ Status: not ("deployed" or "superseded") } newest, ..] ? ChartObject.ReadAll(newest.Hooks) : [];
        foreach (var hook in chart.Where(one => one.IsHook).Concat(pending).DistinctBy(Key))
        {
            if (await EndHookAsync(hook, ct) is { Count: > 0 } left)
            {
                return RepairFailures.Left(left);
            }
        }

        return null;
    }

    // Helm makes hooks anew and cannot when one of before is in the way; one that still runs belongs to a run that is over.
    private async Task<IReadOnlyList<ObjectReference>> EndHookAsync(ChartObject hook, CancellationToken ct)
    {
        if (ObjectRemoval.HoldsData(hook.Reference) || await Removal.ReadAsync(hook.Reference, ct) is not { } live
            || !new ChartObject(live, "").IsHook || (hook.IsReplacedByHelm && !IsRunning(live)))
        {
            return [];
        }

        _reporter.Notice($"hook {hook.Reference.Kind} {hook.Reference.Name} of an earlier revision is in the way: removing it");
        HasWritten = true;
        return await Removal.RemoveAsync(hook.Reference, live, keepsPods: false, Timeout, ct);
    }

    private async Task<Failure?> ClearObjectsAsync(RepairPlan plan, CancellationToken ct)
    {
        if (await Removal.UntilGoneAsync(plan.Leaving, Timeout, ct) is { Count: > 0 } left)
        {
            return RepairFailures.Left(left);
        }

        foreach (var (wanted, live) in plan.Untaken)
        {
            _reporter.Notice($"{wanted} is there and no living release owns it: taking it over");
            HasWritten = true;
            await Ownership.TakeAsync(wanted, live, ct);
        }

        foreach (var refused in plan.Refused)
        {
            _reporter.Notice($"{refused.Wanted.Reference} has fields that cannot be changed: replacing it");
            HasWritten = true;
            if (await Removal.RemoveAsync(refused.Wanted.Reference, refused.Live, refused.KeepsPods, Timeout, ct) is { Count: > 0 } stuck)
            {
                return RepairFailures.Left(stuck);
            }
        }

        return null;
    }

    private async Task<IReadOnlyList<ObjectReference>> RemoveAsync(IEnumerable<ChartObject> doomed, CancellationToken ct)
    {
        var left = new List<ObjectReference>();
        await System.Threading.Tasks.Parallel.ForEachAsync(
            doomed, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct }, async (old, token) =>
            {
                if (old.IsKept || ObjectRemoval.IsNeverDeleted(old.Reference) || (ObjectRemoval.HoldsData(old.Reference) && !MayLoseData)
                    || await Removal.ReadAsync(old.Reference, token) is not { } live
                    || Ownership.Judge(live, _blueprint.Release, _blueprint.Namespace).Owner != ObjectOwner.Ours)
                {
                    return;
                }

                HasWritten = true;
                var stuck = await Removal.RemoveAsync(old.Reference, live, keepsPods: false, Timeout, token);
                lock (left)
                {
                    left.AddRange(stuck);
                }
            });
        return left;
    }

    private static bool IsRunning(JsonObject live) => ChartObject.Text(live, "kind") switch
    {
        "Job" => !(live["status"]?["conditions"] as JsonArray ?? []).OfType<JsonObject>()
            .Any(condition => ChartObject.Text(condition, "type") is "Complete" or "Failed" && ChartObject.Text(condition, "status") == "True"),
        "Pod" => ChartObject.Text(live, "status", "phase") is not ("Succeeded" or "Failed"),
        _ => false,
    };
}
