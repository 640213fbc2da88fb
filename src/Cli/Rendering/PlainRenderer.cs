using Mayfly.Engine.Events;

namespace Mayfly.Cli.Rendering;

/// <summary>
/// Lines for logs: one at each boundary, and one after 30 seconds without any, so that a log stays short and never looks dead.
/// What tools print, and each resource, come only when asked for.
/// </summary>
internal sealed class PlainRenderer(TextWriter output, bool verbose, WayIn way) : IRunRenderer
{
    // As long as people and runners believe that silence is work.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(30);

    private DateTimeOffset _lastLine;

    /// <inheritdoc />
    public TimeSpan Interval { get; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public void Show(RunEvent happened, RunSnapshot run)
    {
        var line = happened switch
        {
            RunStarted e => $"{e.Command} {e.Environment}{(e.PublicHost.Length > 0 ? $", {e.PublicHost}" : "")}{(e.Commit is null ? "" : $", commit {Short(e.Commit)}")}",
            StageStarted { Attempt: 1 } e => $"{e.Stage} …",
            StageStarted e => $"{e.Stage} … attempt {e.Attempt}",
            Noticed e => $"{e.Stage}: {e.Message}",
            Decided e => $"{e.Decision.Replace('_', ' ')}: {e.Because}",
            Warned e => $"warning: {e.Message}",
            Diagnosed e => $"{e.Stage}: {e.File}:{e.Line}: {e.Severity}: {e.Summary}",
            Adopted e => $"{e.Stage}: {(run.IsPlan ? "would adopt" : "adopted")} {e.Address} ({e.ImportId})",
            Pruned e => $"{e.Stage}: {(run.IsPlan ? "would drop" : "pruned")} {e.Address}: {e.Why}",
            Remedied e => $"{e.Stage}: {e.Target}: {e.What}",
            VerdictReached e => $"{e.Stage}: {e.Failure.Summary} -> {e.Verdict}{(e.WaitSeconds > 0 ? $" in {RunSummary.Elapsed(e.WaitSeconds)}" : "")}",
            StageFinished e => $"{e.Stage}: {(run.IsPlan && e.Outcome == "changed" ? "to do" : e.Outcome)}{(e.Detail.Length > 0 ? $", {e.Detail}" : "")} ({RunSummary.Elapsed(e.Seconds)})",
            ResourceChanged { Phase: "failed" } e => $"{e.Stage}: {e.Address} failed to {e.Action}",
            ResourceChanged { Phase: "completed" } e when verbose => $"{e.Stage}: {e.Address}: {e.Action} ({RunSummary.Elapsed(e.Seconds)})",
            ToolLine e when verbose => $"{e.Stage}: {e.Tool}: {e.Line}",
            _ => null,
        };
        if (line is not null)
        {
            Write(line, run, happened.Time);
        }
    }

    /// <inheritdoc />
    public void Tick(RunSnapshot run, DateTimeOffset now)
    {
        if (run.Sequence == 0 || now - _lastLine < Heartbeat || run.Stages.LastOrDefault(stage => stage.State is StageState.Running or StageState.Waiting) is not { } stage)
        {
            return;
        }

        var work = stage.Active.Take(3).Select(resource => $"{resource.Address} ({resource.Action}, {RunSummary.Elapsed((now - resource.Since).TotalSeconds)})");
        var rest = stage.Active.Count > 3 ? $" and {stage.Active.Count - 3} more" : "";
        Write(
            stage.State == StageState.Waiting
                ? $"{stage.Name}: waiting before the next attempt"
                : $"{stage.Name}: still at it for {RunSummary.Elapsed(stage.SpentAt(now))}"
                    + (stage.Completed > 0 ? $", {stage.Completed} done" : "")
                    + (stage.Active.Count > 0 ? $", {string.Join(", ", work)}{rest}" : ""),
            run,
            now);
    }

    /// <inheritdoc />
    public void Finish(RunSnapshot run)
    {
        if (run.Sequence == 0)
        {
            return;
        }

        var summary = RunSummary.Of(run, way);
        output.WriteLine();
        output.WriteLine(summary.Title);
        foreach (var paragraph in summary.Paragraphs)
        {
            var label = paragraph.Label;
            foreach (var line in paragraph.Lines.SelectMany(text => text.Split('\n')))
            {
                output.WriteLine($"  {label,-10} {line}".TrimEnd());
                label = "";
            }
        }

        output.Flush();
    }

    private void Write(string line, RunSnapshot run, DateTimeOffset now)
    {
        _lastLine = now;
        // What is said before a run begins is said at its beginning.
        var spent = run.Started == default ? 0 : Math.Floor((now - run.Started).TotalSeconds);
        output.WriteLine($"[{RunSummary.Elapsed(spent).Replace(".0 s", " s", StringComparison.Ordinal),6}] {line}");
        output.Flush();
    }

    private static string Short(string commit) => commit.Length > 12 ? commit[..12] : commit;
}
