namespace Mayfly.Engine.Values;

/// <summary>Where something was written: a file and a place in it, both from 1; line 0 where there is none.</summary>
public readonly record struct ValueOrigin(string File, int Line = 0, int Column = 0)
{
    /// <summary>The place as editors understand it, <c>file:line:column</c>.</summary>
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}

/// <summary>A node of a YAML tree that knows where it was written. Anchors and merge keys are resolved already.</summary>
public abstract record ValueNode(ValueOrigin Origin)
{
    /// <summary>Levels below the node, as far as the reader built it.</summary>
    internal int Height { get; init; }
}

/// <summary>A scalar as it was written. What a plain one means depends on the reader, so it is kept.</summary>
/// <param name="Text">The text, quotes and escapes resolved.</param>
/// <param name="Plain">True when it was written without quotes, so that <c>1</c> is a number and <c>~</c> null.</param>
/// <param name="Tag">An explicit tag, <c>tag:yaml.org,2002:str</c>; null when there is none.</param>
/// <param name="Origin">Where it was written.</param>
public sealed record ValueScalar(string Text, bool Plain, string? Tag, ValueOrigin Origin) : ValueNode(Origin)
{
    /// <summary>Whether it is null, to Helm's reader as to every other.</summary>
    public bool IsNull => Tag is "tag:yaml.org,2002:null" || (Plain && Tag is null && Text is "" or "~" or "null" or "Null" or "NULL");
}

/// <summary>A list.</summary>
public sealed record ValueList(IReadOnlyList<ValueNode> Items, ValueOrigin Origin) : ValueNode(Origin);

/// <summary>A map, in the order of the file. Keys are strings, as Helm makes them.</summary>
public sealed record ValueMap(IReadOnlyList<ValueEntry> Entries, ValueOrigin Origin) : ValueNode(Origin)
{
    private Dictionary<string, ValueNode>? _index;

    /// <summary>The node under a key; null when the key is absent.</summary>
    public ValueNode? Find(string key)
    {
        _index ??= Entries.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        return _index.GetValueOrDefault(key);
    }

    /// <inheritdoc />
    public bool Equals(ValueMap? other) => ReferenceEquals(this, other);

    /// <inheritdoc />
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>A key with its value, and where the key was written.</summary>
public sealed record ValueEntry(string Key, ValueNode Value, ValueOrigin KeyOrigin)
{
    /// <summary>True when a merge key (<c>&lt;&lt;</c>) brought it; writing the key again is then no repetition.</summary>
    internal bool Merged { get; init; }
}
