using k8s;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Installs or upgrades the application: the one place that does.
/// Looks at: the release as helm keeps it, and whether each object of it is there. May change: the release, by helm. A release
/// that an interrupted run left pending is rolled back, or removed when it never was deployed, and then upgraded.
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

        var ready = package.Prepare(version.Major);
        var revisions = await Releases.ReadAsync(cluster, blueprint.Namespace, blueprint.Release, ct);
        var standing = Classify(revisions, ready.Fingerprint);
        if (standing == Standing.Current)
        {
            var missing = await new ClusterObjects(cluster).MissingAsync(ObjectReference.ReadAll(revisions[0].Manifest), blueprint.Namespace, ct);
            if (missing.Count == 0)
            {
                return new StageResult.Unchanged($"revision {revisions[0].Revision} has this chart, these values and this commit");
            }

            run.Report(new Noticed(Name, $"missing from the release: {string.Join(", ", missing)}"));
        }

        if (await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return new StageResult.Failed(lost);
        }

        return await ActAsync(cluster, standing, revisions, ready, new StageReporter(run, Name), ct);
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
        Cluster cluster, Standing standing, IReadOnlyList<ReleaseRevision> revisions, PreparedRelease ready, StageReporter reporter, CancellationToken ct)
    {
        var helm = await helms.OpenAsync(cluster, ct);
        if (!(await MendAsync(helm, standing, revisions, reporter, ct)).Is(out _, out var failure))
        {
            return new StageResult.Failed(failure);
        }

        var settings = blueprint.Configuration.Helm;
        var @namespace = await Cluster.FindAsync(() => cluster.Api.CoreV1.ReadNamespaceAsync(blueprint.Namespace, cancellationToken: ct));
        var options = new UpgradeOptions(
            blueprint.Release, ready.Chart, ready.ValuesFile, settings.Timeout, ready.Fingerprint, CreatesNamespace: @namespace is null);
        Outcome<Done> upgraded;
        await using (WorkloadWatch.Start(cluster, blueprint.Namespace, reporter, clock))
        {
            upgraded = await helm.UpgradeAsync(options, reporter, ct);
        }

        if (!upgraded.Is(out _, out failure))
        {
            return new StageResult.Failed(await ExplainAsync(cluster, failure, ct)) { WroteSomething = true };
        }

        var now = await Releases.ReadAsync(cluster, blueprint.Namespace, blueprint.Release, ct);
        return Classify(now, ready.Fingerprint) == Standing.Current
            ? new StageResult.Changed($"revision {now[0].Revision} of {blueprint.Release}")
            : new StageResult.Failed(Superseded(now)) { WroteSomething = true };
    }

    private async Task<Outcome<Done>> MendAsync(
        Helm helm, Standing standing, IReadOnlyList<ReleaseRevision> revisions, StageReporter reporter, CancellationToken ct)
    {
        switch (standing)
        {
            case Standing.Interrupted:
                var good = LastGood(revisions)!.Revision;
                reporter.Notice($"revision {revisions[0].Revision} is {revisions[0].Status} and its run is gone: rolling back to {good}");
                return await helm.RollbackAsync(blueprint.Release, good, reporter, ct);
            case Standing.NeverDeployed or Standing.HalfRemoved:
                reporter.Notice($"revision {revisions[0].Revision} is {revisions[0].Status} and there is none to go back to: removing it");
                return await helm.UninstallAsync(blueprint.Release, blueprint.Configuration.Helm.Timeout, reporter, ct);
            default:
                return new Done();
        }
    }

    // A wait that timed out hides the reason; the pods know it. What they say decides the class when a rule knows it.
    private async Task<Failure> ExplainAsync(Cluster cluster, Failure failure, CancellationToken ct)
    {
        var troubles = await Troubles.DescribeAsync(cluster, blueprint.Namespace, ct);
        if (troubles.Count == 0)
        {
            return failure;
        }

        var closer = FailureClassifier.Classify("kubectl", string.Join('\n', troubles));
        var better = closer.Class is not (Failure.UnknownClass or FailureClassifier.NotAFailure) ? closer : failure;
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
