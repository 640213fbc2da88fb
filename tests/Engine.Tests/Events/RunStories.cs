using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tests.Events;

/// <summary>Runs as streams of events, for everything that folds or shows them.</summary>
internal static class RunStories
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Failure Throttled = Failure.Of(
        "aws-throttled", "aws_throttled", Disposition.RetryAfterWait, "AWS is asked too often", "Wait.") with
    { Remedy = "wait for the rate to fall" };

    private static readonly Failure Crashing = Failure.Of(
        "pod-crashloop", "pod_crashloop", Disposition.FailPermanentUser, "the container backend of pod backend-7c4 starts and dies",
        "Read the log above.", "mayfly explain --pr 42") with
    {
        Evidence = ["Last log lines of backend-7c4:", "  panic: no DATABASE_URL"],
        Tried = ["apply:aws: AWS is asked too often -> try again"],
    };

    /// <summary>A run that moves something, retries once and ends reachable.</summary>
    public static IReadOnlyList<RunEvent> Reachable { get; } = Number(
    [
        (0.0, new RunStarted("r1", "up", "pr-42", "pr-42-login-unstable.jetscale.ai", "8f2091483a4cc896fa6ddc3595f5081385b218f2")),
        (0.0, new StageStarted("identity", 1)),
        (0.2, new StageFinished("identity", "unchanged", "account 123456789012, lease taken", 0.2, 1)),
        (0.2, new StageStarted("reconcile", 1)),
        (1.0, new Adopted("reconcile", "aws_iam_role.node", "pr-42-node")),
        (1.1, new Pruned("reconcile", "helm_release.eso", "its cluster is gone")),
        (1.2, new StageFinished("reconcile", "changed", "adopted 1, forgot 1", 1.0, 1)),
        (1.2, new StageStarted("apply:aws", 1)),
        (2.0, new ToolLine("apply:aws", "terraform", "aws_vpc.main: Creating...")),
        (2.0, new ResourceChanged("apply:aws", "aws_vpc.main", "create", "started", 0)),
        (4.0, new ResourceChanged("apply:aws", "aws_vpc.main", "create", "completed", 2)),
        (4.0, new ResourceChanged("apply:aws", "aws_eks_cluster.main", "create", "started", 0)),
        (40.0, new ResourceChanged("apply:aws", "aws_eks_cluster.main", "create", "failed", 36)),
        (40.1, new VerdictReached("apply:aws", Throttled, "try again", 5)),
        (45.1, new StageStarted("apply:aws", 2)),
        (45.2, new ResourceChanged("apply:aws", "aws_eks_cluster.main", "create", "started", 0)),
        (110.0, new ResourceChanged("apply:aws", "aws_eks_cluster.main", "create", "completed", 64.8)),
        (111.0, new StageFinished("apply:aws", "changed", "2 added, 0 changed, 0 destroyed", 65.9, 2)),
        (111.0, new StageStarted("verify", 1)),
        (112.0, new Noticed("verify", "3 good answers in a row")),
        (112.0, new StageFinished("verify", "unchanged", "https://pr-42-login-unstable.jetscale.ai/ answers", 1.0, 1)),
        (112.1, new RunFinished("reachable", "https://pr-42-login-unstable.jetscale.ai/", true, null)),
    ]);

    /// <summary>A run that ends with a failure that only a person can mend.</summary>
    public static IReadOnlyList<RunEvent> Broken { get; } = Number(
    [
        (0.0, new RunStarted("r2", "up", "pr-42", "pr-42-login-unstable.jetscale.ai", null)),
        (0.0, new StageStarted("deploy", 1)),
        (3700.0, new VerdictReached("deploy", Crashing, "stop: it needs a person", 0)),
        (3700.0, new StageFinished("deploy", "failed", Crashing.Summary, 3700, 1)),
        (3700.1, new RunFinished("failed", null, true, Crashing)),
    ]);

    /// <summary>A run that found everything as it should be.</summary>
    public static IReadOnlyList<RunEvent> Unchanged { get; } = Number(
    [
        (0.0, new RunStarted("r3", "up", "pr-42", "pr-42-login-unstable.jetscale.ai", "8f2091483a4cc896fa6ddc3595f5081385b218f2")),
        (0.0, new StageStarted("identity", 1)),
        (0.2, new StageFinished("identity", "unchanged", "", 0.2, 1)),
        (0.4, new RunFinished("reachable", "https://pr-42-login-unstable.jetscale.ai/", false, null)),
    ]);

    /// <summary>A plan with something to do everywhere.</summary>
    public static IReadOnlyList<RunEvent> Planned { get; } = Number(
    [
        (0.0, new RunStarted("r4", "plan", "pr-42", "pr-42-login-unstable.jetscale.ai", "8f2091483a4cc896fa6ddc3595f5081385b218f2")),
        (0.0, new StageStarted("prune", 1)),
        (0.5, new Pruned("prune", "helm_release.eso", "its cluster does not exist")),
        (0.5, new StageFinished("prune", "changed", "1 to drop from the state", 0.5, 1)),
        (0.5, new StageStarted("apply:aws", 1)),
        (3.0, new Adopted("apply:aws", "aws_iam_role.node", "pr-42-node")),
        (3.0, new Noticed("apply:aws", "would create aws_vpc.main")),
        (3.0, new StageFinished("apply:aws", "changed", "1 to adopt, 1 to create", 2.5, 1)),
        (3.1, new StageStarted("deploy", 1)),
        (3.2, new StageFinished("deploy", "changed", "release pr-42 to install, once there is a cluster", 0.1, 1)),
        (3.3, new RunFinished("planned", null, true, null)),
    ]);

    /// <summary>The snapshot after a story.</summary>
    public static RunSnapshot Fold(IEnumerable<RunEvent> story) => story.Aggregate(RunSnapshot.Empty, (run, happened) => run.Apply(happened));

    private static IReadOnlyList<RunEvent> Number(IReadOnlyList<(double Second, RunEvent Happened)> events) =>
        [.. events.Select((row, index) => row.Happened with { Sequence = index + 1, Time = Start.AddSeconds(row.Second) })];
}
