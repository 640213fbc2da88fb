using Mayfly.Engine.Configuration;
using YamlDotNet.RepresentationModel;

namespace Mayfly.Engine.Adoption;

/// <summary>The identity rules by resource type: those of the configuration, then the built-in ones.</summary>
public sealed class IdentityRules
{
    private static readonly Lazy<IReadOnlyList<IdentityRule>> Rows = new(Read);
    private readonly Dictionary<string, IdentityRule> _byType = new(StringComparer.Ordinal);

    /// <param name="added">Rules of the configuration; they borrow the question of the built-in rule for the type.</param>
    public IdentityRules(IReadOnlyList<AdoptionRuleSettings> added)
    {
        foreach (var rule in Rows.Value)
        {
            foreach (var type in rule.Types)
            {
                _byType[type] = rule;
            }
        }

        foreach (var rule in added)
        {
            // A user's rule for a type that nothing asks about: its import id alone names it, and the import itself is the probe.
            var question = _byType.GetValueOrDefault(rule.Type) ?? new IdentityRule([rule.Type], "", "", "", IdentityRule.ByName, "");
            _byType[rule.Type] = question with { ImportId = rule.ImportId, NameIsOwn = rule.NameIsOwn };
        }
    }

    /// <summary>The rule for a type; null: such a resource is never adopted.</summary>
    public IdentityRule? Find(string type) => _byType.GetValueOrDefault(type);

    /// <summary>All built-in rules.</summary>
    public static IReadOnlyList<IdentityRule> BuiltIn => Rows.Value;

    private static IReadOnlyList<IdentityRule> Read()
    {
        using var stream = typeof(IdentityRules).Assembly.GetManifestResourceStream("Mayfly.Engine.Adoption.identity-rules.yaml")!;
        using var text = new StreamReader(stream);
        var yaml = new YamlStream();
        yaml.Load(text);
        var rows = (YamlSequenceNode)((YamlMappingNode)yaml.Documents[0].RootNode)["rules"];
        return [.. rows.Select(row => Rule((YamlMappingNode)row))];
    }

    private static IdentityRule Rule(YamlMappingNode row)
    {
        var call = Text(row, "call")!.Split(' ');
        return new IdentityRule(
            row["type"] is YamlSequenceNode types ? [.. types.Select(Scalar)] : [Scalar(row["type"])],
            call[0], call[1], Text(row, "items") ?? "", Text(row, "owned")!, Text(row, "import")!)
        {
            Path = Text(row, "path"),
            Input = row.Children.TryGetValue("input", out var input) ? (IReadOnlyDictionary<string, object?>)Tree(input)! : new Dictionary<string, object?>(),
            Where = row.Children.TryGetValue("where", out var where)
                ? ((YamlMappingNode)where).ToDictionary(pair => Scalar(pair.Key), pair => Scalar(pair.Value))
                : new Dictionary<string, string>(),
            Tagged = Text(row, "tagged") == "true",
            IsReply = Text(row, "parent") == "true",
            TakesFirst = Text(row, "first") == "true",
            AbsentIsPresent = Text(row, "absent_is_present"),
            DeletionMark = Text(row, "deleted"),
        };
    }

    private static object? Tree(YamlNode node) => node switch
    {
        YamlMappingNode map => map.ToDictionary(pair => Scalar(pair.Key), pair => Tree(pair.Value)),
        YamlSequenceNode list => list.Select(Tree).ToList(),
        _ => Scalar(node),
    };

    private static string? Text(YamlMappingNode row, string key) => row.Children.TryGetValue(key, out var node) ? Scalar(node) : null;

    private static string Scalar(YamlNode node) => ((YamlScalarNode)node).Value ?? "";
}
