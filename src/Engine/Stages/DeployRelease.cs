using k8s;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Deployment;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Installs or upgrades the application: the one place that does.
/// Looks at: the release as helm keeps it, whether each object of it is there, and, when a deployment is due, whether anything
/// would make helm fail. May change: the release, by helm, and what stands in its way (<see cref="ReleaseRepair"/>).
/// Proof: helm waited until everything was ready, and the release says deployed with our fingerprint.
/// </summary>
public sealed class DeployRelease(Blueprint blueprint, ClusterDoor door, ReleasePackage package, HelmFactory helms, RunLease lease, TimeProvider clock)
    : IStage
{
    /// <inheritdoc />
    public string Name => StageNames.Deploy;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        if (!(await door.OpenAsync(ct)).Is(out var cluster, out var failure))
        {
            return new StageResult.Failed(failure);
        }

        if (!(await helms.VersionAsync(ct)).Is(out var version, out failure))
        {
            return new StageResult.Failed(failure);
        }

        // Who sleeps is woken by any run that converges; a workload that does not sleep carries no such note.
        var pods = new ApplicationPods(cluster, blueprint.Namespace);
        if (await pods.AnySleepAsync(ct) && await lease.EnsureHeldAsync(ct) is { } taken)
        {
            return new StageResult.Failed(taken);
        }

        var woken = await pods.WakeAsync(ct);
        var ready = package.Prepare(version.Major);
        var revisions = await Releases.ReadAsync(cluster, blueprint.Namespace, blueprint.Release, ct);
        var standing = Classify(revisions, ready.Fingerprint);
        if (standing == Standing.Current)
        {
            var missing = await new ClusterObjects(cluster).MissingAsync(ObjectReference.ReadAll(revisions[0].Manifest), blueprint.Namespace, ct);
            var placeholder = new Placeholder(cluster, blueprint);
            if (missing.Count == 0 && await placeholder.IsMissingAsync(ChartObject.ReadAll(revisions[0].Manifest), ct))
            {
                if (await lease.EnsureHeldAsync(ct) is { } gone)
                {
                    return new StageResult.Failed(gone);
                }

                await placeholder.CreateAsync(ct);
                return new StageResult.Changed($"made the placeholder {blueprint.Release}-app-secrets");
            }

            if (missing.Count == 0)
            {
                return woken > 0
                    ? new StageResult.Changed($"{woken} workloads woken")
                    : new StageResult.Unchanged($"revision {revisions[0].Revision} has this chart, these values and this commit");
            }

            run.Report(new Noticed(Name, $"missing from the release: {string.Join(", ", missing)}"));
        }

        if (await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return new StageResult.Failed(lost);
        }

        return await ActAsync(cluster, version, standing, revisions, ready, new StageReporter(run, Name), ct);
    }

    /// <summary>Where the release stands. Pure.</summary>
    /// <param name="revisions">Newest first.</param>
    /// <param name="fingerprint">What is to be deployed.</param>
    public static Standing Classify(IReadOnlyList<ReleaseRevision> revisions, string fingerprint) => revisions switch
    {
        [] => Standing.Absent,
        [{ Status: "deployed" } newest, ..] => newest.Fingerprint == fingerprint ? Standing.Current : Standing.Outdated,
        [{ Status: "uninstalling" }, ..] => Standing.HalfRemoved,
        [{ Status: "pending-install" or "pending-upgrade" or "pending-rollback" }, ..] =>
            LastGood(revisions) is null ? Standing.NeverDeployed : Standing.Interrupted,
        [{ Status: "failed" }, ..] => LastGood(revisions) is null ? Standing.NeverDeployed : Standing.Outdated,
        _ => Standing.Outdated,
    };

    private async Task<StageResult> ActAsync(
        Cluster cluster, Version version, Standing standing, IReadOnlyList<ReleaseRevision> revisions, PreparedRelease ready, StageReporter reporter,
        CancellationToken ct)
    {
        var helm = await helms.OpenAsync(cluster, ct);
        var repair = new ReleaseRepair(cluster, blueprint, reporter, clock);
        var rendering = await RenderingAsync(cluster, ready, LastGood(revisions) is not null, ct);
        if (HasDefinitions(ready.Chart) && await helm.DefinitionsAsync(rendering, ct) is { } defined
            && await repair.DefineAsync(ChartObject.ReadAll(defined), ct) is { } undefined)
        {
            return new StageResult.Failed(undefined) { WroteSomething = repair.HasWritten };
        }

        if (!(await helm.RenderAsync(rendering, ct)).Is(out var rendered, out var failure))
        {
            return new StageResult.Failed(failure) { WroteSomething = repair.HasWritten };
        }

        var chart = ChartObject.ReadAll(rendered);
        if (await repair.PrepareAsync(standing, revisions, chart, ct) is { } obstacle)
        {
            return new StageResult.Failed(obstacle) { WroteSomething = repair.HasWritten };
        }

        var placeholder = new Placeholder(cluster, blueprint);
        if (await placeholder.IsMissingAsync(chart, ct))
        {
            await placeholder.CreateAsync(ct);
        }

        var @namespace = await Cluster.FindAsync(() => cluster.Api.CoreV1.ReadNamespaceAsync(blueprint.Namespace, cancellationToken: ct));
        var options = new UpgradeOptions(
            blueprint.Release, ready.Chart, ready.ValuesFile, blueprint.Configuration.Helm.Timeout, ready.Fingerprint, version.Major,
            CreatesNamespace: @namespace is null);
        var old = await Troubles.WarningsAsync(cluster, blueprint.Namespace, ct);
        Outcome<Done> upgraded;
        await using (WorkloadWatch.Start(cluster, blueprint.Namespace, reporter, clock))
        {
            upgraded = await helm.UpgradeAsync(options, reporter, ct);
        }

        if (!upgraded.Is(out _, out failure))
        {
            var explained = await ExplainAsync(cluster, failure, chart, old, ct);
            await repair.StopHooksAsync(chart, ct);
            return new StageResult.Failed(explained) { WroteSomething = true };
        }

        await repair.RemoveLeftAsync(revisions, chart, ct);
        var now = await Releases.ReadAsync(cluster, blueprint.Namespace, blueprint.Release, ct);
        return Classify(now, ready.Fingerprint) == Standing.Current
            ? new StageResult.Changed($"revision {now[0].Revision} of {blueprint.Release}")
            : new StageResult.Failed(Superseded(now)) { WroteSomething = true };
    }

    private static bool HasDefinitions(string chart) =>
        Directory.EnumerateDirectories(chart, "crds", SearchOption.AllDirectories).Any()
        || Directory.EnumerateFiles(chart, "*.tgz", SearchOption.AllDirectories).Any();

    // Charts ask which cluster it is and what it serves; without the answers they render something else than helm will.
    private async Task<RenderOptions> RenderingAsync(Cluster cluster, PreparedRelease ready, bool isUpgrade, CancellationToken ct)
    {
        var version = await cluster.Api.Version.GetCodeAsync(ct);
        var groups = await cluster.Api.Apis.GetAPIVersionsAsync(ct);
        return new RenderOptions(
            blueprint.Release, ready.Chart, ready.ValuesFile, version.GitVersion,
            [.. groups.Groups.SelectMany(group => group.Versions).Select(served => served.GroupVersion)], isUpgrade);
    }

    // A wait that timed out and a hook that failed hide the reason; the pods know it, and what they say decides the class of a wait
    // when a rule knows it. Everything else helm says best itself: warnings of another time would only stand in its way.
    private async Task<Failure> ExplainAsync(
        Cluster cluster, Failure failure, IReadOnlyList<ChartObject> chart, IReadOnlySet<string> old, CancellationToken ct)
    {
        if (failure.Class is not ("helm_wait_timeout" or "helm_hook_failed"))
        {
            return failure;
        }

        var hooks = chart.Where(one => one.IsHook).Select(one => one.Reference.Name).ToHashSet(StringComparer.Ordinal);
        var troubles = await Troubles.DescribeAsync(cluster, blueprint.Namespace, old, hooks, ct);
        if (troubles.Count == 0)
        {
            return failure;
        }

        var closer = FailureClassifier.Classify("kubectl", string.Join('\n', troubles));
        var better = failure.Class == "helm_wait_timeout" && closer.Class is not (Failure.UnknownClass or FailureClassifier.NotAFailure) ? closer : failure;
        return better with { Summary = failure.Summary, Evidence = [.. troubles, .. failure.Evidence] };
    }

    private static ReleaseRevision? LastGood(IReadOnlyList<ReleaseRevision> revisions) =>
        revisions.FirstOrDefault(revision => revision.Status is "deployed" or "superseded");

    private static Failure Superseded(IReadOnlyList<ReleaseRevision> now) => Failure.Of(
        "release-not-current", "helm_operation_in_progress", Disposition.RetryAfterWait,
        now.Count == 0 ? "the release is gone right after it was deployed" : $"the release is {now[0].Status} at revision {now[0].Revision} right after it was deployed",
        "Make sure that nobody else works on the release.");

    /// <summary>Where a release stands.</summary>
    public enum Standing
    {
        /// <summary>There is none.</summary>
        Absent,

        /// <summary>Deployed, and what is wanted.</summary>
        Current,

        /// <summary>Deployed once, and not what is wanted.</summary>
        Outdated,

        /// <summary>An upgrade was interrupted; an earlier revision was deployed.</summary>
        Interrupted,

        /// <summary>No revision was ever deployed.</summary>
        NeverDeployed,

        /// <summary>An uninstall was interrupted.</summary>
        HalfRemoved,
    }
}
