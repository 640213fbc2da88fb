using Mayfly.TerraformProviders.Protocol.Messages;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;
using Attribute = Mayfly.TerraformProviders.Protocol.Messages.Attribute;

namespace Mayfly.TerraformProviders.Planning;

/// <summary>What a schema forbids and Terraform leaves to the provider: a value for an attribute that is only read.</summary>
internal static class ConfigValidator
{
    /// <summary>The mistakes in a block.</summary>
    public static IEnumerable<Diagnostic> Validate(Block block, TfObject config, string prefix = "")
    {
        foreach (var attribute in block.Attributes.Where(attribute => IsReadOnly(attribute) && !config[attribute.Name].IsNull))
        {
            yield return new Diagnostic(
                "Value for unconfigurable attribute",
                $"Can't configure a value for \"{prefix}{attribute.Name}\": its value will be decided automatically based on the result of applying this configuration.",
                prefix + attribute.Name);
        }

        foreach (var nested in block.BlockTypes)
        {
            var isList = nested.Nesting == Nesting.List;
            foreach (var (i, inner) in config.Blocks(nested.TypeName).Index())
            {
                // An element of a set has no place that a path could name: the set stands for it.
                var path = isList ? $"{prefix}{nested.TypeName}[{i}]." : $"{prefix}{nested.TypeName}.";
                foreach (var problem in Validate(nested.Block, inner, path))
                {
                    yield return nested.Nesting == Nesting.Set ? problem with { Attribute = prefix + nested.TypeName } : problem;
                }
            }
        }
    }

    private static bool IsReadOnly(Attribute attribute) => attribute is { Computed: true, Optional: false, Required: false };
}
