using Mayfly.Engine.Events;

namespace Mayfly.Engine.Tools;

/// <summary>Where a tool's events go: the run's feed, under the name of the stage that called it.</summary>
public sealed record StageReporter(Run Run, string Stage)
{
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
}
