using System.Globalization;
using Google.Protobuf;
using Mayfly.TerraformProviders.Protocol.Messages;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Schemas;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Protocol;

/// <summary>Values, paths and diagnostics between the protocol's messages and the provider's own terms.</summary>
internal static class Wire
{
    /// <summary>An object of a schema's type, or null for a null value.</summary>
    public static TfObject? Read(TypeSchema schema, DynamicValue? value) =>
        value is null || value.Msgpack.IsEmpty ? null : TfMsgPack.Read(schema.Type, value.Msgpack.Memory) as TfObject;

    /// <summary>A value that has the schema's type, or null.</summary>
    public static DynamicValue Write(TypeSchema schema, TfValue? value) =>
        new() { Msgpack = UnsafeByteOperations.UnsafeWrap(TfMsgPack.Write(schema.Type, value ?? TfValue.Null)) };

    /// <summary>A diagnostic.</summary>
    public static DiagnosticMessage Write(Diagnostic diagnostic) => new()
    {
        Severity = diagnostic.IsWarning ? Severity.Warning : Severity.Error,
        Summary = diagnostic.Summary,
        Detail = diagnostic.Detail,
        Attribute = diagnostic.Attribute.Length == 0 ? null : Path(diagnostic.Attribute),
    };

    /// <summary>A path as in <c>vpc_config[0].subnet_ids</c> or <c>tags["Name"]</c>.</summary>
    public static AttributePath Path(string path)
    {
        var result = new AttributePath();
        foreach (var part in path.Split('.', '['))
        {
            result.Steps.Add(
                !part.EndsWith(']') ? new PathStep { AttributeName = part }
                : long.TryParse(part.AsSpan(0, part.Length - 1), CultureInfo.InvariantCulture, out var index) ? new PathStep { ElementKeyInt = index }
                : new PathStep { ElementKeyString = part[..^1].Trim('"') });
        }

        return result;
    }

    /// <summary>Where a replacement comes from: inside a list the first block's argument, else the outermost name.</summary>
    public static AttributePath ReplacementPath(TypeSchema schema, string path)
    {
        var parts = path.Split('.');
        var nested = schema.Block.BlockTypes.FirstOrDefault(block => block.TypeName == parts[0]);
        return parts.Length == 2 && nested is { Nesting: Nesting.List, MaxItems: 1 } ? Path($"{parts[0]}[0].{parts[1]}")
            : parts.Length == 2 && nested is { Nesting: Nesting.Single } ? Path(path)
            : Path(parts[0]);
    }
}
