using System.Reflection;
using System.Text.RegularExpressions;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Values;

namespace Mayfly.Engine.Configuration;

/// <summary>Checks one setting against the rules that its property carries.</summary>
internal static class ConfigurationRules
{
    /// <summary>Checks a scalar that has the right type.</summary>
    public static void Check(PropertyInfo property, object value, ValueScalar node, string path, List<ValueProblem> problems)
    {
        if (property.GetCustomAttribute<BetweenAttribute>() is { } between && value is int number
            && (number < between.Least || number > between.Most))
        {
            problems.Add(new ValueProblem(node.Origin, $"'{path}' must be from {between.Least} to {between.Most}, not {number}"));
        }

        if (value is not string text)
        {
            return;
        }

        if (property.GetCustomAttribute<ChoicesAttribute>() is { } choices && !choices.Words.Contains(text))
        {
            problems.Add(new ValueProblem(node.Origin, $"'{path}' must be {Alternatives(choices.Words)}, not '{text}'"));
        }

        if (property.GetCustomAttribute<MatchesAttribute>() is { } matches && !IsWhole(text, matches.Pattern))
        {
            problems.Add(new ValueProblem(node.Origin, $"'{path}' must be {matches.Wording}, not '{text}'"));
        }

        if (property.GetCustomAttribute<ExpressionAttribute>() is { } expression && ExpressionFlaw(text, expression.Groups) is { } flaw)
        {
            problems.Add(new ValueProblem(node.Origin, $"'{path}' {flaw}"));
        }

        if (property.GetCustomAttribute<TemplateAttribute>() is { } template)
        {
            CheckTemplate(text, template.Names, node.Origin, path, problems);
        }
    }

    /// <summary>Checks every string and key of a free tree.</summary>
    public static void CheckTree(PropertyInfo property, ValueNode node, string path, List<ValueProblem> problems)
    {
        if (property.GetCustomAttribute<TemplateAttribute>() is not { } template)
        {
            return;
        }

        switch (node)
        {
            case ValueScalar scalar when CoreYaml.Resolve(scalar) is string text:
                CheckTemplate(text, template.Names, scalar.Origin, path, problems);
                break;
            case ValueList list:
                for (var i = 0; i < list.Items.Count; i++)
                {
                    CheckTree(property, list.Items[i], $"{path}[{i}]", problems);
                }

                break;
            case ValueMap map:
                foreach (var entry in map.Entries)
                {
                    CheckTemplate(entry.Key, template.Names, entry.KeyOrigin, path, problems);
                    CheckTree(property, entry.Value, $"{path}.{entry.Key}", problems);
                }

                break;
        }
    }

    /// <summary>What is wrong with a template, in words; null when nothing is.</summary>
    public static string? TemplateFlaw(string text, TemplateNames names)
    {
        if (Template.TryParse(text, out var flaw) is not { } template)
        {
            return flaw;
        }

        var known = names == TemplateNames.Host ? EnvironmentNames.HostVariables : TemplateVariables.Names;
        var unknown = names == TemplateNames.Attributes ? null : template.Names.FirstOrDefault(name => !known.Contains(name));
        return unknown is null ? null : template.UnknownName(unknown, known);
    }

    private static void CheckTemplate(string text, TemplateNames names, ValueOrigin origin, string path, List<ValueProblem> problems)
    {
        if (TemplateFlaw(text, names) is { } flaw)
        {
            problems.Add(new ValueProblem(origin, $"'{path}': {flaw}"));
        }
    }

    // In .NET '$' also matches before a last line feed; here, as in JSON schemas, it must be the end.
    private static bool IsWhole(string text, string pattern) =>
        Regex.Match(text, pattern, RegexOptions.ECMAScript) is { Success: true } match && match.Length == text.Length;

    private static string? ExpressionFlaw(string pattern, int groups)
    {
        try
        {
            var found = new Regex(pattern, RegexOptions.CultureInvariant).GetGroupNumbers().Length - 1;
            return found >= groups ? null : $"needs a group in parentheses; '{pattern}' has none";
        }
        catch (RegexParseException broken)
        {
            return $"is no regular expression: something is wrong at character {broken.Offset} of '{pattern}'";
        }
    }

    private static string Alternatives(IReadOnlyList<string> words) =>
        words.Count == 1 ? $"'{words[0]}'" : $"{string.Join(", ", words.SkipLast(1).Select(word => $"'{word}'"))} or '{words[^1]}'";
}
