using System.Globalization;
using k8s;
using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Unblocking;

/// <summary>
/// Releases of Terraform's that an interrupted run left in the middle of something: neither helm nor Terraform gets out of that by
/// itself. They go back to the revision that was deployed last; where there is none, the record of the attempt is removed and what it
/// made stays, for the next installation to take over. The application's own release is the work of the stage deploy.
/// </summary>
/// <param name="blueprint">Whose the application's release is.</param>
/// <param name="layers">Which releases are Terraform's.</param>
/// <param name="helms">Goes back.</param>
/// <param name="lease">Says that nobody else works here, and who did before.</param>
/// <param name="clock">Waits.</param>
public sealed class ReleaseMender(Blueprint blueprint, ClusterLayers layers, HelmFactory helms, RunLease lease, TimeProvider clock) : IMender
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Clocks of machines differ by minutes at times, and a revision's time is its helm's own.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(10);

    /// <inheritdoc />
    public async Task<IReadOnlyList<Obstacle>> FindAsync(Cluster cluster, StageReporter reporter, CancellationToken ct)
    {
        var pending = await PendingAsync(cluster, ct);
        if (pending.Count == 0)
        {
            return [];
        }

        var owned = (await layers.ReleasesAsync([.. pending.Select(release => release.Name)], reporter, ct)).Is(out var known, out _) ? known : [];
        return [.. pending.Select(release => new Obstacle(
            $"helm release {release.Name}",
            $"revision {release.Newest.Revision} is {release.Newest.Status}",
            !owned.Contains(release.Name) ? "leave it alone, since it is not Terraform's" : release.Act()))];
    }

    /// <inheritdoc />
    public async Task<Mending> MendAsync(Cluster cluster, StageReporter reporter, CancellationToken ct)
    {
        var pending = await PendingAsync(cluster, ct);
        if (pending.Count == 0)
        {
            return Mending.Nothing;
        }

        if (!(await layers.ReleasesAsync([.. pending.Select(release => release.Name)], reporter, ct)).Is(out var owned, out var failure))
        {
            return new Mending(0, failure);
        }

        var mended = 0;
        foreach (var release in pending)
        {
            if (!owned.Contains(release.Name))
            {
                reporter.Notice($"helm release {release.Name} is {release.Newest.Status} since {release.Changed:u} and is not Terraform's; it is left alone");
                continue;
            }

            if (await lease.EnsureHeldAsync(ct) is { } lost)
            {
                return new Mending(mended, lost);
            }

            if (await StillPendingAsync(cluster, release, reporter, ct) is not { } dead)
            {
                continue;
            }

            if (!(await MendAsync(cluster, dead, reporter, ct)).Is(out var done, out failure))
            {
                return new Mending(mended, failure);
            }

            reporter.Remedy($"helm release {release.Name}", done);
            mended++;
        }

        return new Mending(mended);
    }

    private async Task<Outcome<string>> MendAsync(Cluster cluster, PendingRelease release, StageReporter reporter, CancellationToken ct)
    {
        var name = release.Name;
        var helm = await helms.OpenAsync(cluster, name.Namespace, ct);
        switch (release.Standing)
        {
            case DeployRelease.Standing.Interrupted:
                if (!(await helms.VersionAsync(ct)).Is(out var version, out var failure)
                    || !(await helm.RollbackAsync(name.Name, release.LastGood, reporter, ct, version.Major >= 4)).Is(out _, out failure))
                {
                    return failure;
                }

                return $"revision {release.Newest.Revision} was {release.Newest.Status} and its run is over: went back to revision {release.LastGood}";
            case DeployRelease.Standing.HalfRemoved when release.OwnsVolumes:
                return Unsafe(release);
            case DeployRelease.Standing.HalfRemoved:
                return (await helm.UninstallAsync(name.Name, blueprint.Configuration.Helm.Timeout, reporter, ct)).Is(out _, out failure)
                    ? "its removal was interrupted and is finished" : failure;
            default:
                await Cluster.FindAsync(() => cluster.Api.CoreV1.DeleteNamespacedSecretAsync(
                    release.Secret.Name, name.Namespace,
                    new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = release.Secret.Uid, ResourceVersion = release.Secret.ResourceVersion } },
                    cancellationToken: ct));
                return $"revision {release.Newest.Revision} was {release.Newest.Status} and none was ever deployed: removed its record, what it made stays";
        }
    }

    // A live helm writes its record when it is done; one whose run is over never will.
    private async Task<PendingRelease?> StillPendingAsync(Cluster cluster, PendingRelease release, StageReporter reporter, CancellationToken ct)
    {
        var patience = blueprint.Configuration.Budget.Progress;
        if (IsOver(release.Changed, patience))
        {
            return release;
        }

        reporter.Notice($"helm release {release.Name} is {release.Newest.Status} since {release.Changed:u}; waiting in case somebody works on it");
        var started = clock.GetTimestamp();
        var last = release;
        while (clock.GetElapsedTime(started) <= patience)
        {
            await Task.Delay(Pause, clock, ct);
            if ((await PendingAsync(cluster, ct)).FirstOrDefault(other => other.Name == release.Name) is not { } now)
            {
                return null;
            }

            if (now.Secret.ResourceVersion != last.Secret.ResourceVersion)
            {
                (last, started) = (now, clock.GetTimestamp());
            }
        }

        return last;
    }

    private bool IsOver(DateTimeOffset changed, TimeSpan patience) =>
        lease.Previous is { Standing: LeaseStanding.HolderDead or LeaseStanding.Expired } before && changed <= before.Written + ClockSkew
        || clock.GetUtcNow() - changed > patience + ClockSkew;

    private async Task<IReadOnlyList<PendingRelease>> PendingAsync(Cluster cluster, CancellationToken ct)
    {
        var records = await cluster.Api.CoreV1.ListSecretForAllNamespacesAsync(
            labelSelector: "owner=helm,status in (pending-install,pending-upgrade,pending-rollback,uninstalling)", cancellationToken: ct);
        var found = new List<PendingRelease>();
        foreach (var record in records.Items.Where(record => record.Type == "helm.sh/release.v1"))
        {
            var name = new ServiceName(record.Metadata.NamespaceProperty, record.Metadata.Labels["name"]);
            if (name == new ServiceName(blueprint.Namespace, blueprint.Release))
            {
                continue;
            }

            var revisions = await Releases.ReadAsync(cluster, name.Namespace, name.Name, ct);
            if (revisions.Count > 0 && record.Metadata.Labels["version"] == revisions[0].Revision.ToString(CultureInfo.InvariantCulture))
            {
                found.Add(new PendingRelease(name, revisions, record.Metadata));
            }
        }

        return found;
    }

    private static Failure Unsafe(PendingRelease release) => Failure.Of(
        "release-half-removed", "helm_operation_in_progress", Disposition.NeedsHuman,
        $"the removal of helm release {release.Name} was interrupted, and to finish it would delete its volumes",
        $"Save what its volumes hold, run helm uninstall {release.Name.Name} --namespace {release.Name.Namespace}, and run mayfly up again.");

    /// <summary>A release in the middle of something.</summary>
    private sealed record PendingRelease(ServiceName Name, IReadOnlyList<ReleaseRevision> Revisions, V1ObjectMeta Secret)
    {
        public ReleaseRevision Newest => Revisions[0];

        public DeployRelease.Standing Standing => DeployRelease.Classify(Revisions, "");

        public int LastGood => Revisions.First(revision => revision.Status is "deployed" or "superseded").Revision;

        public bool OwnsVolumes => Newest.Manifest.Contains("kind: PersistentVolumeClaim", StringComparison.Ordinal);

        // A record of helm's may bear the stamp of the revision that it was made from: the later one counts.
        public DateTimeOffset Changed
        {
            get
            {
                var made = new DateTimeOffset(Secret.CreationTimestamp ?? default, TimeSpan.Zero);
                return Secret.Labels.TryGetValue("modifiedAt", out var stamp) && long.TryParse(stamp, CultureInfo.InvariantCulture, out var seconds)
                    && DateTimeOffset.FromUnixTimeSeconds(seconds) is var modified && modified > made ? modified : made;
            }
        }

        public string Act() => Standing switch
        {
            DeployRelease.Standing.Interrupted => $"go back to revision {LastGood}",
            DeployRelease.Standing.HalfRemoved => OwnsVolumes ? "stop: to finish its removal would delete its volumes" : "finish its removal",
            _ => "remove the record of the attempt",
        };
    }
}
