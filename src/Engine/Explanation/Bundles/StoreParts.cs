using System.Globalization;
using System.Text;
using Mayfly.Engine.Events;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Explanation.Bundles;

/// <summary>What lies beside the state: the journal of the last run, the lease, the locks, and what the states hold, names only.</summary>
internal sealed class StoreParts(World world, Blueprint blueprint)
{
    private readonly TerraformRoots _roots = new(world, blueprint);

    public IEnumerable<BundlePart> All =>
    [
        new("journal.jsonl", "the events of the last run that wrote something", ct => RawAsync(RunParts.JournalKey(blueprint), "no run of this environment has written anything", ct)),
        new("last-result.json", "how that run ended", ResultAsync),
        new("plan.txt", "what that run planned, applied and dropped, stage by stage", PlanAsync),
        new("lease.json", "who holds the environment, or held it last", ct => RawAsync(RunParts.LeaseKey(blueprint), "nobody has held this environment", ct)),
        new("locks.txt", "Terraform's locks on the states", LocksAsync),
        .. _roots.StateKeys.Select(key => new BundlePart(
            $"state/{key[(key.LastIndexOf('/') + 1)..]}.txt", "addresses and types of the state's resources, no attribute", ct => StateAsync(key, ct))),
    ];

    private async Task<PartContent> RawAsync(string key, string none, CancellationToken ct) =>
        await world.Store.GetAsync(key, ct) is { } stored
            ? new PartContent.Text($"{Encoding.UTF8.GetString(stored.Content.Span)}\n")
            : new PartContent.Missing(none);

    private async Task<RunSnapshot?> LastAsync(CancellationToken ct) =>
        await Journal.ReadAsync(world.Store, RunParts.JournalKey(blueprint), ct) is { Count: > 0 } events
            ? events.Aggregate(RunSnapshot.Empty, (snapshot, happened) => snapshot.Apply(happened)) : null;

    private async Task<PartContent> ResultAsync(CancellationToken ct) => await LastAsync(ct) is { } run
        ? new PartContent.Text(RunResult.Line(run))
        : new PartContent.Missing("no run of this environment has written anything");

    private async Task<PartContent> PlanAsync(CancellationToken ct)
    {
        if (await LastAsync(ct) is not { } run)
        {
            return new PartContent.Missing("no run of this environment has written anything");
        }

        var lines = run.Stages.SelectMany(stage => stage.Notices.Select(notice => "  " + notice).Prepend($"{stage.Name}: {stage.State}: {stage.Detail}"))
            .Concat(run.Adopted.Select(adopted => $"adopted {adopted.Address}"))
            .Concat(run.Pruned.Select(pruned => $"dropped {pruned.Address}: {pruned.Why}"));
        return new PartContent.Text(string.Join('\n', lines));
    }

    private async Task<PartContent> LocksAsync(CancellationToken ct)
    {
        var text = new StringBuilder();
        foreach (var key in _roots.StateKeys)
        {
            var found = await StateLocks.FindAsync(world, blueprint, key, ct);
            text.Append(key).Append(found.Count == 0 ? ": not locked\n" : "\n");
            foreach (var (held, age) in found)
            {
                text.Append(CultureInfo.InvariantCulture, $"  locked by {held.Who} ({held.Operation}), id {held.Id}, since {held.Created:u}, {age.TotalMinutes:0} minutes\n");
            }
        }

        return new PartContent.Text(text.ToString());
    }

    private async Task<PartContent> StateAsync(string key, CancellationToken ct)
    {
        if (await world.Store.GetAsync(key, ct) is not { } stored)
        {
            return new PartContent.Missing($"{world.Store.Location} has no {key}");
        }

        var state = TerraformState.Read(stored.Content);
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"serial {state.Serial}, lineage {state.Lineage}, written {stored.Written:u}, {state.Instances.Count} instances\n");
        foreach (var instance in state.Instances)
        {
            text.Append(instance.Address).Append("  ").Append(instance.Type).Append("  ").Append(instance.Provider).Append('\n');
        }

        return new PartContent.Text(text.ToString());
    }
}
