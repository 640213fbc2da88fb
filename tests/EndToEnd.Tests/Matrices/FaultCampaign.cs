namespace Mayfly.EndToEnd.Tests.Matrices;

/// <summary>Drives the fault matrix over one kind of fault, life after life, until nothing is missing or nothing more can be hit.</summary>
/// <param name="matrix">The matrix.</param>
/// <param name="sites">What is to be hit.</param>
/// <param name="outOfTime">Says when to begin nothing more.</param>
public sealed class FaultCampaign(FaultMatrix matrix, Sites sites, Func<bool> outOfTime)
{
    // A site that was not hit in this many runs, or failed in them, is left to the next call.
    private const int Tries = 2;

    private readonly Dictionary<string, int> _tried = new(StringComparer.Ordinal);

    /// <summary>All sites of one kind of fault that passes.</summary>
    public async Task PassAsync(MatrixCloud cloud, string kind, CancellationToken ct)
    {
        while (!outOfTime() && Missing("up", kind, sites.Up).Count + Missing("down", kind, sites.Down).Count > 0)
        {
            var environment = cloud.Next();
            await RunAsync(cloud, environment, "up", kind, sites.Up, ct);

            // What a new commit or an idle run asks can be hit without a new environment.
            while (!outOfTime() && Missing("up", kind, sites.Deploy).Count > 0)
            {
                environment.MoveOn();
                await RunAsync(cloud, environment, "up", kind, sites.Deploy, ct);
            }

            await RunAsync(cloud, environment, "down", kind, sites.Down, ct);
            await SettleAsync(cloud, environment, ct);
        }
    }

    /// <summary>All sites, denied one a run: each run of a life gets as far as the next of them.</summary>
    public async Task DenyAsync(MatrixCloud cloud, CancellationToken ct)
    {
        while (!outOfTime() && Missing("up", FaultMatrix.Denied, sites.Up).Count + Missing("down", FaultMatrix.Denied, sites.Down).Count > 0)
        {
            var environment = cloud.Next();
            await DenyAsync(cloud, environment, "up", sites.Up, sites.Deploy, ct);
            (await environment.RunAsync(environment.Up, ct)).Ended(0);
            await DenyAsync(cloud, environment, "down", sites.Down, [], ct);
            await SettleAsync(cloud, environment, ct);
        }
    }

    private async Task DenyAsync(
        MatrixCloud cloud, MatrixEnvironment environment, string command, IReadOnlyList<CallSite> all, IReadOnlyList<CallSite> afterwards, CancellationToken ct)
    {
        var passable = afterwards.Select(site => site.Name).ToHashSet(StringComparer.Ordinal);
        var ended = false;
        foreach (var site in Missing(command, FaultMatrix.Denied, all))
        {
            if (outOfTime())
            {
                return;
            }

            // Once it is made, only what each run asks can be hit, or what it asks for a new commit.
            if (ended && !passable.Contains(site.Name))
            {
                continue;
            }

            environment.MoveOn();
            Count(command, FaultMatrix.Denied, [site]);
            ended |= !await matrix.DenyAsync(cloud, environment, command, site, ct);
        }
    }

    private IReadOnlyList<CallSite> Missing(string command, string kind, IEnumerable<CallSite> of) =>
        matrix.Missing(command, kind, of.Where(site => _tried.GetValueOrDefault(FaultMatrix.NameOf(command, kind, site)) < Tries));

    private async Task RunAsync(MatrixCloud cloud, MatrixEnvironment environment, string command, string kind, IReadOnlyList<CallSite> of, CancellationToken ct)
    {
        var batch = FaultMatrix.Batch(kind, Missing(command, kind, of));
        Count(command, kind, batch);
        await matrix.PassAsync(cloud, environment, command, kind, batch, ct);
    }

    private void Count(string command, string kind, IEnumerable<CallSite> batch)
    {
        foreach (var name in batch.Select(site => FaultMatrix.NameOf(command, kind, site)))
        {
            _tried[name] = _tried.GetValueOrDefault(name) + 1;
        }
    }

    // The next run converges, whatever the faults did, and the environment goes.
    private static async Task SettleAsync(MatrixCloud cloud, MatrixEnvironment environment, CancellationToken ct) =>
        await environment.GoneAsync(await environment.RunAsync(environment.Down, ct), ct);
}
