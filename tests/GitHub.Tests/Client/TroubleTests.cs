using Mayfly.GitHub.Client;
using Mayfly.GitHubStandIn;

namespace Mayfly.GitHub.Tests.Client;

/// <summary>What becomes of a request when GitHub has trouble.</summary>
public sealed class TroubleTests(SharedContract shared) : StandInTest(shared)
{
    [Theory]
    [InlineData(Trouble.PrimaryLimit)]
    [InlineData(Trouble.SecondaryLimit)]
    public async Task A_limit_that_ends_soon_is_waited_for(Trouble trouble)
    {
        Server.Fail(trouble, (_, _) => true, times: 1);
        using var github = Open();

        Value(await github.AddCommentAsync(42, "words", Ct));

        Assert.Single(World.Comments);
    }

    [Theory]
    [InlineData(Trouble.PrimaryLimit)]
    [InlineData(Trouble.SecondaryLimit)]
    [InlineData(Trouble.TooManyRequests)]
    public async Task A_limit_that_ends_late_is_said_and_GitHub_is_left_alone_until_then(Trouble trouble)
    {
        Server.Fail(trouble, (_, _) => true, wait: TimeSpan.FromHours(1));
        using var github = Open(TimeSpan.FromSeconds(5));

        var first = await github.PullAsync(42, Ct);
        var second = await github.PullAsync(42, Ct);

        Assert.Equal("could not look at pull request 42", first.Trouble!.Split(':')[0]);
        Assert.Contains("rate limit", second.Trouble);
        Assert.Single(Server.Requests);
    }

    [Theory]
    [InlineData(Trouble.ServerError)]
    [InlineData(Trouble.Broken)]
    public async Task What_can_be_asked_twice_is_asked_twice(Trouble trouble)
    {
        Server.Fail(trouble, (_, _) => true, times: 1);
        using var github = Open();

        Value(await github.PullAsync(42, Ct));
    }

    [Fact]
    public async Task A_comment_whose_answer_was_lost_is_not_written_twice_by_itself()
    {
        Server.Fail(Trouble.LostAnswer, (method, _) => method == "POST", times: 1);
        using var github = Open();

        Assert.Equal("could not write a comment: GitHub answered 502", (await github.AddCommentAsync(42, "words", Ct)).Trouble);
        Assert.Single(World.Comments);
    }

    [Theory]
    [InlineData(Trouble.Forbidden, false, "the token may not")]
    [InlineData(Trouble.NotFound, true, "finds no such thing")]
    public async Task A_permission_that_was_lost_is_said_in_words(Trouble trouble, bool missing, string words)
    {
        Server.Fail(trouble, (_, _) => true);
        using var github = Open();

        var answer = await github.PullAsync(42, Ct);

        Assert.Contains(words, answer.Trouble);
        Assert.Equal(missing, answer.IsMissing);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Without_a_permission_to_read_permissions_nobody_may_write()
    {
        Server.Fail(Trouble.Forbidden, (_, _) => true);
        using var github = Open();

        Assert.False((await github.MayWriteAsync("octocat", Ct)).Is(out _));
    }

    [Fact]
    public async Task A_wrong_token_is_said_without_showing_it()
    {
        using var github = new GitHubRepository(Access with { Token = "ghs_planted" }, TimeProvider.System);

        var answer = await github.PullAsync(42, Ct);

        Assert.Equal("could not look at pull request 42: GitHub does not accept the token", answer.Trouble);
        Assert.DoesNotContain("ghs_planted", (Access with { Token = "ghs_planted" }).ToString());
    }

    [Fact]
    public async Task A_GitHub_that_is_not_there_is_said()
    {
        using var github = new GitHubRepository(Access with { Api = new Uri("http://127.0.0.1:1/") }, TimeProvider.System, TimeSpan.Zero);

        Assert.Contains("cannot be reached", (await github.PullAsync(42, Ct)).Trouble);
    }
}
