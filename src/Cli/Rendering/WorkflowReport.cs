using System.Globalization;
using Mayfly.Engine.Events;
using Mayfly.GitHub.Conversation;

namespace Mayfly.Cli.Rendering;

/// <summary>What a run leaves on the page of a GitHub workflow: annotations on the lines that failed, and a summary. Nothing outside of one.</summary>
internal static class WorkflowReport
{
    // GitHub shows ten of a kind for a step.
    private const int MostAnnotations = 10;

    /// <summary>Tells it.</summary>
    /// <param name="log">Where the runner reads commands.</param>
    /// <param name="run">The run that ended.</param>
    /// <param name="label">The label that asks for an environment.</param>
    /// <param name="configuration">The configuration's path: files are named from its repository's root.</param>
    /// <param name="now">The time.</param>
    /// <param name="variable">The process's variables.</param>
    public static void Tell(TextWriter log, RunSnapshot run, string label, string configuration, DateTimeOffset now, Func<string, string?> variable)
    {
        if (variable("GITHUB_ACTIONS") != "true")
        {
            return;
        }

        Annotate(log, run, FolderInRepository(configuration));
        if (variable("GITHUB_STEP_SUMMARY") is { Length: > 0 } file && run.Command is "up" or "down" or "sleep")
        {
            var report = new PullReport { Environment = run.Environment, Label = label, Run = run, Sleeps = run.Outcome == "asleep" };
            TryAppend(file, CommentText.Of(report, now), log);
        }
    }

    private static void Annotate(TextWriter log, RunSnapshot run, string folder)
    {
        foreach (var warning in run.Warnings.Take(MostAnnotations))
        {
            WorkflowLog.Command(log, "warning", warning, ("title", "Mayfly"));
        }

        // What a later attempt mended is no error any more.
        if (run.Failure is not { } failure || run.Outcome == "withdrawn")
        {
            return;
        }

        var places = run.Diagnosed.Where(found => found.Severity == "error" && (run.FailedStage is null || found.Stage == run.FailedStage)).ToList();
        foreach (var found in places.Take(MostAnnotations))
        {
            WorkflowLog.Command(
                log, "error", found.Detail.Length > 0 ? $"{found.Summary}\n{found.Detail}" : found.Summary,
                ("file", Path.Combine(folder, found.File)),
                ("line", found.Line.ToString(CultureInfo.InvariantCulture)),
                ("endLine", found.EndLine.ToString(CultureInfo.InvariantCulture)),
                ("title", failure.Summary));
        }

        if (places.Count == 0)
        {
            WorkflowLog.Command(log, "error", string.Join('\n', failure.Next.Prepend(failure.Summary)), ("title", $"{run.Environment} {run.FailedStage}".Trim()));
        }
    }

    private static string FolderInRepository(string configuration)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(configuration))!;
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (Path.Exists(Path.Combine(at.FullName, ".git")))
            {
                return Path.GetRelativePath(at.FullName, folder) is "." ? "" : Path.GetRelativePath(at.FullName, folder);
            }
        }

        return "";
    }

    private static void TryAppend(string file, string text, TextWriter log)
    {
        try
        {
            File.AppendAllText(file, text + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            WorkflowLog.Command(log, "warning", "The summary could not be written.", ("title", "Mayfly"));
        }
    }
}
