using Mayfly.Engine.Explanation;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Stages;

namespace Mayfly.Engine.Tests.Explanation;

/// <summary>Which failures are told with the chain, and how.</summary>
public sealed class FailureStoryTests
{
    [Theory]
    [InlineData(StageNames.Deploy, "pod_crashloop", true)]
    [InlineData(StageNames.Deploy, "helm_wait_timeout", true)]
    [InlineData(StageNames.Deploy, "helm_hook_failed", true)]
    [InlineData(StageNames.Deploy, Failure.UnknownClass, true)]
    [InlineData(StageNames.Preflight, "eso_secret_missing", true)]
    [InlineData(StageNames.Verify, "alb_certificate", true)]
    [InlineData(StageNames.Deploy, "config_invalid", false)]
    [InlineData(StageNames.Deploy, "helm_chart_fetch_failed", false)]
    [InlineData(StageNames.Deploy, "lease_lost", false)]
    [InlineData("apply:aws", "config_invalid", false)]
    [InlineData("apply:cluster", Failure.UnknownClass, false)]
    [InlineData(StageNames.Identity, "lease_held", false)]
    [InlineData(StageNames.Sweep, "aws_delete_dependency", false)]
    public void The_chain_is_told_where_it_can_say_why(string stage, string @class, bool fits) =>
        Assert.Equal(fits, FailureStory.Fits(stage, Failure.Of("r", @class, Disposition.NeedsHuman, "s")));

    [Fact]
    public void The_chains_evidence_comes_after_the_failures_own_and_its_steps_before_and_nothing_comes_twice()
    {
        var failure = Failure.Of("pod-crashloop", "pod_crashloop", Disposition.RetryAfterRepair, "it does not come up", "Read the log.") with
        {
            Evidence = ["web | panic"],
        };
        var chain = new Chain(
            [Link.Fine("name", "it is there"), Link.Broken("container web", "web crashes", ["web | panic", "BackOff"], "Read the container's log.", "Read the log.")], []);

        var told = FailureStory.With(failure, chain);

        Assert.Equal(["web | panic", "first broken link: container web: web crashes", "BackOff"], told.Evidence);
        Assert.Equal(["Read the container's log.", "Read the log."], told.Next);
        Assert.Equal((failure.Rule, failure.Class, failure.Disposition, failure.Summary), (told.Rule, told.Class, told.Disposition, told.Summary));
    }

    [Fact]
    public void A_chain_without_a_broken_link_adds_nothing()
    {
        var failure = Failure.Of("r", "unknown", Disposition.NeedsHuman, "s");

        Assert.Same(failure, FailureStory.With(failure, new Chain([Link.Unknown("name", "who knows")], [])));
    }
}
