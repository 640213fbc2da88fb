using System.Text.RegularExpressions;
using Mayfly.Engine.Adoption;
using Mayfly.TerraformProviders.Schemas;

namespace Mayfly.LocalCloud.Tests.ProvidersAws;

/// <summary>The identity rules against the real providers' schemas: a rule that reads an attribute which no plan has would never find anything.</summary>
public sealed partial class IdentityRuleSchemaTests
{
    private static readonly Dictionary<string, ProviderFacts> Providers = new()
    {
        ["aws"] = ProviderFacts.Load("aws"),
        ["helm"] = ProviderFacts.Load("helm"),
        ["kubernetes"] = ProviderFacts.Load("kubernetes"),
    };

    [Fact]
    public void Every_rule_is_for_a_type_that_its_provider_has_and_reads_attributes_that_the_type_has()
    {
        var wrong = IdentityRules.BuiltIn.SelectMany(rule => rule.Types.SelectMany(type => Wrong(rule, type))).ToList();

        Assert.Empty(wrong);
    }

    [Fact]
    public void There_are_rules_for_more_types_than_a_preview_stack_consists_of() =>
        Assert.True(IdentityRules.BuiltIn.SelectMany(rule => rule.Types).Count(type => type.StartsWith("aws_", StringComparison.Ordinal)) >= 70);

    private static IEnumerable<string> Wrong(IdentityRule rule, string type)
    {
        if (Providers[type.Split('_')[0]].Resource(type) is not { } schema)
        {
            return [$"{type}: its provider has no such type"];
        }

        var has = schema.Block.Attributes.Select(attribute => attribute.Name).Concat(schema.Block.BlockTypes.Select(block => block.TypeName)).ToHashSet(StringComparer.Ordinal);
        return Templates(rule).SelectMany(template => Planned().Matches(template).Select(match => match.Groups["name"].Value))
            .Where(name => !has.Contains(name)).Distinct().Select(name => $"{type}: it has no attribute {name}");
    }

    private static IEnumerable<string> Templates(IdentityRule rule) =>
        [rule.ImportId, rule.Path ?? "", .. rule.Where.Values, .. rule.Input.Values.SelectMany(Strings)];

    private static IEnumerable<string> Strings(object? value) => value switch
    {
        string text => [text],
        IEnumerable<object?> list => list.SelectMany(Strings),
        IDictionary<string, object?> map => map.Values.SelectMany(Strings),
        _ => [],
    };

    // The first step of a planned attribute's path; what begins with @ or = is not planned.
    [GeneratedRegex(@"\{(?<name>[a-z][a-z0-9_]*)")]
    private static partial Regex Planned();
}
