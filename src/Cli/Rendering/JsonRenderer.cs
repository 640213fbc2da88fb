using Mayfly.Engine.Events;

namespace Mayfly.Cli.Rendering;

/// <summary>The event stream as it is, an object a line, closed by the result.</summary>
internal sealed class JsonRenderer(TextWriter output) : IRunRenderer
{
    /// <inheritdoc />
    public TimeSpan Interval => Timeout.InfiniteTimeSpan;

    /// <inheritdoc />
    public void Show(RunEvent happened, RunSnapshot run)
    {
        output.WriteLine(RunEventJson.Line(happened));
        output.Flush();
    }

    /// <inheritdoc />
    public void Tick(RunSnapshot run, DateTimeOffset now) { }

    /// <inheritdoc />
    public void Finish(RunSnapshot run)
    {
        output.WriteLine(RunResult.Line(run));
        output.Flush();
    }
}
