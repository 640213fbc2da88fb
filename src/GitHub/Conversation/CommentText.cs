using System.Globalization;
using System.Text;
using Mayfly.Engine.Events;

namespace Mayfly.GitHub.Conversation;

/// <summary>The comment's text, made of a report. Pure.</summary>
public static class CommentText
{
    // GitHub takes 65536 characters.
    private const int MostLines = 20;
    private const int LongestLine = 400;

    /// <summary>What the comment is found by again.</summary>
    public static string Mark(string environment) => $"<!-- mayfly: {environment} -->";

    /// <summary>The text.</summary>
    public static string Of(PullReport report, DateTimeOffset now)
    {
        var text = new StringBuilder();
        text.Append(Mark(report.Environment)).Append('\n').Append("### ").Append(Headline(report)).Append("\n\n");
        foreach (var line in Facts(report, now))
        {
            text.Append(line).Append("  \n");
        }

        if (report.Waiting is { } commit)
        {
            text.Append('\n').Append(Approval(report, commit)).Append('\n');
        }

        AddFailure(text, report.Run);
        AddStages(text, report.Run, now);
        AddChanges(text, report.Run);
        AddWarnings(text, report.Run);
        text.Append("\n<sub>").Append(report.RunUrl is { } url ? $"[the run]({url}) · " : "").Append("`/preview help`</sub>\n");
        return text.ToString();
    }

    /// <summary>One line that says how the environment is.</summary>
    public static string Headline(PullReport report) => report switch
    {
        { Waiting: not null } => $"⏸ {report.Environment} waits for an approval",
        { Withdrawn: not null, Run.Command: not "down" } => $"⏹ {report.Environment}: stopped",
        { IsReachable: true, Sleeps: false } => $"✅ {report.Environment} is reachable",
        { IsGone: true } => $"🗑 {report.Environment} is gone",
        { Sleeps: true, Run: { Command: "sleep", Outcome: "asleep" } } => $"💤 {report.Environment} sleeps",
        { Run: { Outcome: null, Command: "down" } } => $"⏳ {report.Environment} is being removed",
        { Run: { Outcome: null, Command: "sleep" } } => $"⏳ {report.Environment} is being put to sleep",
        { Run.Outcome: null } => $"⏳ {report.Environment} is being made ready",
        { Run.Outcome: "interrupted" } => $"⚠️ {report.Environment}: the run was interrupted",
        { Run: { Command: "down" } } => $"❌ {report.Environment}: something is left of it",
        { Run.Outcome: "unreachable" } => $"❌ {report.Environment} is deployed, but not reachable",
        { Run.Outcome: "held" } => $"⏳ {report.Environment}: another run works on it",
        _ => $"❌ {report.Environment}: it needs somebody",
    };

    private static IEnumerable<string> Facts(PullReport report, DateTimeOffset now)
    {
        if (report is { IsReachable: true, Run.Url: { } url })
        {
            yield return $"**<{url}>**";
        }

        if (report.Withdrawn is { } why)
        {
            yield return $"{why}.";
        }

        if ((report.Run.Commit ?? report.Commit) is { } commit && report.Waiting is null && !report.IsGone)
        {
            yield return $"commit {SafeText.Code(commit[..Math.Min(12, commit.Length)])}{(report.Because.Length > 0 ? $": {report.Because}" : "")}";
        }
        else if (report.Because.Length > 0 && report.Waiting is null)
        {
            yield return $"{report.Because}";
        }

        if (report.CostAnHour is { } cost && !report.IsGone)
        {
            var soFar = report.Since is { } since
                ? string.Create(CultureInfo.InvariantCulture, $", about ${cost * (decimal)Math.Max(0, (now - since).TotalHours):0.00} so far") : "";
            yield return string.Create(CultureInfo.InvariantCulture, $"costs about ${cost:0.00} an hour{soFar}");
        }

        if (!report.IsGone && report.Run.Sequence > 0 && report.Run.Command != "down")
        {
            yield return report.Ends is { } ends
                ? string.Create(CultureInfo.InvariantCulture, $"its time ends {ends:yyyy-MM-dd HH:mm} UTC, or with the pull request; `/preview extend 24h` lets it live longer")
                : $"ends when the pull request closes or loses the label {SafeText.Code(report.Label)}";
        }
    }

