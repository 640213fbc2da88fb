using Mayfly.Engine.Events;

namespace Mayfly.Cli.Rendering;

/// <summary>Shows a run. Called from one task only.</summary>
internal interface IRunRenderer
{
    /// <summary>How often <see cref="Tick"/> is wanted when nothing happens.</summary>
    TimeSpan Interval { get; }

    /// <summary>Frames the whole display; the default frames nothing.</summary>
    Task<RunSnapshot> DrawAsync(Func<Task<RunSnapshot>> pump) => pump();

    /// <summary>Something happened; the snapshot has it already.</summary>
    void Show(RunEvent happened, RunSnapshot run);

    /// <summary>Time passed.</summary>
    void Tick(RunSnapshot run, DateTimeOffset now);

    /// <summary>The run ended.</summary>
    void Finish(RunSnapshot run);
}
