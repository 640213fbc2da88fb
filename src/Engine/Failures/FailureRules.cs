using System.Text.RegularExpressions;
using Mayfly.Engine.Configuration;
using YamlDotNet.RepresentationModel;

namespace Mayfly.Engine.Failures;

/// <summary>The built-in rules, read from the rows of <c>rules.yaml</c> beside this file; the first that matches wins.</summary>
public static class FailureRules
{
    private static readonly Lazy<IReadOnlyList<FailureRule>> Rows = new(Read);

    /// <summary>All rules, most specific first.</summary>
    public static IReadOnlyList<FailureRule> BuiltIn => Rows.Value;

    /// <summary>A disposition by its name on the wire, <c>retry_after_wait</c>.</summary>
    /// <exception cref="FormatException">There is none of that name.</exception>
    public static Disposition Disposition(string name) =>
        Enum.TryParse<Disposition>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var found)
            ? found
            : throw new FormatException($"'{name}' is no disposition");

    /// <summary>The name of a disposition on the wire.</summary>
    public static string Name(Disposition disposition) =>
        Regex.Replace(disposition.ToString(), "(?<=[a-z])[A-Z]", letter => "_" + letter.Value).ToLowerInvariant();

    /// <summary>The rules that a configuration adds.</summary>
    /// <exception cref="FormatException">A disposition is none, or a pattern is no regular expression.</exception>
    public static IReadOnlyList<FailureRule> From(IEnumerable<FailureRuleSettings> added) =>
        [.. added.Select(rule => new FailureRule(rule.Name, rule.Class, Disposition(rule.Disposition), rule.Remedy, rule.Next)
        {
            Tools = rule.Tool is { } tool ? [tool] : [],
            All = [.. rule.Match.Select(FailureRule.Pattern)],
        })];

    private static IReadOnlyList<FailureRule> Read()
    {
        using var stream = typeof(FailureRules).Assembly.GetManifestResourceStream("Mayfly.Engine.Failures.rules.yaml")!;
        using var text = new StreamReader(stream);
        var yaml = new YamlStream();
        yaml.Load(text);
        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        var words = ((YamlMappingNode)root["words"]).ToDictionary(word => Scalar(word.Key), word => Scalar(word.Value));
        return [.. ((YamlSequenceNode)root["rules"]).Select(row => Rule((YamlMappingNode)row, words))];
    }

    private static FailureRule Rule(YamlMappingNode row, Dictionary<string, string> words) =>
        new(Text(row, "name"), Text(row, "class"), Disposition(Text(row, "disposition")), Text(row, "remedy"), Text(row, "next"))
        {
            Tools = Strings(row, "tools"),
            All = Patterns(row, "all", words),
            None = Patterns(row, "none", words),
            Context = Patterns(row, "context", words),
            WithoutContext = Patterns(row, "without_context", words),
        };

    private static IReadOnlyList<Regex> Patterns(YamlMappingNode row, string key, Dictionary<string, string> words) =>
        [.. Strings(row, key).Select(pattern => FailureRule.Pattern(
            words.Aggregate(pattern, (whole, word) => whole.Replace($"<{word.Key}>", $"(?:{word.Value})", StringComparison.Ordinal))))];

    private static IReadOnlyList<string> Strings(YamlMappingNode row, string key) =>
        !row.Children.TryGetValue(key, out var node) ? []
        : node is YamlSequenceNode sequence ? [.. sequence.Select(Scalar)]
        : [Scalar(node)];

    private static string Text(YamlMappingNode row, string key) => row.Children.TryGetValue(key, out var node) ? Scalar(node) : "";

    private static string Scalar(YamlNode node) => ((YamlScalarNode)node).Value ?? "";
}
