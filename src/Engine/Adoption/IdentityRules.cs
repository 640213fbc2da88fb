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
        var call = RuleYaml.Text(row, "call")!.Split(' ');
        return new IdentityRule(
            RuleYaml.Texts(row, "type"), call[0], call[1], RuleYaml.Text(row, "items") ?? "", RuleYaml.Text(row, "owned")!, RuleYaml.Text(row, "import")!)
        {
            Path = RuleYaml.Text(row, "path"),
            Input = RuleYaml.Map(row, "input"),
            Where = row.Children.TryGetValue("where", out var where)
                ? ((YamlMappingNode)where).ToDictionary(pair => RuleYaml.Scalar(pair.Key), pair => RuleYaml.Scalar(pair.Value))
                : new Dictionary<string, string>(),
            Tagged = RuleYaml.Text(row, "tagged") == "true",
            IsReply = RuleYaml.Text(row, "parent") == "true",
            TakesFirst = RuleYaml.Text(row, "first") == "true",
            AbsentIsPresent = RuleYaml.Text(row, "absent_is_present"),
            DeletionMark = RuleYaml.Text(row, "deleted"),
        };
    }
}
