using Mayfly.Engine.Adoption;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Planning;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Teardown;

namespace Mayfly.Engine;

/// <summary>The two loops, in their order. This is the architecture; everything else is how.</summary>
public static class Pipelines
{
    /// <summary>identity, prune, the network freed of a dead cluster's rests, reconcile and apply layer by layer (before the first that lies in the cluster, the cluster is unblocked), preflight, deploy, verify.</summary>
    public static IReadOnlyList<IStage> Converge(RunParts parts) =>
    [
        parts.Identity(willWrite: false, readOnly: false),
        new PruneZombies(parts.Blueprint, parts.Roots, parts.Door, parts.Unblocking.Access, parts.Locks, parts.Lease, parts.World.Store),
        new ReleaseNetwork(
            StageNames.Leftovers, parts.Blueprint, parts.IdleSweep, parts.Lease, parts.World.Clock,
            async ct => await parts.Door.LookAsync(ct) is null ? null : "its cluster's controllers look after it"),
        .. Layers(parts, parts.Roots.Layers.TakeWhile(layer => !layer.NeedsCluster)),
        new UnblockCluster(parts.Door, parts.Unblocking.Menders, parts.Plans),
        .. Layers(parts, parts.Roots.Layers.SkipWhile(layer => !layer.NeedsCluster)),
        new RestoreWebhooks(parts.Door, parts.Unblocking.Gate, parts.Unblocking.Webhooks, parts.Lease),
        new RestoreReleases(parts.Blueprint, parts.Door, parts.Helms, parts.Lease),
        new Preflight(parts.Blueprint, parts.Door, parts.Secrets, parts.Pulls, parts.Lease, parts.World.Clock),
        new DeployRelease(parts.Blueprint, parts.Door, parts.Package, parts.Helms, parts.Lease, parts.World.Clock),
        new VerifyReachable(parts.Blueprint, parts.World.Http, parts.Lease, parts.World.Clock),
    ];

    /// <summary>identity, prune, unblock, release, destroy layer by layer from the last to the first, the network freed between, sweep, forget.</summary>
    public static IReadOnlyList<IStage> TearDown(RunParts parts)
    {
        var end = new ClusterEnd(parts.Blueprint.Configuration.Budget.Settle, parts.World.Clock);
        var layers = parts.Roots.Layers.Reverse().ToList();

        // With the last layer that lies in the cluster its controllers are gone, and nobody else takes back what they made.
        var living = layers.FindLastIndex(layer => layer.NeedsCluster) + 1;
        var sweep = new SweepEnvironment(parts.Blueprint, parts.Sweep, parts.Lease, end, parts.World.Clock);
        return
        [
            parts.Identity(willWrite: true, readOnly: false),
            new PruneZombies(parts.Blueprint, parts.Roots, parts.Door, parts.Unblocking.Access, parts.Locks, parts.Lease, parts.World.Store),
            new UnblockCluster(parts.Door, parts.Unblocking.TeardownMenders, parts.Plans),
            new ReleaseApplication(parts.Blueprint, parts.Door, parts.Helms, parts.ControllerSweep, parts.Lease, parts.World.Clock),
            .. layers.Take(living).Select(Destroy),
            new ReleaseNetwork($"{StageNames.Release}:network", parts.Blueprint, parts.NetworkSweep, parts.Lease, parts.World.Clock),
            .. layers.Skip(living).Select(Destroy),
            sweep,
            new ForgetState(parts.Blueprint, parts.Roots, sweep, parts.Lease, parts.World.Store, parts.RunKeys),
        ];

        IStage Destroy(LayerSettings layer) => new DestroyLayer(layer, parts.Blueprint, parts.Roots, parts.Door, parts.Unblocking.Watch, parts.Lease, parts.World.Store, end);
    }

    /// <summary>Converging, and the application started anew before the page is opened.</summary>
    public static IReadOnlyList<IStage> Redeploy(RunParts parts)
    {
        var all = Converge(parts);
        return [.. all.SkipLast(1), new RestartApplication(parts.Blueprint, parts.Door, parts.Lease, parts.World.Clock), all[^1]];
    }

    /// <summary>Stops what costs by the hour; converging undoes it.</summary>
    public static IReadOnlyList<IStage> Sleep(RunParts parts) =>
    [
        parts.Identity(willWrite: true, readOnly: false),
        new SleepApplication(parts.Blueprint, parts.Door, parts.World.Session, parts.Lease),
    ];

    /// <summary>What converging would do, found out by looking only.</summary>
    public static IReadOnlyList<IStage> Plan(RunParts parts)
    {
        var planned = new PlannedRun();
        var prune = new PruneZombies(parts.Blueprint, parts.Roots, parts.Door, parts.Unblocking.Access, parts.Locks, parts.Lease, parts.World.Store);
        return
        [
            parts.Identity(willWrite: false, readOnly: true),
            new FindZombies(parts.Roots, prune, planned),
            new FindObstacles(parts.Door, parts.Unblocking.Menders),
            .. parts.Roots.Layers.Select(layer => new PlanLayer(layer, parts.Plans, parts.Orphans, parts.Door, planned)),
            new PlanRelease(parts.Blueprint, parts.Door, parts.Package, parts.Helms),
        ];
    }

    private static IEnumerable<IStage> Layers(RunParts parts, IEnumerable<LayerSettings> layers) => layers.SelectMany(layer => new IStage[]
    {
        new ReconcileLayer(layer, parts.Roots, parts.Plans, parts.Orphans, parts.Lease),
        new ApplyLayer(layer, parts.Roots, parts.Plans, parts.Door, parts.Lease),
    });

    /// <summary>One stage and what it cannot do without: who we are. A layered stage comes with all its layers.</summary>
    public static IReadOnlyList<IStage> Single(RunParts parts, string stage)
    {
        var all = Converge(parts);
        return [all[0], .. all.Skip(1).Where(other => other.Name == stage || other.Name.StartsWith(stage + ":", StringComparison.Ordinal))];
    }
}
