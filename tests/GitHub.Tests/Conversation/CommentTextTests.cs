using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.GitHub.Conversation;

namespace Mayfly.GitHub.Tests.Conversation;

/// <summary>What the comment tells of a plan, and how long it may become.</summary>
public sealed class CommentTextTests
{
    // GitHub's own limit for a comment's body.
    private const int Limit = 65_536;

    [Fact]
    public void A_fold_holds_terraforms_plan_layer_by_layer()
    {
        var comment = Told(
            new Planned("apply:aws", 1, 2, 0, 1, [new("aws_vpc.main", "import"), new("module.a[\"x\"].aws_subnet.b", "create"), new("aws_eip.nat", "replace")], 0),
            new Planned("apply:cluster", 0, 1, 1, 0, [new("kubernetes_namespace.a", "create"), new("helm_release.b", "update")], 7));

        Assert.Contains("<summary>terraform's plans</summary>", comment);
        Assert.Contains("apply:aws: 1 to import, 2 to add, 0 to change, 1 to destroy\n", comment);
        Assert.Contains("\n  import  aws_vpc.main\n  create  module.a[\"x\"].aws_subnet.b\n  replace aws_eip.nat\n", comment);
        Assert.Contains("apply:cluster: 0 to import, 1 to add, 1 to change, 0 to destroy\n  create  kubernetes_namespace.a\n  update  helm_release.b\n  and 7 more\n", comment);
    }

    [Fact]
    public void One_plan_is_told_in_the_folds_title_and_none_makes_no_fold()
    {
        Assert.Contains(
            "<summary>terraform's plan: 0 to import, 1 to add, 0 to change, 0 to destroy</summary>",
            Told(new Planned("apply:aws", 0, 1, 0, 0, [new("aws_vpc.main", "create")], 0)));
        Assert.DoesNotContain("terraform's plan", Told());
    }

    [Theory]
    [InlineData("aws_iam_policy.long[\"x\"]")]
    [InlineData("@octocat & <b> ")]
    [InlineData("```\n</details>")]
    [InlineData("\ud83d\ude00|")]
    public void However_much_there_is_to_tell_it_fits_into_a_comment_and_its_folds_are_closed(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 500));
        var many = Enumerable.Repeat(text, 60).ToArray();
        var failure = Failure.Of("r", "c", Disposition.NeedsHuman, text, many) with { Evidence = many, Tried = many };
        RunEvent[] events =
        [
            new RunStarted("r", "up", "pr-42", "host", null),
            .. Enumerable.Range(0, 40).SelectMany(i => (RunEvent[])
            [
                new StageStarted($"{i}{text}", 1),
                new Planned(text, 0, 60, 0, 0, [.. many.Select(address => new PlannedAction(address, "create"))], 5),
                new Adopted(text, $"{i}{text}", text), new Pruned(text, text, text), new Warned("github", $"{i}{text}"),
                new StageFinished($"{i}{text}", "changed", text, 1, 1),
            ]),
            new RunFinished("failed", null, true, failure),
        ];
        var run = events.Aggregate(RunSnapshot.Empty, (snapshot, happened) => snapshot.Apply(happened));

        var comment = CommentText.Of(new PullReport { Environment = "pr-42", Label = text, Commit = text, Run = run }, DateTimeOffset.UnixEpoch);

        Assert.InRange(comment.Length, 30_000, Limit);
        Assert.Contains("more lines\n```", comment);
        Assert.Contains("- and ", comment);
        Assert.Equal(comment.Split("<details>").Length, comment.Split("\n</details>\n").Length);
        Assert.EndsWith("`/preview help`</sub>\n", comment);
    }

    private static string Told(params Planned[] plans)
    {
        RunEvent[] events = [new RunStarted("r", "up", "pr-42", "host", null), .. plans, new RunFinished("reachable", "https://host/", true, null)];
        var run = events.Aggregate(RunSnapshot.Empty, (snapshot, happened) => snapshot.Apply(happened));
        return CommentText.Of(new PullReport { Environment = "pr-42", Label = "preview", Run = run }, DateTimeOffset.UnixEpoch);
    }
}
