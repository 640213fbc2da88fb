using Mayfly.Cli;
using Mayfly.Engine.Configuration;

namespace Mayfly.Engine.Tests.Cli;

public sealed class RequestedPullRequestTests
{
    private const string Sha = "8f2091483a4cc896fa6ddc3595f5081385b218f2";
    private static readonly GitHubEvent Nothing = new(null, null, null);
    private static readonly GitHubEvent Event = new(42, "feature/login", Sha);

    [Fact]
    public void The_event_says_what_the_call_leaves_open()
    {
        var asked = RequestedPullRequest.From(null, null, null, Event, "c0ffee", needsBranch: true);

        Assert.Equal((42, "feature/login", Sha), (asked.Number, asked.Branch, asked.Commit));
    }

    [Fact]
    public void The_event_of_another_pull_request_says_nothing()
    {
        var asked = RequestedPullRequest.From("7", "fix", null, Event, null, needsBranch: true);

        Assert.Equal((7, "fix", null), (asked.Number, asked.Branch, asked.Commit));
        Assert.Throws<InvalidInputException>(() => RequestedPullRequest.From("7", null, null, Event, null, needsBranch: true));
    }

    [Fact]
    public void A_teardown_needs_no_branch() =>
        Assert.Equal("", RequestedPullRequest.From("7", null, null, Nothing, null, needsBranch: false).Branch);

    [Theory]
    [InlineData("abc", "a", null, "--pr 'abc' is no pull request")]
    [InlineData("0", "a", null, "--pr '0' is no pull request")]
    [InlineData("-1", "a", null, "--pr '-1' is no pull request")]
    [InlineData("99999999999", "a", null, "--pr '99999999999' is no pull request")]
    [InlineData("4.5", "a", null, "--pr '4.5' is no pull request")]
    [InlineData(null, "a", null, "no pull request is known")]
    [InlineData("1", "", null, "--branch is empty")]
    [InlineData("1", "  ", null, "--branch is empty")]
    [InlineData("1", null, null, "no branch is known")]
    [InlineData("1", "a", "main", "--commit 'main' is no commit")]
    public void What_cannot_be_is_refused_with_words(string? number, string? branch, string? commit, string problem) =>
        Assert.Contains(problem, Assert.Throws<InvalidInputException>(
            () => RequestedPullRequest.From(number, branch, commit, Nothing, null, needsBranch: true)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"number\":3,\"pull_request\":{\"number\":3,\"head\":{\"ref\":\"b\",\"sha\":\"c\"}}}", 3, "b", "c")]
    [InlineData("{\"issue\":{\"number\":4,\"pull_request\":{}}}", 4, null, null)]
    [InlineData("{\"issue\":{\"number\":4}}", null, null, null)]
    [InlineData("{\"ref\":\"refs/heads/main\"}", null, null, null)]
    [InlineData("[]", null, null, null)]
    [InlineData("no json", null, null, null)]
    public void Events_are_read_for_what_they_say(string json, int? number, string? branch, string? commit)
    {
        using var folder = new TestFolder();
        var path = folder.Write("event.json", json);

        var read = GitHubEvent.Read(name => name == "GITHUB_EVENT_PATH" ? path : null);

        Assert.Equal(new GitHubEvent(number, branch, commit), read);
    }

    [Fact]
    public void Without_a_file_the_variables_are_read() =>
        Assert.Equal(new GitHubEvent(9, "topic", null), GitHubEvent.Read(name => name switch
        {
            "GITHUB_REF" => "refs/pull/9/merge",
            "GITHUB_HEAD_REF" => "topic",
            _ => null,
        }));

    [Fact]
    public void The_commit_of_a_working_copy_is_read_from_its_files()
    {
        using var folder = new TestFolder();
        folder.Write(".git/HEAD", "ref: refs/heads/topic/a\n");
        folder.Write(".git/packed-refs", $"# pack-refs with: peeled\n{Sha} refs/heads/topic/a\n");
        folder.Write("deep/er/x", "");

        Assert.Equal(Sha, CheckedOutCommit.Of(folder.At("deep/er")));

        folder.Write(".git/refs/heads/topic/a", new string('1', 40) + "\n");
        Assert.Equal(new string('1', 40), CheckedOutCommit.Of(folder.Path));
    }
}
