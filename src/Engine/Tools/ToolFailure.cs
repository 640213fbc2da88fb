using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tools;

/// <summary>The failure of a call that is known to have failed, whatever its text sounds like.</summary>
public static class ToolFailure
{
    private const int EvidenceLines = 20;

    /// <summary>Classifies the text of a failed call; one that sounds like success is an unknown failure, not none.</summary>
    public static Failure Of(string tool, string text)
    {
        var failure = FailureClassifier.Classify(tool, text);
        if (failure.Class != FailureClassifier.NotAFailure)
        {
            return failure;
        }

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Failure.Of(Failure.UnknownRule, Failure.UnknownClass, Disposition.RetryAfterWait,
            lines.Length > 0 ? lines[^1] : $"{tool} failed without a word", "Read the evidence.") with
        {
            Tool = tool,
            Evidence = [.. lines.TakeLast(EvidenceLines)],
        };
    }
}
