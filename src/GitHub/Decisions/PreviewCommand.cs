using System.Text.RegularExpressions;
using Mayfly.Engine.Configuration;

namespace Mayfly.GitHub.Decisions;

/// <summary>The verbs of <c>/preview</c>.</summary>
public enum PreviewVerb
{
    /// <summary>Make it, or bring it to the newest commit.</summary>
    Up,

    /// <summary>Remove it.</summary>
    Down,

    /// <summary>Install the application once more.</summary>
    Redeploy,

    /// <summary>Let it live longer.</summary>
    Extend,

    /// <summary>Stop what costs money, keep the rest.</summary>
    Sleep,

    /// <summary>Undo that.</summary>
    Wake,

    /// <summary>Say why it is not reachable.</summary>
    Explain,

    /// <summary>Say what can be asked for.</summary>
    Help,
}

/// <summary>What somebody asks for in a comment, or by starting the workflow by hand.</summary>
/// <param name="Verb">The verb; null when the word is none.</param>
/// <param name="Commit">The commit that is named, all 40 digits: the one that is approved.</param>
/// <param name="Length">How much longer.</param>
/// <param name="Flaw">What is wrong with it, in words; null when nothing is. It repeats nothing of the comment.</param>
public sealed partial record PreviewCommand(PreviewVerb? Verb, string? Commit = null, TimeSpan? Length = null, string? Flaw = null)
{
    private const string Word = "/preview";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>Reads the first line of a comment that begins with the word; null when none does.</summary>
    public static PreviewCommand? TryParse(string comment)
    {
        foreach (var line in comment.AsSpan().EnumerateLines())
        {
            var text = line.Trim();
            if (text.StartsWith(Word, StringComparison.OrdinalIgnoreCase) && (text.Length == Word.Length || char.IsWhiteSpace(text[Word.Length])))
            {
                return Parse([.. text[Word.Length..].ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)]);
            }
        }

        return null;
    }

    /// <summary>Reads the words after <c>/preview</c>.</summary>
    public static PreviewCommand Parse(IReadOnlyList<string> words)
    {
        if (words.Count == 0)
        {
            return new PreviewCommand(PreviewVerb.Help);
        }

        var verb = words[0].ToLowerInvariant() switch
        {
            "up" => PreviewVerb.Up,
            "down" => PreviewVerb.Down,
            "redeploy" => PreviewVerb.Redeploy,
            "extend" => PreviewVerb.Extend,
            "sleep" => PreviewVerb.Sleep,
            "wake" => PreviewVerb.Wake,
            "explain" => PreviewVerb.Explain,
            "help" => PreviewVerb.Help,
            _ => (PreviewVerb?)null,
        };
        return (verb, words.Skip(1).ToList()) switch
        {
            (null, _) => new PreviewCommand(null, Flaw: "There is no such command."),
            (PreviewVerb.Extend, [var length]) => Extend(length),
            (PreviewVerb.Extend, _) => new PreviewCommand(verb, Flaw: "It takes one length of time: `/preview extend 24h`."),
            (PreviewVerb.Up or PreviewVerb.Redeploy or PreviewVerb.Wake, [var commit]) when FullCommit().IsMatch(commit) =>
                new PreviewCommand(verb, commit.ToLowerInvariant()),
            (_, []) => new PreviewCommand(verb),
            (PreviewVerb.Up or PreviewVerb.Redeploy or PreviewVerb.Wake, [_]) =>
                new PreviewCommand(verb, Flaw: "A commit is named by all 40 digits: a shorter name could be made to fit another commit."),
            _ => new PreviewCommand(verb, Flaw: "There are too many words in it."),
        };
    }

    private static PreviewCommand Extend(string length) =>
        !Durations.TryParse(length, out var time) || time <= TimeSpan.Zero
            ? new PreviewCommand(PreviewVerb.Extend, Flaw: "The length of time is written like `90m`, `24h` or `1h30m`.")
            : time > Longest
                ? new PreviewCommand(PreviewVerb.Extend, Flaw: "30 days are the most that it can be extended by at once.")
                : new PreviewCommand(PreviewVerb.Extend, Length: time);

    [GeneratedRegex("^[0-9a-fA-F]{40}$", RegexOptions.CultureInvariant)]
    private static partial Regex FullCommit();
}
