using Mayfly.Engine.Events;

namespace Mayfly.Engine.Tools;

/// <summary>Where a tool's events go: the run's feed, under the name of the stage that called it.</summary>
public sealed record StageReporter(Run Run, string Stage)
{
    // More than anybody reads; a journal is not to grow with a plan of thousands.
    private const int MaxActions = 200;

    /// <summary>A line that the tool printed for people.</summary>
    public void Line(string tool, string line)
    {
        if (line.Length > 0)
        {
            Run.Report(new ToolLine(Stage, tool, line));
        }
    }

    /// <summary>A resource moved.</summary>
    public void Resource(string address, string action, string phase, double seconds) =>
        Run.Report(new ResourceChanged(Stage, address, action, phase, seconds));

    /// <summary>Something in the way was mended.</summary>
    public void Remedy(string target, string what) => Run.Report(new Remedied(Stage, target, what));

    /// <summary>Something worth saying that is neither a change nor a failure.</summary>
    public void Notice(string message) => Run.Report(new Noticed(Stage, message));

    /// <summary>What is about to be applied.</summary>
    public void Plan(Plan plan)
    {
        var changes = plan.Changes.Where(change => !change.IsRead).ToList();
        Run.Report(new Planned(
            Stage,
            changes.Count(change => change.ImportId is not null),
            changes.Count(change => change.Actions.Contains("create")),
            changes.Count(change => change.Actions is ["update"]),
            changes.Count(change => change.Actions.Contains("delete")),
            [.. changes.Take(MaxActions).Select(change => new PlannedAction(change.Address, change.Verb))],
            Math.Max(0, changes.Count - MaxActions)));
    }
}
