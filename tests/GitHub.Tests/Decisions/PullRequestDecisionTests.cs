using Mayfly.GitHub.Decisions;
using Mayfly.GitHub.Payloads;
using static Mayfly.GitHub.Tests.Decisions.Story;

namespace Mayfly.GitHub.Tests.Decisions;

/// <summary>What events of a pull request ask for, by the state in which it is now.</summary>
public sealed class PullRequestDecisionTests
{
    [Fact]
    public void The_label_converges_the_head_commit()
    {
        var decision = Assert.IsType<Decision.Converge>(Decide(Event("labeled", Labelled(), "preview"), Labelled()));

        Assert.Equal(Old, decision.Pull.HeadCommit);
        Assert.Equal(Old, decision.CheckOut);
    }

    [Fact]
    public void The_labels_case_does_not_matter() =>
        Assert.IsType<Decision.Converge>(Decide(Event("labeled", Pull(labels: "Preview"), "Preview"), Pull(labels: "Preview")));

    [Fact]
    public void Another_label_asks_for_nothing() =>
        Assert.IsType<Decision.Nothing>(Decide(Event("labeled", Labelled(), "bug"), Labelled()));

    [Fact]
    public void Taking_the_label_off_tears_down() =>
        Assert.IsType<Decision.TearDown>(Decide(Event("unlabeled", Pull(), "preview"), Pull()));

    [Fact]
    public void Taking_another_label_off_asks_for_nothing() =>
        Assert.IsType<Decision.Nothing>(Decide(Event("unlabeled", Labelled(), "bug"), Labelled()));

    [Fact]
    public void A_label_that_came_back_is_not_torn_down() =>
        Assert.IsType<Decision.Stale>(Decide(Event("unlabeled", Pull(), "preview"), Labelled()));

    [Fact]
    public void A_label_that_is_off_again_does_not_converge() =>
        Assert.IsType<Decision.Stale>(Decide(Event("labeled", Labelled(), "preview"), Pull()));

    [Fact]
    public void A_push_to_a_labelled_pull_request_converges_the_new_commit()
    {
        var decision = Assert.IsType<Decision.Converge>(Decide(Event("synchronize", Labelled(New)), Labelled(New)));

        Assert.Equal(New, decision.Pull.HeadCommit);
    }

    [Fact]
    public void A_push_without_the_label_asks_for_nothing() =>
        Assert.IsType<Decision.Nothing>(Decide(Event("synchronize", Pull(New)), Pull(New)));

    [Theory]
    [InlineData("labeled")]
    [InlineData("synchronize")]
    [InlineData("reopened")]
    public void An_event_of_an_older_head_is_stale(string action) =>
        Assert.IsType<Decision.Stale>(Decide(Event(action, Labelled(Old), action == "labeled" ? "preview" : null), Labelled(New)));

    [Theory]
    [InlineData("closed")]
    [InlineData("labeled")]
    [InlineData("synchronize")]
    [InlineData("edited")]
    [InlineData("unlabeled")]
    public void Whatever_comes_for_a_closed_pull_request_tears_down(string action) =>
        Assert.IsType<Decision.TearDown>(Decide(Event(action, Labelled(), "preview"), Pull(open: false, labels: "preview")));

    [Fact]
    public void Opened_with_the_label_and_merged_within_seconds_is_torn_down()
    {
        var merged = Pull(open: false, labels: "preview") with { IsMerged = true };

        var opened = Decide(Event("opened", Labelled()), merged);
        var closed = Decide(Event("closed", merged), merged);

        Assert.Equal("the pull request is merged", Assert.IsType<Decision.TearDown>(opened).Because);
        Assert.IsType<Decision.TearDown>(closed);
    }

    [Fact]
    public void A_rerun_of_a_close_does_not_remove_what_was_opened_again() =>
        Assert.IsType<Decision.Stale>(Decide(Event("closed", Pull(open: false)), Labelled()));

    [Fact]
    public void A_reopened_pull_request_with_the_label_converges() =>
        Assert.IsType<Decision.Converge>(Decide(Event("reopened", Labelled()), Labelled()));

    [Theory]
    [InlineData("assigned")]
    [InlineData("edited")]
    [InlineData("locked")]
    [InlineData("converted_to_draft")]
    [InlineData("review_requested")]
    [InlineData("an_action_that_does_not_exist_yet")]
    public void What_says_nothing_of_the_environment_asks_for_nothing(string action) =>
        Assert.IsType<Decision.Nothing>(Decide(Event(action, Labelled()), Labelled()));

    [Fact]
    public void A_pull_request_on_top_of_another_converges_like_any_other()
    {
        var stacked = Labelled() with { BaseBranch = "feature/below" };

        Assert.IsType<Decision.Converge>(Decide(Event("labeled", stacked, "preview"), stacked));
        Assert.IsType<Decision.Nothing>(Decide(Event("edited", stacked), stacked with { BaseBranch = "main" }));
    }

    [Fact]
    public void Drafts_locked_ones_and_bots_converge_when_they_are_labelled()
    {
        var pull = Labelled() with { IsDraft = true, IsLocked = true, Author = new Account("dependabot[bot]", true) };

        Assert.IsType<Decision.Converge>(Decide(Event("labeled", pull, "preview") with { Sender = Writer }, pull));
        Assert.IsType<Decision.Converge>(Decide(Event("synchronize", pull) with { Sender = pull.Author }, pull));
    }

    [Fact]
    public void A_renamed_branch_is_taken_as_it_is_called_now()
    {
        var renamed = Labelled() with { HeadBranch = "feature/sign-in" };

        var decision = Assert.IsType<Decision.Converge>(Decide(Event("labeled", Labelled(), "preview"), renamed));

        Assert.Equal("feature/sign-in", decision.Pull.HeadBranch);
    }

    [Fact]
    public void A_transferred_repository_is_the_same_repository()
    {
        // The event is of the old owner's time; the ids stay.
        var decision = Decide(Event("labeled", Labelled(), "preview"), Labelled() with { HeadRepository = 1, BaseRepository = 1 });

        Assert.IsType<Decision.Converge>(decision);
    }

    [Fact]
    public void When_GitHub_does_not_answer_the_event_counts()
    {
        Assert.IsType<Decision.Converge>(Decide(Event("labeled", Labelled(), "preview"), null));
        Assert.IsType<Decision.TearDown>(Decide(Event("closed", Pull(open: false)), null));
    }

    [Theory]
    [InlineData("push")]
    [InlineData("schedule")]
    [InlineData("issues")]
    [InlineData("")]
    public void Other_events_ask_for_nothing(string name) =>
        Assert.IsType<Decision.Nothing>(Decide(new EventPayload { Name = name, Action = "opened" }, Labelled()));
}
