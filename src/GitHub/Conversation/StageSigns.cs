using System.Globalization;
using Mayfly.Engine.Events;

namespace Mayfly.GitHub.Conversation;

/// <summary>How a stage is shown in one sign and one word.</summary>
internal static class StageSigns
{
    /// <summary>The sign.</summary>
    public static string Of(StageSnapshot stage, bool ended) => stage.State switch
    {
        StageState.Running or StageState.Waiting when ended => "⏹",
        StageState.Running => "⏳",
        StageState.Waiting => "🔁",
        StageState.Failed => "❌",
        _ => "✅",
    };

    /// <summary>The word.</summary>
    public static string Word(StageSnapshot stage, bool ended)
    {
        var word = stage.State is StageState.Running or StageState.Waiting && ended ? "stopped" : stage.State.ToString().ToLowerInvariant();
        return stage.Attempts > 1 ? string.Create(CultureInfo.InvariantCulture, $"{word}, attempt {stage.Attempts}") : word;
    }

    /// <summary>A length of time.</summary>
    public static string Elapsed(double seconds) =>
        seconds < 59.5 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 60)}m{(int)seconds % 60:00}s");
}
