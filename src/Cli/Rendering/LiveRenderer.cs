using Mayfly.Engine.Events;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Mayfly.Cli.Rendering;

/// <summary>A picture of the run that is drawn anew as it moves: stages, the resources inside them, time; at the end one panel.</summary>
internal sealed class LiveRenderer(IAnsiConsole console, bool verbose, WayIn way, TimeProvider clock) : IRunRenderer
{
    // More would push the stages off a usual terminal.
    private const int MostResources = 8;

    private static readonly string[] Spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

    private LiveDisplayContext? _display;

    /// <inheritdoc />
    public TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(120);

    /// <inheritdoc />
    public Task<RunSnapshot> DrawAsync(Func<Task<RunSnapshot>> pump) =>
        console.Live(new Text("")).AutoClear(true).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Top).StartAsync(display =>
        {
            _display = display;
            return pump();
        });

    /// <inheritdoc />
    public void Show(RunEvent happened, RunSnapshot run)
    {
        if (verbose && happened is ToolLine line)
        {
            console.MarkupLineInterpolated($"[grey]{line.Tool}: {line.Line}[/]");
        }

        Tick(run, clock.GetUtcNow());
    }

    /// <inheritdoc />
    public void Tick(RunSnapshot run, DateTimeOffset now) => _display?.UpdateTarget(Picture(run, now));

    /// <inheritdoc />
    public void Finish(RunSnapshot run)
    {
        if (run.Sequence == 0)
        {
            return;
        }

        console.Write(Picture(run, run.Latest));
        console.Write(Panel(RunSummary.Of(run, way)));
    }

    /// <summary>The picture of a run at a moment.</summary>
    internal static IRenderable Picture(RunSnapshot run, DateTimeOffset now)
    {
        var rows = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap())
            .AddColumn(new GridColumn().NoWrap().RightAligned()).AddColumn();
        foreach (var stage in run.Stages)
        {
            var (sign, colour) = Sign(stage.State, now);
            var attempts = stage.Attempts > 1 ? $" (attempt {stage.Attempts})" : "";
            rows.AddRow(
                new Text(sign, new Style(colour)),
                new Text(stage.Name + attempts, new Style(decoration: stage.State == StageState.Running ? Decoration.Bold : Decoration.None)),
                new Text(RunSummary.Elapsed(stage.SpentAt(now)), new Style(Color.Grey)),
                new Text(stage.State == StageState.Running && stage.Completed > 0 ? $"{stage.Completed} done" : stage.Detail, new Style(Color.Grey)));
            foreach (var resource in stage.Active.Take(MostResources))
            {
                rows.AddRow(
                    new Text(""),
                    new Text("  " + resource.Address, new Style(Color.Grey)),
                    new Text(RunSummary.Elapsed((now - resource.Since).TotalSeconds), new Style(Color.Grey)),
                    new Text(resource.Action, new Style(Color.Grey)));
            }

            if (stage.Active.Count > MostResources)
            {
                rows.AddRow(new Text(""), new Text($"  and {stage.Active.Count - MostResources} more", new Style(Color.Grey)), new Text(""), new Text(""));
            }
        }

        var commit = run.Commit is null ? "" : $"  {run.Commit[..Math.Min(12, run.Commit.Length)]}";
        var title = new Text($"{run.Command} {run.Environment}{(run.PublicHost.Length > 0 ? $"  {run.PublicHost}" : "")}{commit}  {RunSummary.Elapsed((now - run.Started).TotalSeconds)}", new Style(decoration: Decoration.Bold));
        return run.Sequence == 0 ? new Text("") : new Rows(title, rows);
    }

    /// <summary>The panel at the end.</summary>
    internal static Panel Panel(RunSummary summary)
    {
        var rows = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var paragraph in summary.Paragraphs)
        {
            var strong = paragraph.Label is "url" or "next" or "failed";
            rows.AddRow(
                new Text(paragraph.Label, new Style(Color.Grey)),
                new Text(string.Join('\n', paragraph.Lines), new Style(decoration: strong ? Decoration.Bold : Decoration.None)));
        }

        var colour = summary.Good ? Color.Green : Color.Red;
        return new Panel(rows) { Border = BoxBorder.Rounded, BorderStyle = new Style(colour), Header = new PanelHeader($" {Markup.Escape(summary.Title)} ") };
    }

    private static (string Sign, Color Colour) Sign(StageState state, DateTimeOffset now) => state switch
    {
        StageState.Running => (Spinner[(int)(now.ToUnixTimeMilliseconds() / 120 % Spinner.Length)], Color.Aqua),
        StageState.Waiting => ("↻", Color.Yellow),
        StageState.Failed => ("✗", Color.Red),
        StageState.Changed => ("✓", Color.Green),
        _ => ("✓", Color.Grey),
    };
}
