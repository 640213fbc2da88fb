using Mayfly.TerraformProviders.Protocol.Messages;
using Attribute = Mayfly.TerraformProviders.Protocol.Messages.Attribute;

namespace Mayfly.SchemaFacts;

/// <summary>
/// Facts that the packages do not state, a line each: <c>sensitive aws aws_db_instance.password</c>. What is written
/// only (its name ends in <c>_wo</c>) follows from the real providers' own convention and needs no line.
/// </summary>
internal sealed class Supplement
{
    private readonly HashSet<string> sensitive;

    private Supplement(IEnumerable<string> lines) => sensitive =
        [.. lines.Where(line => line.StartsWith("sensitive ", StringComparison.Ordinal)).Select(line => line["sensitive ".Length..].Trim())];

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

    private void Apply(Attribute attribute, string path, bool writeOnly)
    {
        attribute.WriteOnly = writeOnly || (attribute.Name.EndsWith("_wo", StringComparison.Ordinal) && !attribute.Computed);
        attribute.Sensitive = sensitive.Remove(path);
        foreach (var inner in attribute.NestedType?.Attributes ?? [])
        {
            Apply(inner, $"{path}.{inner.Name}", attribute.WriteOnly);
        }
    }
}
