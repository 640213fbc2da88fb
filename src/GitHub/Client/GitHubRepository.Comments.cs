using Octokit;

namespace Mayfly.GitHub.Client;

/// <summary>Comments and reactions.</summary>
public sealed partial class GitHubRepository
{
    private bool _askedWho;
    private string? _me;

    /// <summary>Comments of a pull request that this token's owner wrote and that hold a mark, oldest first.</summary>
    public Task<GitHubAnswer<IReadOnlyList<OwnComment>>> OwnCommentsAsync(int number, string mark, CancellationToken ct) =>
        AskAsync<IReadOnlyList<OwnComment>>("find the comment", async () =>
        {
            var me = await WhoAmIAsync();
            var comments = await _api.GetAll<IssueComment>(Path($"issues/{number}/comments"), new Dictionary<string, string> { ["per_page"] = "100" });
            return [.. comments.Where(comment => IsMine(comment, me) && comment.Body?.Contains(mark, StringComparison.Ordinal) == true)
                .Select(comment => new OwnComment(comment.Id, comment.Body))];
        }, ct);

    /// <summary>Writes a new comment.</summary>
    public Task<GitHubAnswer<long>> AddCommentAsync(int number, string text, CancellationToken ct) => AskAsync(
        "write a comment", async () => (await _client.Issue.Comment.Create(_access.Owner, _access.Repository, number, text)).Id, ct);

    /// <summary>Changes a comment.</summary>
    public Task<GitHubAnswer<bool>> ChangeCommentAsync(long id, string text, CancellationToken ct) => DoAsync(
        "change the comment", () => _client.Issue.Comment.Update(_access.Owner, _access.Repository, id, text), ct);

    /// <summary>Removes a comment.</summary>
    public Task<GitHubAnswer<bool>> RemoveCommentAsync(long id, CancellationToken ct) => DoAsync(
        "remove a comment", () => _client.Issue.Comment.Delete(_access.Owner, _access.Repository, id), ct);

    /// <summary>Puts a reaction on a comment.</summary>
    public Task<GitHubAnswer<bool>> ReactAsync(long comment, ReactionType reaction, CancellationToken ct) => DoAsync(
        "react to the comment", () => _client.Reaction.IssueComment.Create(_access.Owner, _access.Repository, comment, new NewReaction(reaction)), ct);

    // A person's token says whose it is. An app's may not ask, and apps write as bots, whose names no person can have.
    private static bool IsMine(IssueComment comment, string? me) =>
        comment.User is { } author && (me is null ? author.Type == AccountType.Bot : author.Login == me);

    private async Task<string?> WhoAmIAsync()
    {
        if (!_askedWho)
        {
            try
            {
                _me = (await _client.User.Current()).Login;
            }
            catch (Exception e) when (e is NotFoundException or (ForbiddenException and not RateLimitExceededException and not SecondaryRateLimitExceededException))
            {
                _me = null;
            }

            _askedWho = true;
        }

        return _me;
    }
}

/// <summary>A comment that Mayfly wrote.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Body">What it says.</param>
public sealed record OwnComment(long Id, string Body);
