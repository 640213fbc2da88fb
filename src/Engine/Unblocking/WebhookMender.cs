using k8s;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Unblocking;

/// <summary>
/// Webhooks that fail closed while nobody answers them. Their controller is waited for as long as it gets on; a dead one's webhooks
/// are taken out of the way, the controller is repaired, and they are put back, at the latest when the run ends.
/// </summary>
/// <param name="blueprint">What the environment writes.</param>
/// <param name="gate">Opens and puts back.</param>
/// <param name="watch">Looks at controllers.</param>
/// <param name="repair">Repairs them; null: they need not come back, because the cluster is about to go.</param>
/// <param name="lease">Asked before each write.</param>
public sealed class WebhookMender(Blueprint blueprint, WebhookGate gate, ControllerWatch watch, ControllerRepair? repair, RunLease lease) : IMender
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public async Task<IReadOnlyList<Obstacle>> FindAsync(Cluster cluster, StageReporter reporter, CancellationToken ct)
    {
        var obstacles = new List<Obstacle>();
        foreach (var note in await gate.AwayAsync(ct))
        {
            obstacles.Add(new Obstacle(note.ToString(), "an ended run took it out of the way", "put it back once its controller answers"));
        }

        foreach (var candidates in (await CandidatesAsync(cluster, [], ct)).GroupBy(candidate => candidate.Entry.Service))
        {
            if (candidates.Key is not { } service)
            {
                obstacles.AddRange(candidates.Select(candidate => new Obstacle(candidate.ToString(), Outside(candidate.Entry), "leave it alone")));
                continue;
            }

            var standing = (await ControllerWatch.LookAsync(cluster, service, ct)).Judge(TimeSpan.Zero, TimeSpan.MaxValue);
            if (standing is ControllerStanding.Coming(var coming))
            {
                obstacles.AddRange(candidates.Select(candidate => new Obstacle(candidate.ToString(), coming, "wait for its controller as long as it gets on")));
            }
            else if (standing is ControllerStanding.Dead(var dead))
            {
                obstacles.AddRange(candidates.Select(candidate => new Obstacle(candidate.ToString(), dead, "take it out of the way for the run and repair its controller")));
            }
        }

        return obstacles;
    }

    /// <inheritdoc />
    public async Task<Mending> MendAsync(Cluster cluster, StageReporter reporter, CancellationToken ct)
    {
        var notes = await gate.AwayAsync(ct);
        var candidates = await CandidatesAsync(cluster, notes, ct);
        var standings = new Dictionary<ServiceName, ControllerStanding>();
        var mended = 0;
        foreach (var group in candidates.GroupBy(candidate => candidate.Entry.Service))
        {
            if (group.Key is not { } service)
            {
                Tell(reporter, group.Select(candidate => $"{candidate}: {Outside(candidate.Entry)}; it is left alone"));
                continue;
            }

            var (sight, standing) = await watch.WaitAsync(cluster, service, reporter, ct);
            if (standing is ControllerStanding.Dead(var why))
            {
                if (await lease.EnsureHeldAsync(ct) is { } lost)
                {
                    return new Mending(mended, lost);
                }

                mended += await OpenAsync(cluster, [.. group], why, reporter, ct);
                if (repair is not null && await repair.TryAsync(cluster, sight, OwnerOf(group), reporter, ct) is { } done)
                {
                    reporter.Remedy($"the controller behind service {service}", done);
                    mended++;
                    (_, standing) = await watch.WaitAsync(cluster, service, reporter, ct);
                }

                Tell(reporter, standing is ControllerStanding.Dead(var still)
                    ? [$"the controller behind service {service} does not answer ({still}); its webhooks stay out of the way until it does, or the run ends"] : []);
            }
            else if (standing is ControllerStanding.Unknowable(var unknowable))
            {
                Tell(reporter, group.Select(candidate => $"{candidate}: {unknowable}; it is left alone"));
            }

            standings[service] = standing;
        }

        return await PutBackAsync(cluster, standings, mended, reporter, ct);
    }

    /// <summary>Puts everything back that is out of the way; what had to be written, in words. Its controllers are no longer waited for.</summary>
    public async Task<IReadOnlyList<string>> PutBackAllAsync(Cluster cluster, CancellationToken ct)
    {
        var back = new List<string>();
        foreach (var note in await gate.AwayAsync(ct))
        {
            if (await gate.PutBackAsync(cluster, note, ct))
            {
                back.Add(note.ToString());
            }
        }

        return back;
    }

    // Those whose controllers all answer.
    private async Task<Mending> PutBackAsync(
        Cluster cluster, Dictionary<ServiceName, ControllerStanding> standings, int mended, StageReporter reporter, CancellationToken ct)
    {
        foreach (var note in await gate.AwayAsync(ct))
        {
            var found = await WebhookConfiguration.FindAsync(cluster, note.Kind, note.Configuration, ct);
            var isAbout = found is not null && note.IsAbout(found);
            if (isAbout && !found!.Entries.Where(entry => note.Entries.Contains(entry.Name)).Select(entry => entry.Service).OfType<ServiceName>()
                .All(service => standings.GetValueOrDefault(service) is ControllerStanding.Serving))
            {
                continue;
            }

            if (await lease.EnsureHeldAsync(ct) is { } lost)
            {
                return new Mending(mended, lost);
            }

            if (await gate.PutBackAsync(cluster, note, ct))
            {
                reporter.Remedy(note.ToString(), "put back as it was: its controller answers");
                mended++;
            }
            else
            {
                reporter.Notice($"{note} needs no putting back: {(isAbout ? "its policy is as it was" : "its installation has removed or replaced it since")}");
            }
        }

        return new Mending(mended);
    }

    private async Task<int> OpenAsync(Cluster cluster, IReadOnlyList<Candidate> candidates, string why, StageReporter reporter, CancellationToken ct)
    {
        var opened = 0;
        foreach (var group in candidates.Where(candidate => candidate.Entry.FailsClosed).GroupBy(candidate => candidate.Of))
        {
            await gate.OpenAsync(cluster, group.Key, [.. group.Select(candidate => candidate.Entry)], ct);
            foreach (var candidate in group)
            {
                reporter.Remedy(candidate.ToString(), $"taken out of the way for this run: {why}");
                opened++;
            }
        }

        return opened;
    }

    private async Task<List<Candidate>> CandidatesAsync(Cluster cluster, IReadOnlyList<WebhookNote> notes, CancellationToken ct)
    {
        var all = (await WebhookConfiguration.ListAsync(cluster, ct)).SelectMany(found => found.Entries.Select(entry => new Candidate(found, entry))).ToList();
        bool IsAway(Candidate candidate) => notes.Any(note => note.IsAbout(candidate.Of) && note.Entries.Contains(candidate.Entry.Name));
        if (!all.Exists(candidate => candidate.Entry.FailsClosed || IsAway(candidate)))
        {
            return [];
        }

        var scope = await ScopeAsync(cluster, ct);
        return all.FindAll(candidate => IsAway(candidate) || (candidate.Entry.FailsClosed && scope.Concerns(candidate.Entry)));
    }

    private async Task<WebhookScope> ScopeAsync(Cluster cluster, CancellationToken ct)
    {
        var namespaces = (await cluster.Api.CoreV1.ListNamespaceAsync(cancellationToken: ct)).Items.ToDictionary(
            item => item.Metadata.Name, item => (IReadOnlyDictionary<string, string>)new Dictionary<string, string>(item.Metadata.Labels ?? new Dictionary<string, string>()));
        namespaces.TryAdd(blueprint.Namespace, new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = blueprint.Namespace });
        var configuration = blueprint.Configuration;
        var directories = configuration.Terraform.Layers.Select(layer => layer.Root).Append(configuration.Helm.Chart).Select(blueprint.PathOf).Distinct();
        return new WebhookScope(namespaces, WebhookScope.GroupsIn(directories).Concat(FinalizerRules.BuiltIn.SelectMany(rule => rule.Groups)).ToHashSet(StringComparer.Ordinal));
    }

    private void Tell(StageReporter reporter, IEnumerable<string> messages)
    {
        foreach (var message in messages.Where(_told.Add))
        {
            reporter.Notice(message);
        }
    }

    private static ServiceName? OwnerOf(IEnumerable<Candidate> candidates) =>
        candidates.Select(candidate => ControllerWatch.ReleaseOf(candidate.Of.Metadata)).OfType<ServiceName>().FirstOrDefault();

    private static string Outside(WebhookEntry entry) => $"it is answered at {Host(entry.Url)}, and whether that answers cannot be seen in the cluster";

    // A URL may hold a token.
    private static string Host(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Host : "an address outside of the cluster";

    private sealed record Candidate(WebhookConfiguration Of, WebhookEntry Entry)
    {
        public override string ToString() => $"webhook {Entry.Name} of {Of}";
    }
}
