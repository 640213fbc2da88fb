namespace Mayfly.Engine.Explanation;

/// <summary>What the whole chain says.</summary>
public enum ChainVerdict
{
    /// <summary>The page answers as wanted and no link is broken.</summary>
    Reachable,

    /// <summary>A link is broken.</summary>
    Broken,

    /// <summary>No link is known to be broken, and the page is not known to answer.</summary>
    Unknown,
}

/// <summary>The chain from the public name to the log, and beside it the one from the operator to the secrets.</summary>
/// <param name="Links">In the order in which a visitor's request meets them; the page itself comes after them.</param>
/// <param name="Secrets">The links that the application's secrets hang on.</param>
public sealed record Chain(IReadOnlyList<Link> Links, IReadOnlyList<Link> Secrets)
{
    /// <summary>The last link of the main chain: what the visitor gets.</summary>
    public const string Page = "page";

    /// <summary>Every link, the main chain first.</summary>
    public IEnumerable<Link> All => Links.Concat(Secrets);

    /// <summary>The first broken link; null when none is.</summary>
    public Link? FirstBroken => All.FirstOrDefault(link => link.State == LinkState.Broken);

    /// <summary>What the whole says.</summary>
    public ChainVerdict Verdict =>
        FirstBroken is not null ? ChainVerdict.Broken
        : Links.Any(link => link is { Name: Page, State: LinkState.Fine }) ? ChainVerdict.Reachable
        : ChainVerdict.Unknown;

    /// <summary>
    /// The first broken link with its evidence, and after it what is broken further on: a link near the visitor often only shows
    /// what one further in caused.
    /// </summary>
    public IReadOnlyList<string> Evidence()
    {
        if (FirstBroken is not { } first)
        {
            return [];
        }

        var causes = All.Where(link => link.State == LinkState.Broken && link != first && link.Name != Page);
        return
        [
            $"first broken link: {first.Name}: {first.Summary}",
            .. first.Evidence,
            .. causes.SelectMany(link => (string[])[$"also broken: {link.Name}: {link.Summary}", .. link.Evidence]),
        ];
    }

    /// <summary>
    /// What a person can do, for the link furthest in first: it is the cause of those before it. Secrets come first where a container
    /// does not start, the page comes last: it only shows.
    /// </summary>
    public IReadOnlyList<string> Next()
    {
        var main = Links.Where(IsBroken).Reverse().OrderBy(link => link.Name == Page).ToList();
        var beside = Secrets.Where(IsBroken);
        var all = main.Any(link => link.Name.StartsWith("container", StringComparison.Ordinal)) ? beside.Concat(main) : main.Concat(beside);
        return [.. all.SelectMany(link => link.Next).Distinct()];
    }

    private static bool IsBroken(Link link) => link.State == LinkState.Broken;
}
