using Mayfly.TerraformProviders.Protocol.Messages;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Schemas;

/// <summary>The schema of a resource, a data source or the provider block, with the value type that follows from it.</summary>
public sealed class TypeSchema(string name, Schema schema)
{
    /// <summary>The type's name.</summary>
    public string Name { get; } = name;

    /// <summary>Its arguments, attributes and nested blocks.</summary>
    public Block Block { get; } = schema.Block;

    /// <summary>The type of its values.</summary>
    public TfType.Object Type { get; } = Of(schema.Block);

    /// <summary>The type of a block's values.</summary>
    public static TfType.Object Of(Block block)
    {
        var attributes = block.Attributes.ToDictionary(attribute => attribute.Name, Of);
        foreach (var nested in block.BlockTypes)
        {
            attributes[nested.TypeName] = Nest(nested.Nesting, Of(nested.Block));
        }

        return new(attributes);
    }

    /// <summary>The type of an attribute's values.</summary>
    public static TfType Of(Protocol.Messages.Attribute attribute) => attribute.NestedType is { } nested
        ? Nest(nested.Nesting, new TfType.Object(nested.Attributes.ToDictionary(inner => inner.Name, Of)))
        : TfTypes.Parse(attribute.Type.Span);

    private static TfType Nest(Nesting nesting, TfType inner) => nesting switch
    {
        Nesting.List => new TfType.List(inner),
        Nesting.Set => new TfType.Set(inner),
        Nesting.Map => new TfType.Map(inner),
        _ => inner,
    };
}
