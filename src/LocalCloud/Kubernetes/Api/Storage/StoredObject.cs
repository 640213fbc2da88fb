using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>One object at one revision. Nobody changes <see cref="Value"/>: whoever wants another one makes a copy.</summary>
internal sealed class StoredObject(JsonObject value, long revision)
{
    private byte[]? _bytes;
    private byte[]? _itemBytes;

    public JsonObject Value { get; } = value;

    public long Revision { get; } = revision;

    public string Namespace { get; } = value.Text("metadata", "namespace") ?? "";

    public string Name { get; } = value.Text("metadata", "name") ?? "";

    public string Uid { get; } = value.Text("metadata", "uid") ?? "";

    /// <summary>The object as a version of its type shows it, as text.</summary>
    public byte[] Bytes(ResourceType type) => IsStoredForm(type) ? _bytes ??= Json.Bytes(Value)
        : Json.Bytes(type.Present(Value));

    /// <summary>The same as an item of a list: items of built-in types do not repeat apiVersion and kind.</summary>
    public byte[] ItemBytes(ResourceType type)
    {
        if (type.IsCustom)
        {
            return Bytes(type);
        }

        return IsStoredForm(type) ? _itemBytes ??= WithoutType(Value) : WithoutType(type.Present(Value));
    }

    private static byte[] WithoutType(JsonObject value)
    {
        var copy = value.Copy();
        copy.Remove("apiVersion");
        copy.Remove("kind");
        return Json.Bytes(copy);
    }

    private bool IsStoredForm(ResourceType type) => ReferenceEquals(type.Present(Value), Value);
}
