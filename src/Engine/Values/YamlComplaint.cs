using System.Text.RegularExpressions;
using YamlDotNet.Core;

namespace Mayfly.Engine.Values;

/// <summary>Says in words what is wrong with a file that is no YAML.</summary>
internal static partial class YamlComplaint
{
    public const string TooDeep = "mayfly: nested too deep";
    public const string UnknownAnchor = "mayfly: unknown anchor ";

    /// <summary>The problems behind a syntax error. Every tab in an indentation is one; otherwise there is one, at the place of the error.</summary>
    public static IEnumerable<ValueProblem> Of(YamlException broken, string text, string file, int firstLine)
    {
        var lines = text.Split('\n');
        var tabs = lines
            .Select((line, index) => (line, number: index + 1))
            .Where(row => IndentWithTab().IsMatch(row.line))
            .Select(row => new ValueProblem(
                new ValueOrigin(file, row.number + firstLine - 1, row.line.IndexOf('\t', StringComparison.Ordinal) + 1),
                "a tab in the indentation; YAML wants spaces"))
            .ToList();
        if (tabs.Count > 0)
        {
            return tabs;
        }

        var line = (int)Math.Clamp(broken.Start.Line, 1, lines.Length);
        var excerpt = lines[line - 1].Trim();
        var what = Reason(broken.Message, excerpt);
        return [new ValueProblem(new ValueOrigin(file, line + firstLine - 1, (int)Math.Max(1, broken.Start.Column)), what)];
    }

    private static string Reason(string message, string excerpt)
    {
        if (message.Contains(TooDeep, StringComparison.Ordinal))
        {
            return "nested too deep to be read";
        }

        var unknown = message.IndexOf(UnknownAnchor, StringComparison.Ordinal);
        if (unknown >= 0)
        {
            return $"'*{message[(unknown + UnknownAnchor.Length)..]}' refers to an anchor that is not set before it";
        }

        var hint = message.Contains("quoted scalar", StringComparison.OrdinalIgnoreCase) ? "a quote is opened and not closed"
            : message.Contains("flow", StringComparison.OrdinalIgnoreCase) ? "a bracket or brace is not closed, or a comma is missing"
            : excerpt.Split(": ").Length > 2
                ? "a second ': ' in one line; put texts with ': ' in quotes"
            : "no YAML that can be read; look at the indentation, colons and quotes here and in the line before";
        return excerpt.Length == 0 ? hint : $"{hint} (near '{(excerpt.Length > 60 ? excerpt[..60] + "…" : excerpt)}')";
    }

    [GeneratedRegex(@"^ *\t[ \t]*[^\s#]")]
    private static partial Regex IndentWithTab();
}
