using System.Globalization;
using Mayfly.Engine;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.GitHub.Decisions;
using Mayfly.GitHub.Flow;

namespace Mayfly.GitHub.Tests.Flow;

/// <summary>An engine without a cloud: it keeps which environments there are, and runs stages that a test can hook into.</summary>
internal sealed class FakeEnvironments : IEnvironments
{
    /// <summary>Which environments there are, and at which commit.</summary>
    public Dictionary<string, string?> There { get; } = [];

    /// <summary>What was run, in order.</summary>
    public List<string> Runs { get; } = [];

    /// <summary>When the time of each is over.</summary>
    public DateTimeOffset? Ends { get; set; }

    /// <summary>Called as each stage begins.</summary>
    public Action<string>? OnStage { get; set; }

    /// <summary>What stops the deployment; null: nothing.</summary>
    public Failure? Broken { get; set; }

    /// <summary>What is known beside runs.</summary>
    public EnvironmentFacts Facts { get; set; } = EnvironmentFacts.None;

    public EnvironmentIdentity Identify(int number, string branch, string? commit) =>
        new($"pr-{number}", "slug", $"pr-{number}.example.com", new PullRequest(number, branch, commit));

    public string DeploymentEnvironment(EnvironmentIdentity identity) => $"preview/{identity.Id}";

    public RunFeed NewFeed() => new(TimeProvider.System);

    public async Task<RunEnd> UpAsync(
        EnvironmentIdentity identity, Wish wish, Func<CancellationToken, Task<Failure?>> stillWanted, RunFeed feed, CancellationToken ct)
    {
        Runs.Add($"{wish} {identity.Id}".ToLowerInvariant());
        feed.Publish(new RunStarted("r1", "up", identity.Id, identity.PublicHost, identity.PullRequest.Commit));
        foreach (var stage in (string[])["identity", "apply", "deploy", "verify"])
        {
            if (await stillWanted(ct) is { } why)
            {
                return End(feed, Ending.Withdrawn, "withdrawn", null, why);
            }

            feed.Publish(new StageStarted(stage, 1));
            OnStage?.Invoke(stage);
            There[identity.Id] = identity.PullRequest.Commit;
            if (stage == "deploy" && Broken is { } broken)
            {
                feed.Publish(new Diagnosed(stage, "error", "infra/main.tf", 3, 4, "No such thing", "It is not there."));
                feed.Publish(new StageFinished(stage, "failed", broken.Summary, 1, 1));
                return End(feed, Ending.NeedsPerson, "failed", null, broken);
            }

            feed.Publish(new StageFinished(stage, "changed", "2 create", 1, 1));
        }

        return End(feed, Ending.Holds, "reachable", $"https://{identity.PublicHost}/", null);
    }

    public Task<RunEnd> DownAsync(EnvironmentIdentity identity, RunFeed feed, CancellationToken ct)
    {
        Runs.Add($"down {identity.Id}");
        feed.Publish(new RunStarted("r2", "down", identity.Id, identity.PublicHost, null));
        var changed = There.Remove(identity.Id);
        feed.Publish(new StageStarted("sweep", 1));
        feed.Publish(new StageFinished("sweep", changed ? "changed" : "unchanged", "nothing is left", 1, 1));
        feed.Publish(new RunFinished("gone", null, changed, null));
        feed.Complete();
        return Task.FromResult(new RunEnd(Ending.Holds, null, null, changed));
    }

    public Task<RunEnd> SleepAsync(EnvironmentIdentity identity, RunFeed feed, CancellationToken ct)
    {
        Runs.Add($"sleep {identity.Id}");
        Facts = Facts with { Sleeps = true };
        feed.Publish(new RunStarted("r3", "sleep", identity.Id, identity.PublicHost, identity.PullRequest.Commit));
        return Task.FromResult(End(feed, Ending.Holds, "asleep", null, null));
    }

    public Task<EnvironmentFacts> ExtendAsync(EnvironmentIdentity identity, TimeSpan length, CancellationToken ct)
    {
        Facts = Facts with { Ends = Facts.Ends + length };
        return Task.FromResult(Facts);
    }

    public Task<IReadOnlyList<string>> ExplainAsync(EnvironmentIdentity identity, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<string>>(["✗ name: it does not resolve   <- the first broken link", "-> Wait a minute."]);

    public Task<IReadOnlyList<KnownEnvironment>> AllAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<KnownEnvironment>>(
        [.. There.Keys.Select(id => new KnownEnvironment(int.Parse(id[3..], CultureInfo.InvariantCulture), Ends, IsByWorkflow: true, IsBusy: false))]);

    public Task<EnvironmentFacts> KnownAsync(EnvironmentIdentity identity, CancellationToken ct) => Task.FromResult(Facts);

    private static RunEnd End(RunFeed feed, Ending ending, string outcome, string? url, Failure? failure)
    {
        feed.Publish(new RunFinished(outcome, url, true, failure));
        feed.Complete();
        return new RunEnd(ending, null, failure, true);
    }
}
