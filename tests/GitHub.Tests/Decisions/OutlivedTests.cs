using Mayfly.GitHub.Decisions;

namespace Mayfly.GitHub.Tests.Decisions;

/// <summary>Which environments have outlived their time or their pull request.</summary>
public sealed class OutlivedTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly KnownEnvironment Lasting = new(42, null, IsByWorkflow: true, IsBusy: false);

    [Fact]
    public void One_that_is_wanted_stays()
    {
        Assert.Null(Why(Lasting, Story.Labelled()));
        Assert.Null(Why(Lasting with { Ends = Now.AddSeconds(1) }, Story.Labelled()));
    }

    [Fact]
    public void One_whose_time_is_over_goes_whatever_GitHub_says_of_its_pull_request()
    {
        Assert.Contains("time is over", Why(Lasting with { Ends = Now }, Story.Labelled()));
        Assert.Contains("time is over", Why(Lasting with { Ends = Now.AddDays(-1) }, null));
    }

    [Fact]
    public void One_whose_pull_request_was_closed_or_merged_unseen_goes()
    {
        Assert.Equal("the pull request is closed", Why(Lasting, Story.Pull(open: false, labels: "preview")));
        Assert.Equal("the pull request is merged", Why(Lasting with { IsByWorkflow = false }, Story.Pull(open: false) with { IsMerged = true }));
    }

    [Fact]
    public void One_that_lost_the_label_unseen_goes_and_one_that_somebody_made_by_hand_stays()
    {
        Assert.Equal("the label was taken off", Why(Lasting, Story.Pull(labels: "other")));
        Assert.Null(Why(Lasting with { IsByWorkflow = false }, Story.Pull(labels: "other")));
    }

    [Fact]
    public void One_of_which_GitHub_says_nothing_stays() => Assert.Null(Why(Lasting, null));

    [Fact]
    public void One_that_a_run_works_on_is_that_runs_business() =>
        Assert.Null(Why(Lasting with { IsBusy = true, Ends = Now.AddDays(-1) }, Story.Pull(open: false)));

    private static string? Why(KnownEnvironment environment, Mayfly.GitHub.Payloads.PullState? now) => Outlived.Why(environment, now, "preview", Now);
}
