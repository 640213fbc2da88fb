using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Stages;

/// <summary>How a stage ended: the world already matched, was moved, or resisted.</summary>
public abstract record StageResult
{
    private StageResult() { }

    /// <summary>The world already matched; nothing was written.</summary>
    public sealed record Unchanged(string Why) : StageResult;

    /// <summary>The world was moved, and a second look confirmed it.</summary>
    public sealed record Changed(string What) : StageResult;

    /// <summary>A classified failure; the converger decides what follows.</summary>
    public sealed record Failed(Failure Failure) : StageResult
    {
        /// <summary>True when the attempt wrote something before it failed; such attempts have a smaller budget.</summary>
        public bool WroteSomething { get; init; }
    }
}