    private static string Approval(PullReport report, string commit) =>
        $"""
        This pull request comes from a fork. Nothing of commit {SafeText.Code(commit)} runs before somebody with write permission has
        looked at it and says so, by this comment:

        ```text
        /preview up {SafeText.Cut(new string([.. commit.Where(char.IsAsciiHexDigit)]), 64)}
        ```

        or by putting the label {SafeText.Code(report.Label)} on (anew, if it is on). A further push takes the approval away.
        """;

    private static void AddFailure(StringBuilder text, RunSnapshot run)
    {
        if (run.Failure is not { } failure || run.Outcome == "withdrawn")
        {
            return;
        }

        text.Append("\n**").Append(run.FailedStage is { } stage ? $"{SafeText.Words(stage)}: " : "").Append(Words(failure.Summary)).Append("**\n");
        foreach (var next in failure.Next.Take(MostLines))
        {
            text.Append("- ").Append(Words(next)).Append('\n');
        }

        var evidence = failure.Evidence.Take(MostLines).Select(line => SafeText.Cut(line, LongestLine)).ToList();
        if (evidence.Count > 0)
        {
            text.Append("\n<details><summary>evidence</summary>\n\n").Append(SafeText.Block(evidence)).Append("\n</details>\n");
        }

        if (failure.Tried.Count > 0)
        {
            text.Append("\n<details><summary>what Mayfly tried</summary>\n\n");
            foreach (var tried in failure.Tried.Take(MostLines))
            {
                text.Append("- ").Append(Words(tried)).Append('\n');
            }

            text.Append("</details>\n");
        }
    }

    private static void AddStages(StringBuilder text, RunSnapshot run, DateTimeOffset now)
    {
        if (run.Stages.Count == 0)
        {
            return;
        }

        text.Append("\n| stage | | | |\n|---|---|---|---|\n");
        foreach (var stage in run.Stages)
        {
            var sign = StageSigns.Of(stage, run.Outcome is not null);
            text.Append(CultureInfo.InvariantCulture, $"| {sign} {SafeText.Words(stage.Name)} | {StageSigns.Word(stage, run.Outcome is not null)} | {StageSigns.Elapsed(stage.SpentAt(now))} | {Words(stage.Detail)} |\n");
        }
    }

    private static void AddChanges(StringBuilder text, RunSnapshot run)
    {
        var changed = run.Stages.Where(stage => stage.State == StageState.Changed && stage.Detail.Length > 0)
            .Select(stage => $"{SafeText.Words(stage.Name)}: {Words(stage.Detail)}")
            .Concat(run.Adopted.Select(adopted => $"adopted {SafeText.Code(adopted.Address)}"))
            .Concat(run.Pruned.Select(pruned => $"dropped {SafeText.Code(pruned.Address)} from the state: {Words(pruned.Why)}"))
            .ToList();
        if (run.Outcome is null)
        {
            return;
        }

        text.Append("\n<details><summary>").Append(changed.Count == 0 ? "nothing was changed" : "what changed").Append("</summary>\n\n");
        foreach (var line in changed.Take(MostLines))
        {
            text.Append("- ").Append(line).Append('\n');
        }

        text.Append(changed.Count > MostLines ? $"- and {changed.Count - MostLines} more\n" : "").Append("</details>\n");
    }

    private static void AddWarnings(StringBuilder text, RunSnapshot run)
    {
        foreach (var warning in run.Warnings.Take(MostLines))
        {
            text.Append("\n> ⚠️ ").Append(Words(warning)).Append('\n');
        }
    }

    private static string Words(string text) => SafeText.Words(SafeText.Cut(text, LongestLine));
}
