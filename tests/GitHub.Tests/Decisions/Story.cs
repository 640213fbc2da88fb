using Mayfly.GitHub.Decisions;
using Mayfly.GitHub.Payloads;

namespace Mayfly.GitHub.Tests.Decisions;

/// <summary>Events and facts for tests, in as few words as they need.</summary>
internal static class Story
{
    public const string Old = "1111111111111111111111111111111111111111";
    public const string New = "2222222222222222222222222222222222222222";

    public static readonly Account Writer = new("octocat", false);

    public static PullState Pull(string head = Old, bool open = true, bool fork = false, params string[] labels) => new()
    {
        Number = 42,
        IsOpen = open,
        HeadCommit = head,
        HeadBranch = "feature/login",
        HeadRepository = fork ? 2 : 1,
        BaseRepository = 1,
        BaseBranch = "main",
        BaseCommit = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        Labels = labels,
        Author = Writer,
    };

    public static PullState Labelled(string head = Old, bool fork = false) => Pull(head, true, fork, "preview");

    public static EventPayload Event(string action, PullState pull, string? label = null) =>
        new() { Name = "pull_request", Action = action, Number = pull.Number, Pull = pull, Label = label, Sender = Writer };

    public static EventPayload Comment(string body, Account? author = null, Account? sender = null) => new()
    {
        Name = "issue_comment",
        Action = "created",
        Number = 42,
        Sender = sender ?? author ?? Writer,
        Comment = new CommentPayload(7, body, author ?? Writer),
    };

    public static Decision Decide(EventPayload happened, PullState? now, bool? mayWrite = null) =>
        Decider.Decide(happened, new Facts(now, mayWrite), "preview");
}
