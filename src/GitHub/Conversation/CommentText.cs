using System.Globalization;
using System.Text;
using Mayfly.Engine.Events;

namespace Mayfly.GitHub.Conversation;

/// <summary>The comment's text, made of a report. Pure.</summary>
public static class CommentText
{
    private const int LongestLine = 400;
    private const int LongestName = 100;

    private static readonly (string, string) Item = ("- ", "");

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
        AddPlans(text, report.Run);
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
                : $"ends when the pull request closes or loses the label {SafeText.Code(SafeText.Cut(report.Label, LongestName))}";
        }
    }

    private static string Approval(PullReport report, string commit) =>
        $"""
        This pull request comes from a fork. Nothing of commit {SafeText.Code(commit)} runs before somebody with write permission has
        looked at it and says so, by this comment:

        ```text
        /preview up {SafeText.Cut(new string([.. commit.Where(char.IsAsciiHexDigit)]), 64)}
        ```

        or by putting the label {SafeText.Code(SafeText.Cut(report.Label, LongestName))} on (anew, if it is on). A further push takes the approval away.
        """;

    private static void AddFailure(StringBuilder text, RunSnapshot run)
    {
        if (run.Failure is not { } failure || run.Outcome == "withdrawn")
        {
            return;
        }

        text.Append("\n**").Append(run.FailedStage is { } stage ? $"{Name(stage)}: " : "").Append(Words(failure.Summary)).Append("**\n");
        Room.Add(text, Items(failure.Next.Select(Words)), Room.Steps, Item);
        AddBlock(text, "evidence", [.. failure.Evidence.Select(line => SafeText.Cut(line, LongestLine))], Room.Evidence);
        if (failure.Tried.Count > 0)
        {
            AddFold(text, "what Mayfly tried", Items(failure.Tried.Select(Words)), Room.Steps);
        }
    }

    private static void AddStages(StringBuilder text, RunSnapshot run, DateTimeOffset now)
    {
        if (run.Stages.Count == 0)
        {
            return;
        }

        var ended = run.Outcome is not null;
        text.Append("\n| stage | | | |\n|---|---|---|---|\n");
        var rows = run.Stages.Select(stage =>
            $"| {StageSigns.Of(stage, ended)} {Name(stage.Name)} | {StageSigns.Word(stage, ended)} | {StageSigns.Elapsed(stage.SpentAt(now))} | {Words(stage.Detail)} |");
        Room.Add(text, [.. rows], Room.Stages, ("| ", " | | | |"));
    }

    private static void AddChanges(StringBuilder text, RunSnapshot run)
    {
        if (run.Outcome is null)
        {
            return;
        }

        var changed = run.Stages.Where(stage => stage.State == StageState.Changed && stage.Detail.Length > 0)
            .Select(stage => $"{Name(stage.Name)}: {Words(stage.Detail)}")
            .Concat(run.Adopted.Select(adopted => $"adopted {Code(adopted.Address)}"))
            .Concat(run.Pruned.Select(pruned => $"dropped {Code(pruned.Address)} from the state: {Words(pruned.Why)}"));
        var items = Items(changed);
        AddFold(text, items.Count > 0 ? "what changed" : "nothing was changed", items, Room.Changes);
    }

    private static void AddPlans(StringBuilder text, RunSnapshot run) =>
        AddBlock(text, PlanText.Title(run.Plans), PlanText.Lines(run.Plans), Room.Plan);

    private static void AddWarnings(StringBuilder text, RunSnapshot run) =>
        Room.Add(text, [.. run.Warnings.Select(warning => $"\n> ⚠️ {Words(warning)}")], Room.Warnings, ("\n> ", ""));

    private static void AddFold(StringBuilder text, string title, IReadOnlyList<string> lines, int room)
    {
        text.Append("\n<details><summary>").Append(title).Append("</summary>\n\n");
        Room.Add(text, lines, room, Item);
        text.Append("\n</details>\n");
    }

    private static void AddBlock(StringBuilder text, string title, IReadOnlyList<string> lines, int room)
    {
        if (lines.Count == 0)
        {
            return;
        }

        var fitting = Room.Fitting(lines, room);
        text.Append("\n<details><summary>").Append(title).Append("</summary>\n\n")
            .Append(SafeText.Block(fitting.Count < lines.Count ? [.. fitting, $"and {lines.Count - fitting.Count} more lines"] : fitting))
            .Append("\n\n</details>\n");
    }

    private static IReadOnlyList<string> Items(IEnumerable<string> texts) => [.. texts.Select(text => $"- {text}")];

    private static string Name(string text) => SafeText.Words(SafeText.Cut(text, LongestName));

    private static string Code(string text) => SafeText.Code(SafeText.Cut(text, LongestLine));

    private static string Words(string text) => SafeText.Words(SafeText.Cut(text, LongestLine));
}
