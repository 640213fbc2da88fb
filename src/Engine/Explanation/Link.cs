namespace Mayfly.Engine.Explanation;

/// <summary>What a direct look at a link said.</summary>
public enum LinkState
{
    /// <summary>It holds.</summary>
    Fine,

    /// <summary>It does not.</summary>
    Broken,

    /// <summary>It could not be looked at: no answer, no permission, or there is nothing to look at before an earlier link is mended.</summary>
    Unknown,
}

/// <summary>One link of the chain between a visitor and the application.</summary>
/// <param name="Name">Its kind: name, record, balancer, listener, certificate, rule, targets, service and so on.</param>
/// <param name="State">What the look said.</param>
/// <param name="Summary">One sentence for a person.</param>
/// <param name="Evidence">Events, log lines, conditions: what the verdict rests on.</param>
/// <param name="Next">What a person can do now, one imperative sentence each.</param>
public sealed record Link(string Name, LinkState State, string Summary, IReadOnlyList<string> Evidence, IReadOnlyList<string> Next)
{
    /// <summary>A link that holds.</summary>
    public static Link Fine(string name, string summary) => new(name, LinkState.Fine, summary, [], []);

    /// <summary>A link that does not hold.</summary>
    public static Link Broken(string name, string summary, IEnumerable<string> evidence, params string[] next) =>
        new(name, LinkState.Broken, summary, [.. evidence], next);

    /// <summary>A link that nobody can judge now.</summary>
    public static Link Unknown(string name, string why) => new(name, LinkState.Unknown, why, [], []);
}
