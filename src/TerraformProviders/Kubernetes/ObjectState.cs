using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Schemas;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>A live object as a state.</summary>
internal static class ObjectState
{
    /// <summary>Arguments that tell the provider what to do and are no part of the object.</summary>
    public static bool IsInstruction(string name) =>
        name is "id" or "timeouts" || name.StartsWith("wait_", StringComparison.Ordinal) || name.EndsWith("_wo_revision", StringComparison.Ordinal);

    /// <summary>Brings a state up to date; one that has no metadata yet (an import) is read as a whole.</summary>
    public static void Read(TypeSchema schema, ObjectKind kind, JsonObject live, TfObject state)
    {
        var known = state.Block("metadata") is null ? null : state.Copy();
        var read = ObjectReader.Read(schema.Block, live, known, name => IsInstruction(name) || name == "metadata");
        var metadata = schema.Block.BlockTypes.First(nested => nested.TypeName == "metadata").Block;
        read["metadata"] = TfValue.Blocks(ObjectMetadata.Read(metadata, live["metadata"]!.AsObject(), known?.Block("metadata")));
        if (kind.Kind == "Secret")
        {
            SecretContent.Read(live, known, read);
        }

        foreach (var (name, value) in read.Where(entry => !IsInstruction(entry.Key)))
        {
            state[name] = value;
        }

        state["id"] = ObjectMetadata.Id(kind, live);
    }
}
