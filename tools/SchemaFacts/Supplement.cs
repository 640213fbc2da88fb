using Mayfly.TerraformProviders.Protocol.Messages;
using Attribute = Mayfly.TerraformProviders.Protocol.Messages.Attribute;

namespace Mayfly.SchemaFacts;

/// <summary>
/// Facts that the packages do not state, a line each: <c>sensitive aws aws_ssm_parameter.value</c> for one argument,
/// <c>sensitive-name *_password</c> for all of a name. What is written only (its name ends in <c>_wo</c>) follows from
/// the real providers' own convention and needs no line.
/// </summary>
internal sealed class Supplement
{
    private readonly HashSet<string> sensitive;
    private readonly HashSet<string> sensitiveNames;
    private readonly string[] sensitiveEndings;

    private Supplement(string[] lines)
    {
        sensitive = [.. After("sensitive ", lines)];
        sensitiveNames = [.. After("sensitive-name ", lines).Where(name => name[0] != '*')];
        sensitiveEndings = [.. After("sensitive-name *", lines)];
    }

    /// <summary>Lines that applied to nothing yet.</summary>
    public IEnumerable<string> Unused => sensitive;

    /// <summary>Reads the file.</summary>
    public static Supplement Load(string file) => new(File.ReadAllLines(file));

    /// <summary>Adds the facts to a type's block.</summary>
    public void Apply(string provider, string path, Block block)
    {
        foreach (var attribute in block.Attributes)
        {
            Apply(attribute, $"{provider} {path}.{attribute.Name}", writeOnly: false);
        }

        foreach (var nested in block.BlockTypes)
        {
            Apply(provider, $"{path}.{nested.TypeName}", nested.Block);
        }
    }

    private static IEnumerable<string> After(string word, string[] lines) =>
        lines.Where(line => line.StartsWith(word, StringComparison.Ordinal)).Select(line => line[word.Length..].Trim());

    private void Apply(Attribute attribute, string path, bool writeOnly)
    {
        attribute.WriteOnly = writeOnly || (attribute.Name.EndsWith("_wo", StringComparison.Ordinal) && !attribute.Computed);
        attribute.Sensitive = sensitive.Remove(path) || IsSensitiveName(attribute.Name);
        foreach (var inner in attribute.NestedType?.Attributes ?? [])
        {
            Apply(inner, $"{path}.{inner.Name}", attribute.WriteOnly);
        }
    }

    private bool IsSensitiveName(string name) => sensitiveNames.Contains(name)
        || sensitiveEndings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal));
}
