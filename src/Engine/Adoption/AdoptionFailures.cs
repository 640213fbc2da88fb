using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Adoption;

/// <summary>Why a search for orphans stops a run.</summary>
public static class AdoptionFailures
{
    /// <summary>The failure of a search; null when what it found can be adopted. Pure.</summary>
    public static Failure? Of(OrphanFindings findings) =>
        findings.Strangers.Count > 0 ? OfStrangers(findings.Strangers)
        : findings.Doubts.FirstOrDefault(doubt => doubt.Matches > 0) is { } ambiguous ? OfAmbiguity(ambiguous)
        : findings.Doubts.Count > 0 ? OfSilence(findings.Doubts)
        : null;

    private static Failure OfStrangers(IReadOnlyList<Stranger> strangers)
    {
        var first = strangers[0];
        var owner = first.Owner is { } name ? $"environment {name}" : "nobody that its tags name";
        return Failure.Of("stranger-in-place", "aws_already_exists", Disposition.NeedsHuman,
            $"{first.Address} would be {first.ImportId}, which exists and belongs to {owner}",
            "Rename or remove one of the two; if the thing is this environment's, tag it with mayfly:environment.") with
        {
            Tool = "aws",
            Evidence = [.. strangers.Select(stranger => $"{stranger.Address}: {stranger.ImportId}, owner {stranger.Owner ?? "untagged"}")],
        };
    }

    private static Failure OfAmbiguity(Doubt doubt) => Failure.Of("orphan-ambiguous", "aws_already_exists", Disposition.NeedsHuman,
        $"{doubt.Matches} things answer to what {doubt.Address} would be ({doubt.Question}), and only one can be adopted",
        "Remove all but one of them.") with
    {
        Tool = "aws",
    };

    // Nothing is decided on a doubt: who cannot be asked may be there.
    private static Failure OfSilence(IReadOnlyList<Doubt> doubts)
    {
        var cause = doubts.Select(doubt => doubt.Cause).OfType<Exception>().FirstOrDefault();
        var failure = (cause is null ? null : OutsideWorld.Classify(cause)) ?? Failure.Of(
            "orphan-unknown", "aws_transient", Disposition.RetryAfterWait, "AWS could not be asked what exists already", "Run the command again.");
        return failure with { Evidence = [.. doubts.Take(10).Select(doubt => $"{doubt.Address}: {doubt.Question}: {doubt.Cause?.Message}")] };
    }
}
