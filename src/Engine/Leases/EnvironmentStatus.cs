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
        var folders = (await store.ListAsync(CommonPrefix(configuration), ct))
            .Select(FolderOf).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var found = new List<EnvironmentStatus>();
        foreach (var folder in folders)
        {
            var run = (await Journal.ReadAsync(store, folder + JournalName, ct)).Aggregate(RunSnapshot.Empty, (snapshot, e) => snapshot.Apply(e));
            var id = run.Environment.Length > 0 ? run.Environment : folder[(folder.LastIndexOf('/') + 1)..];
            if (only is null || id == only)
            {
                found.Add(new EnvironmentStatus(id, run, await LiveAsync(store, folder + LeaseName, now, ct)));
            }
        }

        return found;
    }

    private static async Task<Lease?> LiveAsync(IObjectStore store, string key, DateTimeOffset now, CancellationToken ct) =>
        await store.GetAsync(key, ct) is { } stored && Lease.Read(stored.Content.Span) is { } lease
            && lease.Judge(now - stored.Written, Leases.Holder.ThisProcess()) == LeaseStanding.Live
            ? lease
            : null;

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
