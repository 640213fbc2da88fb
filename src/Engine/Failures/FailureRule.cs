using System.Text.RegularExpressions;

namespace Mayfly.Engine.Failures;

/// <summary>One row of the rules: which output it knows, and what that means.</summary>
/// <param name="Name">Kebab-case id, unique.</param>
/// <param name="Class">Class of the taxonomy.</param>
/// <param name="Disposition">What to do in kind.</param>
/// <param name="Remedy">What has to happen before a retry, in words.</param>
/// <param name="Next">What a person can do now.</param>
public sealed record FailureRule(string Name, string Class, Disposition Disposition, string Remedy, string Next)
{
    // Output is hostile input: a pattern that takes longer than this on it counts as no match.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The only program whose output it knows; empty: any.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>All of these must be found in the error lines.</summary>
    public IReadOnlyList<Regex> All { get; init; } = [];

    /// <summary>None of these may be found in the error lines.</summary>
    public IReadOnlyList<Regex> None { get; init; } = [];

    /// <summary>All of these must be found somewhere in the output.</summary>
    public IReadOnlyList<Regex> Context { get; init; } = [];

    /// <summary>None of these may be found anywhere in the output.</summary>
    public IReadOnlyList<Regex> WithoutContext { get; init; } = [];

    /// <summary>Whether the rule knows this output.</summary>
    /// <param name="tool">The program that printed it; empty: not known.</param>
    /// <param name="text">What it printed.</param>
    public bool Matches(string tool, FailureText text)
    {
        if (Tools.Count > 0 && tool.Length > 0 && !Tools.Contains(tool))
        {
            return false;
        }

        try
        {
            return All.All(pattern => pattern.IsMatch(text.Errors))
                && Context.All(pattern => pattern.IsMatch(text.Context))
                && !None.Any(pattern => pattern.IsMatch(text.Errors))
                && !WithoutContext.Any(pattern => pattern.IsMatch(text.Context));
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>A pattern as rules write it: case does not matter, <c>^</c> and <c>$</c> are those of a line, time is bounded.</summary>
    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    public static Regex Pattern(string pattern) =>
        new(pattern, RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant, Patience);
}
