using System.Globalization;
using System.Text;
using Mayfly.Engine.Events;
using Mayfly.GitHub.Client;
using Octokit;

namespace Mayfly.GitHub.Conversation;

/// <summary>What the check says of a report. Pure.</summary>
public static class CheckTexts
{
    private const int LongestMessage = 4000;

    /// <summary>The text.</summary>
    public static CheckText Of(PullReport report, DateTimeOffset now)
    {
        var summary = new StringBuilder();
        if (report is { IsReachable: true, Run.Url: { } url })
        {
            summary.Append(CultureInfo.InvariantCulture, $"<{url}>\n\n");
        }

        summary.Append(report.Withdrawn is { } why ? $"{why}." : report.Because.Length > 0 ? $"{report.Because}." : "Mayfly");
        if (report.Run.Failure is { } failure && report.Withdrawn is null)
        {
            summary.Append("\n\n").Append(SafeText.Words(failure.Summary)).Append('\n');
            foreach (var next in failure.Next)
            {
                summary.Append("- ").Append(SafeText.Words(next)).Append('\n');
            }
        }

        return new CheckText(CommentText.Headline(report), SafeText.Cut(summary.ToString(), 60_000), Stages(report.Run, now), [.. report.Run.Diagnosed.Select(Note)]);
    }

    /// <summary>How the check ends; null while the run goes on.</summary>
    public static CheckConclusion? Conclusion(PullReport report) => report switch
    {
        { Waiting: not null } => CheckConclusion.ActionRequired,
        { Withdrawn: not null } => CheckConclusion.Cancelled,
        { Run.Outcome: null } => null,
        { IsReachable: true } => CheckConclusion.Success,
        { IsGone: true } or { Sleeps: true, Run.Outcome: "asleep" } => CheckConclusion.Neutral,
        { Run.Outcome: "interrupted" or "held" } => CheckConclusion.Cancelled,
        _ => CheckConclusion.Failure,
    };

    private static string? Stages(RunSnapshot run, DateTimeOffset now)
    {
        if (run.Stages.Count == 0)
        {
            return null;
        }

        var text = new StringBuilder("| stage | | | |\n|---|---|---|---|\n");
        foreach (var stage in run.Stages)
        {
            var ended = run.Outcome is not null;
            text.Append(CultureInfo.InvariantCulture, $"| {StageSigns.Of(stage, ended)} {SafeText.Words(stage.Name)} | {StageSigns.Word(stage, ended)} | {StageSigns.Elapsed(stage.SpentAt(now))} | {SafeText.Words(SafeText.Cut(stage.Detail, 400))} |\n");
        }

        return SafeText.Cut(text.ToString(), 60_000);
    }

    // Annotations are shown as plain text.
    private static CheckAnnotation Note(Diagnosed found) => new(
        found.File, found.Line, found.EndLine, found.Severity == "error", SafeText.Cut(found.Summary, 250),
        SafeText.Cut(found.Detail.Length > 0 ? found.Detail : found.Summary, LongestMessage));
}
