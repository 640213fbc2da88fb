namespace Mayfly.Engine.Failures;

/// <summary>What kind of act a failure asks for. A closed set; the wire names are those of the failure taxonomy.</summary>
public enum Disposition
{
    /// <summary>Nothing to mend; the same step works later.</summary>
    RetryAfterWait,

    /// <summary>The remedy must come first, then the same step again.</summary>
    RetryAfterRepair,

    /// <summary>The object exists and is wanted: adopt it instead of making it.</summary>
    AdoptExisting,

    /// <summary>The object is gone: drop it from state and plan again.</summary>
    PruneState,

    /// <summary>New credentials or a new token first, then the same step.</summary>
    RefreshCredentials,

    /// <summary>The same input fails for ever; a user must change configuration, permission or data.</summary>
    FailPermanentUser,

    /// <summary>A quota stops it; room must be made or the quota raised.</summary>
    FailPermanentQuota,

    /// <summary>Going on by machine risks damage, or the text leaves two readings with opposite remedies.</summary>
    NeedsHuman,

    /// <summary>Nothing happened that needs an act.</summary>
    None,
}

/// <summary>A classified failure of the outside world: what failed, with which evidence, and what to do now.</summary>
/// <param name="Rule">Kebab-case id of the rule that matched, for example <c>eks-cluster-exists</c>; <c>unknown</c> when none did.</param>
/// <param name="Class">Class of the taxonomy, for example <c>aws_already_exists</c>; <c>unknown</c> when no rule matched.</param>
/// <param name="Disposition">What to do in kind.</param>
/// <param name="Summary">One sentence for a person.</param>
/// <param name="Remedy">What is to be done before a retry, in words; empty where nothing is.</param>
/// <param name="Next">What a person can do now, one imperative sentence each.</param>
/// <param name="Evidence">The lines that the verdict rests on, secrets taken out.</param>
/// <param name="Extract">Addresses, names and ids read from the text: <c>address</c>, <c>lock_id</c>, <c>namespace</c> and the like.</param>
public sealed record Failure(
    string Rule,
    string Class,
    Disposition Disposition,
    string Summary,
    string Remedy,
    IReadOnlyList<string> Next,
    IReadOnlyList<string> Evidence,
    IReadOnlyDictionary<string, string> Extract)
{
    /// <summary>The class of a failure that no rule knows. It is retried once at most.</summary>
    public const string UnknownClass = "unknown";

    /// <summary>The rule's id where no rule matched.</summary>
    public const string UnknownRule = "unknown";

    /// <summary>The program that reported it: terraform, helm, kubectl, eso, aws or http.</summary>
    public string Tool { get; init; } = "";

    /// <summary>What was tried already in this run, oldest first.</summary>
    public IReadOnlyList<string> Tried { get; init; } = [];

    /// <summary>A failure that the engine itself found, with what a person can do now.</summary>
    public static Failure Of(string rule, string @class, Disposition disposition, string summary, params string[] next) =>
        new(rule, @class, disposition, summary, "", next, [], new Dictionary<string, string>());
}
