namespace Mayfly.Engine.Failures;

/// <summary>Turns what a tool printed, or an API answered, into a failure.</summary>
public static class FailureClassifier
{
    private const int EvidenceLines = 20;

    /// <summary>Classifies a text; never fails: what no rule knows is <c>unknown</c>.</summary>
    /// <param name="tool">terraform, helm, kubectl, eso, aws or http.</param>
    /// <param name="text">Its last lines.</param>
    public static Failure Classify(string tool, string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var first = lines.FirstOrDefault() ?? $"{tool} failed without a word";
        return Failure.Of("unknown", Failure.UnknownClass, Disposition.RetryAfterWait, $"{tool}: {first}", "Read the evidence.") with
        {
            Tool = tool,
            Evidence = [.. lines.TakeLast(EvidenceLines)],
        };
    }
}
