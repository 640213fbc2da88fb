using System.Text.RegularExpressions;
using Mayfly.Engine.Configuration;

namespace Mayfly.Engine.Tests.Configuration;

/// <summary>Reads the doc comments of the configuration's records, the only place where settings are described.</summary>
internal static partial class DocComments
{
    /// <summary>Summaries by <c>Record</c> and <c>Record.Property</c>, in Markdown.</summary>
    public static IReadOnlyDictionary<string, string> Read()
    {
        var summaries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Repository.At("src/Engine/Configuration"), "*.cs"))
        {
            var comment = new List<string>();
            var record = "";
            foreach (var line in File.ReadLines(file).Select(line => line.Trim()))
            {
                if (line.StartsWith("///", StringComparison.Ordinal))
                {
                    comment.Add(line[3..].Trim());
                    continue;
                }

                if (Record().Match(line) is { Success: true } type)
                {
                    record = type.Groups[1].Value;
                    summaries[record] = Summary(comment);
                }
                else if (record.Length > 0 && Property().Match(line) is { Success: true } property)
                {
                    summaries[$"{record}.{property.Groups[1].Value}"] = Summary(comment);
                }

                if (!line.StartsWith('['))
                {
                    comment.Clear();
                }
            }
        }

        return summaries;
    }

    private static string Summary(List<string> comment)
    {
        var text = SummaryElement().Match(string.Join(' ', comment)).Groups[1].Value;
        text = Code().Replace(text, "`$1`");
        text = Reference().Replace(text, match => $"`{SnakeCase.Of(match.Groups[1].Value.Split('.')[^1])}`");
        return text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^public sealed record (\w+)")]
    private static partial Regex Record();

    [GeneratedRegex(@"^public (?:required )?[\w<>?, ]+? (\w+) \{ get; init; \}")]
    private static partial Regex Property();

    [GeneratedRegex("<summary>(.*?)</summary>")]
    private static partial Regex SummaryElement();

    [GeneratedRegex("<c>(.*?)</c>")]
    private static partial Regex Code();

    [GeneratedRegex("""<see cref="(.*?)" ?/>""")]
    private static partial Regex Reference();
}
