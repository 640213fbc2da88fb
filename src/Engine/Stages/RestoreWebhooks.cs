using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;
using Mayfly.Engine.Unblocking;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Puts the webhooks back that were taken out of the way, now that the infrastructure is as it should be and their controllers were
/// made again where they were missing.
/// Looks at: the notes beside the state, the controllers. May change: the webhooks that a note names. Proof: no note is left. A
/// controller that is still dead is a failure: its webhook is back all the same, and blocks what it did before.
/// </summary>
public sealed class RestoreWebhooks(ClusterDoor door, WebhookGate gate, WebhookMender mender, RunLease lease) : IStage
{
    /// <inheritdoc />
    public string Name => StageNames.Restore;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        var notes = await gate.AwayAsync(ct);
        if (notes.Count == 0)
        {
            return new StageResult.Unchanged("no webhook is out of the way");
        }

        if (await door.FindAsync(ct) is not { } cluster || !await cluster.AnswersAsync(ct))
        {
            return new StageResult.Unchanged("there is no cluster to put webhooks back into");
        }

        var reporter = new StageReporter(run, Name);
        if ((await mender.MendAsync(cluster, reporter, ct)).Failure is { } failure)
        {
            return new StageResult.Failed(failure) { WroteSomething = true };
        }

        var dead = await gate.AwayAsync(ct);
        if (dead.Count == 0)
        {
            return new StageResult.Changed($"{notes.Count} back as before");
        }

        var why = await ExplainAsync(cluster, dead, ct);
        if (await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return new StageResult.Failed(lost);
        }

        foreach (var back in await mender.PutBackAllAsync(cluster, ct))
        {
            reporter.Remedy(back, "put back as it was, though its controller does not answer");
        }

        return new StageResult.Failed(Dead(dead, why)) { WroteSomething = true };
    }

    private static async Task<IReadOnlyList<string>> ExplainAsync(Cluster cluster, IReadOnlyList<WebhookNote> dead, CancellationToken ct)
    {
        var why = new List<string>();
        foreach (var note in dead)
        {
            var found = await WebhookConfiguration.FindAsync(cluster, note.Kind, note.Configuration, ct);
            foreach (var service in (found?.Entries ?? []).Select(entry => entry.Service).OfType<ServiceName>().Distinct())
            {
                var sight = await ControllerWatch.LookAsync(cluster, service, ct);
                var because = sight.Judge(TimeSpan.Zero, TimeSpan.MaxValue) switch
                {
                    ControllerStanding.Dead(var dying) => dying,
                    ControllerStanding.Coming(var coming) => coming,
                    _ => "",
                };
                why.Add($"{note}, service {service}: {because}");
                why.AddRange(sight.Pods.Where(pod => !pod.IsReady).Select(pod => $"pod {service.Namespace}/{pod.Name}: {pod.Reason}"));
                why.AddRange(await Troubles.DescribeAsync(cluster, service.Namespace, new HashSet<string>(), [], ct));
            }
        }

        return [.. why.Distinct()];
    }

    private static Failure Dead(IReadOnlyList<WebhookNote> dead, IReadOnlyList<string> why) => Failure.Of(
        "webhook-controller-dead", "webhook_unavailable", Disposition.NeedsHuman,
        $"the controller of {string.Join(", ", dead)} is dead and could not be repaired",
        "Repair the controller, or remove its webhook configuration when it is no longer wanted; the evidence says what is wrong with it.",
        "Run mayfly up again: it takes the webhook out of the way and tries once more.") with
    {
        Tool = "kubectl",
        Evidence = why,
    };
}
