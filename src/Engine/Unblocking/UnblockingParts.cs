using Mayfly.Engine.Clouds.Cluster;

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
        Menders = [new ReleaseMender(parts.Blueprint, layers, parts.Helms, parts.Lease, parts.World.Clock), Webhooks];
    }

    /// <summary>Opens webhooks and puts them back.</summary>
    public WebhookGate Gate { get; }

    /// <summary>Mends webhooks.</summary>
    public WebhookMender Webhooks { get; }

    /// <summary>All that a converging run mends, in order.</summary>
    public IReadOnlyList<IMender> Menders { get; }

    /// <summary>The run ends: whatever is still out of the way goes back, so that no environment is left without its webhooks.</summary>
    public async Task LeaveAsync(RunParts parts, CancellationToken ct)
    {
        if ((await Gate.AwayAsync(ct)).Count > 0 && await parts.Door.FindAsync(ct) is { } cluster && await cluster.AnswersAsync(ct))
        {
            await Webhooks.PutBackAllAsync(cluster, ct);
        }
    }
}
