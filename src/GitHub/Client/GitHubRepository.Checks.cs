using Octokit;

namespace Mayfly.GitHub.Client;

/// <summary>Checks on a commit.</summary>
public sealed partial class GitHubRepository
{
    /// <summary>Begins a check; its id.</summary>
    public Task<GitHubAnswer<long>> BeginCheckAsync(string name, string commit, string run, CheckText text, CancellationToken ct) => AskAsync(
        "make a check",
        async () => (await _client.Check.Run.Create(_access.Owner, _access.Repository, new NewCheckRun(name, commit)
        {
            Status = CheckStatus.InProgress,
            ExternalId = run,
            DetailsUrl = _access.RunUrl,
            Output = OutputOf(text),
        })).Id,
        ct);

    /// <summary>Changes what a check says.</summary>
    /// <param name="id">The check.</param>
    /// <param name="text">What it says.</param>
    /// <param name="conclusion">How it ended; null while it runs.</param>
    /// <param name="ct">Stops it.</param>
    public Task<GitHubAnswer<bool>> ChangeCheckAsync(long id, CheckText text, CheckConclusion? conclusion, CancellationToken ct) => DoAsync(
        "change the check",
        () => _client.Check.Run.Update(_access.Owner, _access.Repository, id, new CheckRunUpdate
        {
            Status = conclusion is null ? CheckStatus.InProgress : CheckStatus.Completed,
            Conclusion = conclusion is { } end ? new StringEnum<CheckConclusion>(end) : (StringEnum<CheckConclusion>?)null,
            Output = OutputOf(text),
        }),
        ct);

    private static NewCheckRunOutput OutputOf(CheckText text) => new(text.Title, text.Summary)
    {
        Text = text.Text,
        Annotations = text.Annotations.Count == 0 ? null : [.. text.Annotations.Select(Annotate)],
    };

    private static NewCheckRunAnnotation Annotate(CheckAnnotation note) =>
        new(note.Path, note.Line, note.EndLine, note.IsError ? CheckAnnotationLevel.Failure : CheckAnnotationLevel.Warning, note.Message) { Title = note.Title };
}

/// <summary>What a check says.</summary>
/// <param name="Title">One line.</param>
/// <param name="Summary">Markdown.</param>
/// <param name="Text">More of it.</param>
/// <param name="Annotations">What it says of lines of files; GitHub takes 50 with a request.</param>
public sealed record CheckText(string Title, string Summary, string? Text, IReadOnlyList<CheckAnnotation> Annotations);

/// <summary>Something said of lines of a file.</summary>
/// <param name="Path">The file, from the repository's root.</param>
/// <param name="Line">The first line.</param>
/// <param name="EndLine">The last line.</param>
/// <param name="IsError">Whether it is an error or a warning.</param>
/// <param name="Title">One line.</param>
/// <param name="Message">What is said.</param>
public sealed record CheckAnnotation(string Path, int Line, int EndLine, bool IsError, string Title, string Message);
