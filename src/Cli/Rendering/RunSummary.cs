using System.Globalization;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;

namespace Mayfly.Cli.Rendering;

/// <summary>What the end of a run says to people: a title and paragraphs with a label each. Pure, so that every renderer says the same.</summary>
internal sealed record RunSummary(string Title, bool Good, IReadOnlyList<RunSummary.Paragraph> Paragraphs)
{
    /// <summary>Lines under a label.</summary>
    internal sealed record Paragraph(string Label, IReadOnlyList<string> Lines);

    /// <summary>The summary of a run that ended.</summary>
    /// <param name="run">The run.</param>
    /// <param name="way">What is needed besides the URL.</param>
    public static RunSummary Of(RunSnapshot run, WayIn way)
    {
        var took = Elapsed((run.Latest - run.Started).TotalSeconds);
        if (run.Failure is { } failure)
        {
            return new RunSummary($"{run.Environment}: {Words(run.Outcome)}", false, Explain(failure, run.FailedStage, took));
        }

        var paragraphs = new List<Paragraph>();
        Add(paragraphs, "url", run.Url is null ? [] : [run.Url]);
        Add(paragraphs, "authority", run.Url is null || way.Authority is null ? [] : [way.Authority]);
        Add(paragraphs, "open", run.Url is not null && way.Command(run.Url) is { } command ? [command] : []);
        Add(paragraphs, "commit", run.Commit is null ? [] : [run.Commit]);
        if (run.IsPlan)
        {
            Add(paragraphs, "to do", Details(run));
        }
        else
        {
            Add(paragraphs, "changed", [run.Changed ? string.Join(", ", Changed(run)) : "nothing, it was so already"]);
        }

        Add(paragraphs, run.IsPlan ? "to adopt" : "adopted", [.. run.Adopted.Select(adopted => adopted.Address)]);
        Add(paragraphs, run.IsPlan ? "to drop" : "pruned", [.. run.Pruned.Select(pruned => $"{pruned.Address}: {pruned.Why}")]);
        Add(paragraphs, "took", [took]);
        var good = run.Outcome is not (null or "interrupted");
        if (!good)
        {
            Add(paragraphs, "next", ["Run the same command again; it goes on from here."]);
        }

        return new RunSummary($"{run.Environment}: {Words(run.Outcome)}", good, paragraphs);
    }

    /// <summary>A length of time as people say it: <c>0.4 s</c>, <c>34 s</c>, <c>2m05s</c>, <c>1h02m</c>.</summary>
    public static string Elapsed(double seconds) =>
        seconds < 9.95 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, seconds):0.0} s")
        : seconds < 59.5 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s")
        : seconds < 3599.5 ? string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Round(seconds) / 60}m{(int)Math.Round(seconds) % 60:00}s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 3600}h{(int)seconds / 60 % 60:00}m");

    private static List<Paragraph> Explain(Failure failure, string? stage, string took)
    {
        var paragraphs = new List<Paragraph>();
        Add(paragraphs, "failed", [stage is null ? failure.Summary : $"{stage}: {failure.Summary}"]);
        Add(paragraphs, "evidence", failure.Evidence);
        Add(paragraphs, "tried", failure.Tried);
        Add(paragraphs, "next", failure.Next);
        Add(paragraphs, "class", [$"{failure.Class} (rule {failure.Rule})"]);
        Add(paragraphs, "took", [took]);
        return paragraphs;
    }

    private static IEnumerable<string> Changed(RunSnapshot run)
    {
        var stages = run.Stages.Where(stage => stage.State == StageState.Changed).Select(stage => stage.Name).ToList();
        return stages.Count > 0 ? stages : ["yes"];
    }

    private static List<string> Details(RunSnapshot run)
    {
        var details = run.Stages.Where(stage => stage.State == StageState.Changed)
            .SelectMany(stage => stage.Notices.Where(notice => notice.StartsWith("would ", StringComparison.Ordinal)).Select(notice => "  " + notice)
                .Prepend($"{stage.Name}: {stage.Detail}")).ToList();
        return details.Count > 0 ? details : ["nothing"];
    }

    private static void Add(List<Paragraph> paragraphs, string label, IReadOnlyList<string> lines)
    {
        if (lines.Count > 0)
        {
            paragraphs.Add(new Paragraph(label, lines));
        }
    }

    private static string Words(string? outcome) => (outcome ?? "interrupted").Replace('_', ' ');
}
