using Mayfly.Aws;
using Mayfly.Engine.Teardown;

namespace Mayfly.Engine.Unblocking;

/// <summary>What unblocking is made of: made once a run.</summary>
public sealed class UnblockingParts
{
    public UnblockingParts(RunParts parts, string runId)
    {
        var watch = new ControllerWatch(parts.Blueprint.Configuration.Budget.Progress, parts.World.Clock);
        var repair = new ControllerRepair(parts.Helms, parts.World.Clock);
        Gate = new WebhookGate(new WebhookNotes(parts.World.Store, RunParts.WebhooksKey(parts.Blueprint)), runId);
        Webhooks = new WebhookMender(parts.Blueprint, Gate, watch, repair, parts.Lease);
        var layers = new ClusterLayers(parts.Roots, parts.Plans);
        var balancers = new StackBalancers(
            parts.World.Session.CreateElasticLoadBalancingV2(), parts.Blueprint.Configuration.Project, parts.Blueprint.ClusterName);
        Access = new AccessMender(parts.Blueprint, parts.Door, parts.World.Session, parts.Lease, parts.World.Clock);
        Menders =
        [
            Access,
            new ReleaseMender(parts.Blueprint, layers, parts.Helms, parts.Lease, parts.World.Clock),
            Webhooks,
            new StuckMender(parts.Blueprint, layers, new FinalizerRelease(balancers, repair), parts.Lease, parts.World.Clock),
        ];
        var doomed = new FinalizerRelease(balancers, repair: null);
        var ownership = Ownership.Of(parts.Blueprint.Configuration.Project, parts.Blueprint.Environment.Id);
        Watch = new StuckWatch(doomed, parts.Blueprint.Configuration.Budget.Progress, parts.World.Clock);
        TeardownMenders =
        [
            Access,
            new WebhookMender(parts.Blueprint, Gate, watch, repair: null, parts.Lease),
            new DoomedMender(doomed, SweepsOf(parts), ownership, parts.Lease, parts.World.Clock),
            new StuckMender(parts.Blueprint, layers, doomed, parts.Lease, parts.World.Clock),
        ];
    }

    /// <summary>Lets the run into a cluster of its environment's that another principal made.</summary>
    public AccessMender Access { get; }

    /// <summary>Opens webhooks and puts them back.</summary>
    public WebhookGate Gate { get; }

    /// <summary>Mends webhooks.</summary>
    public WebhookMender Webhooks { get; }

    /// <summary>All that a converging run mends, in order.</summary>
    public IReadOnlyList<IMender> Menders { get; }

    /// <summary>All that a teardown mends, in order: nothing that is about to go is repaired.</summary>
    public IReadOnlyList<IMender> TeardownMenders { get; }

    /// <summary>Looks on while a teardown's terraform waits for namespaces.</summary>
    public StuckWatch Watch { get; }

    /// <summary>The run ends: whatever is still out of the way goes back, so that no environment is left without its webhooks.</summary>
    public async Task LeaveAsync(RunParts parts, CancellationToken ct)
    {
        if ((await Gate.AwayAsync(ct)).Count > 0 && await parts.Door.FindAsync(ct) is { } cluster && await cluster.AnswersAsync(ct))
        {
            await Webhooks.PutBackAllAsync(cluster, ct);
        }
    }

    private static Dictionary<string, Sweep> SweepsOf(RunParts parts) => new(StringComparer.Ordinal)
    {
        ["aws-load-balancer-controller"] = new Sweep(
        [
            new LoadBalancerLeftovers(parts.World.Session.CreateElasticLoadBalancingV2()), new BalancerGroups(parts.World.Session.CreateEc2()),
        ]),
        ["external-dns"] = new Sweep([new RecordLeftovers(parts.World.Session.CreateRoute53(), parts.Blueprint.Configuration.Environment.Zone)]),
    };
}
