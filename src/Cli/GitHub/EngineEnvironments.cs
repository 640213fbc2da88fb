using System.Globalization;
using Mayfly.Aws;
using Mayfly.Cli.Commands;
using Mayfly.Engine;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Explanation;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Lifetimes;
using Mayfly.Engine.Secrets;
using Mayfly.GitHub.Decisions;
using Mayfly.GitHub.Flow;

namespace Mayfly.Cli.GitHub;

/// <summary>The engine as <c>mayfly github</c> runs it: the same runs as those of <c>up</c> and <c>down</c>.</summary>
internal sealed class EngineEnvironments(CommandContext context, MayflyConfiguration configuration) : IEnvironments
{
    private readonly World _world = World.Of(configuration, context.Variables, context.Clock);

    /// <inheritdoc />
    public EnvironmentIdentity Identify(int number, string branch, string? commit) =>
        EnvironmentNames.Create(new PullRequest(number, branch, commit), configuration);

    /// <inheritdoc />
    public string DeploymentEnvironment(EnvironmentIdentity identity) =>
        new Blueprint(configuration, identity).Expand(configuration.Github.DeploymentEnvironment);

    /// <inheritdoc />
    public RunFeed NewFeed() => new(context.Clock, context.Redactor);

    /// <inheritdoc />
    public Task<RunEnd> UpAsync(
        EnvironmentIdentity identity, Wish wish, Func<CancellationToken, Task<Failure?>> stillWanted, RunFeed feed, CancellationToken ct)
    {
        var blueprint = new Blueprint(configuration, identity);
        RunCommand.Check(blueprint);
        var run = Run(blueprint, feed, stillWanted);
        return wish == Wish.Redeploy ? run.RedeployAsync(ct) : run.UpAsync(ct);
    }

    /// <inheritdoc />
    public Task<RunEnd> DownAsync(EnvironmentIdentity identity, RunFeed feed, CancellationToken ct) =>
        Run(new Blueprint(configuration, identity), feed, null).DownAsync(ct);

    /// <inheritdoc />
    public async Task<IReadOnlyList<string>> ExplainAsync(EnvironmentIdentity identity, CancellationToken ct)
    {
        var blueprint = new Blueprint(configuration, identity);
        var work = Path.Combine(_world.Home, "work", configuration.Project, identity.Id, "kube");
        await using var door = new ClusterDoor(_world.Account, blueprint.ClusterName, work, context.Clock);
        blueprint.Account ??= (await Look.AtAsync<string>(async () => await _world.Account.AccountIdAsync(ct), ct)).Value;
        var chain = await new Explainer(_world, blueprint, door, new KnownSecrets(Contract(blueprint), blueprint, door, context.Redactor)).WalkAsync(ct);

        // Lines of logs stay out: a comment is read by more people than a terminal.
        return
        [
            .. chain.All.Select(link => context.Redactor.Redact(
                $"{Mark(link.State)} {link.Name}: {link.Summary}{(link == chain.FirstBroken ? "   <- the first broken link" : "")}")),
            .. chain.Next().Select(next => context.Redactor.Redact($"-> {next}")),
        ];
    }

    /// <inheritdoc />
    public Task<RunEnd> SleepAsync(EnvironmentIdentity identity, RunFeed feed, CancellationToken ct) =>
        Run(new Blueprint(configuration, identity), feed, null).SleepAsync(ct);

    /// <inheritdoc />
    public async Task<EnvironmentFacts> ExtendAsync(EnvironmentIdentity identity, TimeSpan length, CancellationToken ct)
    {
        try
        {
            var now = await _world.Store.NowAsync(ct);
            await EnvironmentRecord.ChangeAsync(
                _world.Store, RunParts.RecordKey(new Blueprint(configuration, identity)),
                known => known is { Ends: { } ends } ? known with { Ends = (ends > now ? ends : now) + length } : known, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && OutsideWorld.Classify(e) is not null)
        {
            return EnvironmentFacts.None;
        }

        return await KnownAsync(identity, ct);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<KnownEnvironment>> AllAsync(CancellationToken ct) =>
    [
        .. from status in await EnvironmentStatus.ReadAsync(configuration, _world.Store, null, ct)
           let number = NumberOf(status.Id)
           where number > 0
           orderby number
           select new KnownEnvironment(number, status.EndsAfter(configuration.Environment.Ttl), status.Workflow is not null, status.Holder is not null),
    ];

    /// <inheritdoc />
    public async Task<EnvironmentFacts> KnownAsync(EnvironmentIdentity identity, CancellationToken ct)
    {
        try
        {
            var found = await EnvironmentStatus.ReadAsync(configuration, _world.Store, identity.Id, ct);
            return found.Count == 0 ? EnvironmentFacts.None
                : new EnvironmentFacts(found[0].Cost?.AnHour, found[0].Record?.Created, found[0].Record?.Ends, found[0].Record?.Sleeps == true)
                {
                    LastRun = found[0].Run,
                };
        }
        catch (Exception e) when (!ct.IsCancellationRequested && OutsideWorld.Classify(e) is not null)
        {
            // What a comment says besides is not worth a run.
            return EnvironmentFacts.None;
        }
    }

    private EnvironmentRun Run(Blueprint blueprint, RunFeed feed, Func<CancellationToken, Task<Failure?>>? stillWanted) =>
        new(_world, blueprint, Contract(blueprint), feed) { StillWanted = stillWanted };

    private SecretContract Contract(Blueprint blueprint) =>
        new(_world.Session.CreateSecretsManager(), blueprint, context.Variables.Variables, context.Redactor);

    private static int NumberOf(string id) =>
        id.StartsWith("pr-", StringComparison.Ordinal) && int.TryParse(id.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static char Mark(LinkState state) => state switch
    {
        LinkState.Fine => '✓',
        LinkState.Broken => '✗',
        _ => '?',
    };
}
