using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;

namespace Mayfly.Engine.Leases;

/// <summary>What is known of an environment without asking anybody but the object store: its last run, and who writes to it now.</summary>
/// <param name="Id">The env id.</param>
/// <param name="Run">The last run, folded from its journal.</param>
/// <param name="Holder">The lease of a live run; null when none works on it.</param>
public sealed record EnvironmentStatus(string Id, RunSnapshot Run, Lease? Holder)
{
    /// <summary>What is remembered of it; null when nothing is.</summary>
    public Lifetimes.EnvironmentRecord? Record { get; init; }

    /// <summary>What an hour of it costs; null when that is not known.</summary>
    public Costs.CostEstimate? Cost { get; init; }

    /// <summary>The link to the workflow run that wrote to it last; null when that one was started elsewhere.</summary>
    public string? Workflow { get; init; }

    /// <summary>When its time is over; null: never. A run that was killed leaves no record: then its beginning counts.</summary>
    /// <param name="ttl">How long an environment lives.</param>
    public DateTimeOffset? EndsAfter(TimeSpan? ttl) => Record is not null ? Record.Ends : Run.Started == default ? null : Run.Started + ttl;

    private const string JournalName = "/journal.jsonl";
    private const string LeaseName = "/lease.json";

    /// <summary>All environments that left a journal or a lease, or one of them.</summary>
    /// <param name="configuration">Says where they lie.</param>
    /// <param name="store">Holds them.</param>
    /// <param name="only">One env id; null: all.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<IReadOnlyList<EnvironmentStatus>> ReadAsync(
        MayflyConfiguration configuration, IObjectStore store, string? only, CancellationToken ct)
    {
        var now = await store.NowAsync(ct);
        var keys = await store.ListAsync(CommonPrefix(configuration), ct);
        var folders = keys
            .Select(FolderOf).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var found = new List<EnvironmentStatus>();
        foreach (var folder in folders)
        {
            var run = (await Journal.ReadAsync(store, folder + JournalName, ct)).Aggregate(RunSnapshot.Empty, (snapshot, e) => snapshot.Apply(e));
            var id = run.Environment.Length > 0 ? run.Environment : folder[(folder.LastIndexOf('/') + 1)..];
            if (only is null || id == only)
            {
                var lease = await store.GetAsync(folder + LeaseName, ct);
                var record = await Lifetimes.EnvironmentRecord.ReadAsync(store, folder + Lifetimes.EnvironmentRecord.Name, ct);
                found.Add(new EnvironmentStatus(id, run, Live(lease, now))
                {
                    Workflow = lease is null ? null : Lease.Read(lease.Content.Span)?.Url,
                    Record = record,
                    Cost = await CostAsync(store, keys.Where(key => key.StartsWith(folder + "/", StringComparison.Ordinal)), record?.Sleeps == true, ct),
                });
            }
        }

        return found;
    }

    private static Lease? Live(StoredObject? stored, DateTimeOffset now) =>
        stored is not null && Lease.Read(stored.Content.Span) is { } lease
            && lease.Judge(now - stored.Written, Leases.Holder.ThisProcess()) == LeaseStanding.Live
            ? lease
            : null;

    private static async Task<Costs.CostEstimate?> CostAsync(IObjectStore store, IEnumerable<string> keys, bool sleeps, CancellationToken ct)
    {
        var instances = new List<Tools.StateInstance>();
        foreach (var key in keys.Where(key => key.EndsWith(".tfstate", StringComparison.Ordinal)))
        {
            try
            {
                instances.AddRange(await store.GetAsync(key, ct) is { } stored ? Tools.TerraformState.Read(stored.Content).Instances : []);
            }
            catch (Exception e) when (e is System.Text.Json.JsonException or KeyNotFoundException or InvalidOperationException)
            {
                // Encrypted, or of another format: what it holds cannot be priced.
                return null;
            }
        }

        return Costs.CostEstimate.Of(instances, sleeps);
    }

    private static string? FolderOf(string key) =>
        key.EndsWith(JournalName, StringComparison.Ordinal) ? key[..^JournalName.Length]
        : key.EndsWith(LeaseName, StringComparison.Ordinal) ? key[..^LeaseName.Length]
        : null;

    // What all environments' prefixes begin with: two environments are expanded, and what they share is kept.
    private static string CommonPrefix(MayflyConfiguration configuration)
    {
        var prefixes = new[] { new PullRequest(1, "a", null), new PullRequest(2, "b", null) }
            .Select(pull => new Blueprint(configuration, EnvironmentNames.Create(pull, configuration)).StatePrefix).ToList();
        var length = prefixes[0].Zip(prefixes[1]).TakeWhile(pair => pair.First == pair.Second).Count();
        return prefixes[0][..length];
    }
}
