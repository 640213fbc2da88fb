using CsCheck;
using Mayfly.GitHub.Decisions;
using Mayfly.GitHub.Payloads;
using static Mayfly.GitHub.Tests.Decisions.Story;

namespace Mayfly.GitHub.Tests.Decisions;

/// <summary>Who may have an environment made, and of what.</summary>
public sealed class SafetyDecisionTests
{
    [Theory]
    [InlineData("labeled")]
    [InlineData("opened")]
    [InlineData("reopened")]
    [InlineData("synchronize")]
    public void A_forks_commit_waits_unless_a_writer_sent_the_event(string action)
    {
        var happened = Event(action, Labelled(fork: true), action == "labeled" ? "preview" : null);

        Assert.IsType<Decision.AwaitApproval>(Decide(happened, Labelled(fork: true), mayWrite: false));
        Assert.IsType<Decision.AwaitApproval>(Decide(happened, Labelled(fork: true), mayWrite: null));
        Assert.IsType<Decision.Converge>(Decide(happened, Labelled(fork: true), mayWrite: true));
    }

    [Fact]
    public void A_push_after_the_label_takes_the_approval_away()
    {
        var approval = Event("labeled", Labelled(Old, fork: true), "preview");
        Assert.IsType<Decision.Converge>(Decide(approval, Labelled(Old, fork: true), mayWrite: true));

        // The approving run starts late, or is run again, after the push; and the push itself is a stranger's.
        Assert.IsType<Decision.Stale>(Decide(approval, Labelled(New, fork: true), mayWrite: true));
        Assert.IsType<Decision.AwaitApproval>(
            Decide(Event("synchronize", Labelled(New, fork: true)) with { Sender = new Account("stranger", false) }, Labelled(New, fork: true), mayWrite: false));
    }

    [Fact]
    public void What_was_a_branch_of_the_repository_and_is_gone_counts_as_a_fork() =>
        Assert.IsType<Decision.AwaitApproval>(Decide(Event("labeled", Labelled(), "preview"), Labelled() with { HeadRepository = null }, mayWrite: false));

    [Fact]
    public void A_fork_is_made_with_the_repositorys_own_files()
    {
        var pull = Labelled(fork: true);

        var decision = Assert.IsType<Decision.Converge>(Decide(Event("labeled", pull, "preview"), pull, mayWrite: true));

        Assert.Equal(pull.BaseCommit, decision.CheckOut);
    }

    [Fact]
    public void A_comment_approves_a_fork_only_by_the_whole_name_of_its_newest_commit()
    {
        Assert.IsType<Decision.AwaitApproval>(Decide(Comment("/preview up"), Labelled(fork: true), mayWrite: true));
        Assert.IsType<Decision.Refuse>(Decide(Comment($"/preview up {Old[..12]}"), Labelled(fork: true), mayWrite: true));
        Assert.IsType<Decision.Refuse>(Decide(Comment($"/preview up {Old}"), Labelled(New, fork: true), mayWrite: true));
        Assert.IsType<Decision.Refuse>(Decide(Comment($"/preview up {Old}"), Labelled(Old, fork: true), mayWrite: false));
        Assert.IsType<Decision.Converge>(Decide(Comment($"/preview up {Old}"), Labelled(Old, fork: true), mayWrite: true));
    }

    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    [InlineData("redeploy")]
    [InlineData("extend 24h")]
    [InlineData("sleep")]
    [InlineData("wake")]
    [InlineData("explain")]
    [InlineData("help")]
    public void Only_who_may_write_commands(string words)
    {
        Assert.IsType<Decision.Refuse>(Decide(Comment($"/preview {words}"), Labelled(), mayWrite: false));
        Assert.IsType<Decision.Refuse>(Decide(Comment($"/preview {words}"), Labelled(), mayWrite: null));
        Assert.IsNotType<Decision.Refuse>(Decide(Comment($"/preview {words}"), Labelled(), mayWrite: true));
    }

    [Fact]
    public void Bots_do_not_command()
    {
        var bot = new Account("helper[bot]", true);

        Assert.IsType<Decision.Nothing>(Decide(Comment("/preview down", bot), Labelled(), mayWrite: true));
    }

    [Fact]
    public void Nobody_commands_in_anothers_words() =>
        Assert.IsType<Decision.Nothing>(Decide(Comment("/preview down", new Account("stranger", false), Writer), Labelled(), mayWrite: true));

    [Theory]
    [InlineData("edited")]
    [InlineData("deleted")]
    public void A_comment_that_is_changed_later_commands_nothing(string action) =>
        Assert.IsType<Decision.Nothing>(Decide(Comment("/preview down") with { Action = action }, Labelled(), mayWrite: true));

    [Fact]
    public void A_comment_on_an_issue_commands_nothing() =>
        Assert.IsType<Decision.Nothing>(Decide(Comment("/preview up") with { Number = null }, Labelled(), mayWrite: true));

    [Fact]
    public void A_workflow_started_by_hand_for_a_fork_names_the_commit()
    {
        var happened = new EventPayload
        {
            Name = "workflow_dispatch",
            Number = 42,
            Sender = Writer,
            Inputs = new Dictionary<string, string> { ["pr"] = "42", ["command"] = "up" },
        };

        Assert.IsType<Decision.Converge>(Decide(happened, Pull(), mayWrite: true));
        Assert.IsType<Decision.Refuse>(Decide(happened, Pull(), mayWrite: false));
        Assert.IsType<Decision.AwaitApproval>(Decide(happened, Pull(fork: true), mayWrite: true));
    }

    [Fact]
    public void No_event_of_a_stranger_ever_converges_a_fork()
    {
        var actions = OneOf("opened", "reopened", "synchronize", "labeled", "unlabeled", "closed", "edited", "ready_for_review");
        var bodies = OneOf($"/preview up {Old}", "/preview up", $"/preview redeploy {Old}", $"/preview wake {Old}", "hello");

        Gen.Select(actions, bodies, Gen.Bool, Gen.Bool, Gen.Int[0, 1].Select(i => i == 0 ? (bool?)false : null)).Sample((action, body, comments, labelled, mayWrite) =>
        {
            var pull = labelled ? Labelled(fork: true) : Pull(fork: true);
            var happened = comments ? Comment(body) : Event(action, pull, "preview");

            Assert.IsNotType<Decision.Converge>(Decide(happened, pull, mayWrite));
            Assert.IsNotType<Decision.Converge>(Decide(happened, null, mayWrite));
        }, iter: 200);
    }

    [Fact]
    public void What_is_said_of_a_decision_repeats_no_strangers_words()
    {
        const string Hostile = "::set-output name=x::y `$(id)` @everyone <img src=x>";
        var pull = Labelled() with { HeadBranch = Hostile, BaseBranch = Hostile, Author = new Account(Hostile, false) };

        foreach (var action in (string[])["labeled", "unlabeled", "closed", "synchronize", Hostile])
        {
            Assert.DoesNotContain("::", Decide(Event(action, pull, Hostile), pull, true).Because);
        }

        var refused = Assert.IsType<Decision.Refuse>(Decide(Comment($"/preview {Hostile}"), pull, true));
        Assert.DoesNotContain("::", refused.Because + refused.Reply);
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
