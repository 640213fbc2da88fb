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

    /// <summary>The failure of a plan that would import what is not this environment's; null when it would not. Pure.</summary>
    public static Failure? Of(IReadOnlyList<Stranger> strangers) => strangers.Count > 0 ? OfStrangers(strangers) : null;

    /// <summary>An apply says that something exists, and neither a rule nor its name leads to it.</summary>
    /// <param name="address">Where the plan has it.</param>
    /// <param name="type">Its resource type.</param>
    /// <param name="tried">The id that was tried, and what terraform said to it; null: there was none to try.</param>
    public static Failure OfUnknownIdentity(string address, string type, (string ImportId, Failure Failure)? tried) =>
        Failure.Of("exists-without-identity", "aws_already_exists", Disposition.NeedsHuman,
            tried is { } attempt ? $"{address} exists already, and it is not to be found as {attempt.ImportId}" : $"{address} exists already, and nothing tells by which id it is imported",
            $"Add a rule for {type} under adoption: in mayfly.yaml, with the import id that its provider documents.",
            $"Or take it in by hand: terraform import '{address}' ID.") with
        {
            Tool = "terraform",
            Evidence = tried?.Failure.Evidence ?? [],
        };

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
