using System.Text;

namespace Mayfly.GitHub.Conversation;

/// <summary>
/// Puts texts that strangers may have had a hand in (branch names, resource names, what tools print) into Markdown so that they are
/// shown and do nothing: no mention, no link, no HTML, no table cell, no heading.
/// </summary>
public static class SafeText
{
    // Nothing is seen of it, and neither mentions nor links reach across it.
    private const char Break = '\u200B';

    /// <summary>Words in a sentence or a table cell, on one line.</summary>
    public static string Words(string text)
    {
        var safe = new StringBuilder(text.Length + 16);
        var before = ' ';
        foreach (var c in OneLine(text))
        {
            // A mention, an issue's number, a link and a bare host begin with these.
            if ((c == '/' && before == ':') || (c == '.' && EndsInWww(safe)))
            {
                safe.Append(Break);
            }

            if (c is < (char)128 && char.IsAsciiLetterOrDigit(c) is false && c is not ' ')
            {
                // Markdown takes a backslash before any ASCII punctuation, and shows the character itself.
                safe.Append(c switch { '<' => "&lt;", '>' => "&gt;", '&' => "&amp;", _ => $"\\{c}" });
                if (c is '@' or '#')
                {
                    safe.Append(Break);
                }
            }
            else
            {
                safe.Append(c);
            }

            before = c;
        }

        return safe.ToString();
    }

    /// <summary>A piece of code in a sentence or a table cell, on one line.</summary>
    public static string Code(string text)
    {
        var line = OneLine(text).Replace("|", "\\|", StringComparison.Ordinal).Trim();
        var fence = new string('`', LongestRun(line) + 1);
        return line.Length == 0 ? "` `" : line.Contains('`') ? $"{fence} {line} {fence}" : $"`{line}`";
    }

    /// <summary>Lines as they are.</summary>
    public static string Block(IEnumerable<string> lines)
    {
        var text = string.Join('\n', lines.Select(line => Visible(line.Replace("\r", "", StringComparison.Ordinal), keepLines: true)));
        var fence = new string('`', Math.Max(3, LongestRun(text) + 1));
        return $"{fence}text\n{text}\n{fence}";
    }

    /// <summary>A text cut at a length, with a sign that it was.</summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1), "…");

    private static string OneLine(string text) => Visible(text, keepLines: false);

    // Controls and marks that turn the direction of writing would show something else than what is there.
    private static string Visible(string text, bool keepLines)
    {
        var visible = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            visible.Append(c switch
            {
                '\n' when keepLines => '\n',
                '\n' or '\r' or '\t' or '\u2028' or '\u2029' => ' ',
                < ' ' or '\u007f' or (>= '\u0080' and <= '\u009f') or (>= '\u200b' and <= '\u200f') or (>= '\u202a' and <= '\u202e')
                    or (>= '\u2060' and <= '\u206f') or '\ufeff' => '\ufffd',
                _ => c,
            });
        }

        return visible.ToString();
    }

    private static bool EndsInWww(StringBuilder text) =>
        text.Length >= 3 && char.ToLowerInvariant(text[^1]) == 'w' && char.ToLowerInvariant(text[^2]) == 'w' && char.ToLowerInvariant(text[^3]) == 'w';

    private static int LongestRun(string text)
    {
        int longest = 0, run = 0;
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
