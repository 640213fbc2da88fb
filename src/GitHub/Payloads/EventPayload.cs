namespace Mayfly.GitHub.Payloads;

/// <summary>
/// What a webhook's payload or a workflow's event file says, in the few fields that a decision needs. Everything in it was written
/// by strangers. What is missing or of another shape is null: a payload of another version of GitHub is no error.
/// </summary>
public sealed record EventPayload
{
    /// <summary>The event: <c>pull_request</c>, <c>issue_comment</c>, <c>workflow_dispatch</c> ...</summary>
    public required string Name { get; init; }

    /// <summary>What happened: <c>labeled</c>, <c>closed</c>, <c>created</c> ...; empty where the event has none.</summary>
    public string Action { get; init; } = "";

    /// <summary>Number of the pull request; null when the event is about none.</summary>
    public int? Number { get; init; }

    /// <summary>Who did it.</summary>
    public Account? Sender { get; init; }

    /// <summary>The pull request as it was at the time of the event; null where the event does not show it.</summary>
    public PullState? Pull { get; init; }

    /// <summary>The label that was added or removed.</summary>
    public string? Label { get; init; }

    /// <summary>The comment, of a comment's event.</summary>
    public CommentPayload? Comment { get; init; }

    /// <summary>What a person filled in to start the workflow by hand.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();
}

/// <summary>A user, bot or organisation of GitHub.</summary>
/// <param name="Login">The name.</param>
/// <param name="IsBot">True when it is no person.</param>
public sealed record Account(string Login, bool IsBot);

/// <summary>A comment on a pull request.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Body">What it says.</param>
/// <param name="Author">Who wrote it.</param>
public sealed record CommentPayload(long Id, string Body, Account? Author);
