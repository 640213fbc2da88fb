using System.Collections;

namespace Mayfly.TerraformProviders.Values;

/// <summary>
/// An object: a resource, a nested block. It can be written to (<c>state["arn"] = arn</c>); an attribute that was never
/// written is null. The typed getters give null for null and unknown alike.
/// </summary>
public sealed record TfObject : TfValue, IEnumerable<KeyValuePair<string, TfValue>>
{
    private readonly Dictionary<string, TfValue> attributes;

    /// <summary>An object without values.</summary>
    public TfObject() => attributes = [];

    /// <summary>An object of these values.</summary>
    public TfObject(IEnumerable<KeyValuePair<string, TfValue>> values) => attributes = new(values);

    private TfObject(TfObject original) : base(original) => attributes = new(original.attributes);

    /// <summary>The value of an attribute or of nested blocks.</summary>
    public TfValue this[string name]
    {
        get => attributes.GetValueOrDefault(name, Null);
        set => attributes[name] = value;
    }

    /// <summary>The names that have been written.</summary>
    public IReadOnlyCollection<string> Names => attributes.Keys;

    /// <inheritdoc/>
    public override bool IsWhollyKnown => attributes.Values.All(value => value.IsWhollyKnown);

    /// <summary>Adds an attribute; for collection expressions.</summary>
    public void Add(string name, TfValue value) => attributes.Add(name, value);

    /// <summary>A copy that can be written to on its own.</summary>
    public TfObject Copy() => new(this);

    /// <summary>A text (or a number as text).</summary>
    public string? String(string name) => this[name].AsString();

    /// <summary>A text that must be there.</summary>
    public string Required(string name) =>
        String(name) ?? throw new InvalidOperationException($"the attribute {name} has no value");

    /// <summary>A boolean.</summary>
    public bool? Bool(string name) => this[name] is TfBool truth ? truth.Truth : null;

    /// <summary>A whole number.</summary>
    public long? Int(string name) => this[name] is TfNumber number ? number.ToInt64() : null;

    /// <summary>A number.</summary>
    public double? Double(string name) => this[name] is TfNumber number ? number.ToDouble() : null;

    /// <summary>The elements of a list, set or tuple; none when it has no value.</summary>
    public IReadOnlyList<TfValue> Elements(string name) => this[name] switch
    {
        TfList list => list.Elements,
        TfSet set => set.Elements,
        _ => [],
    };

    /// <summary>The known texts of a list or set.</summary>
    public IReadOnlyList<string> Strings(string name) => [.. Elements(name).Select(element => element.AsString()).OfType<string>()];

    /// <summary>The known texts of a map.</summary>
    public IReadOnlyDictionary<string, string> Map(string name) => this[name] is TfMap map
        ? map.Entries.Where(entry => entry.Value.HasValue).ToDictionary(entry => entry.Key, entry => entry.Value.AsString() ?? "")
        : new Dictionary<string, string>();

    /// <summary>Nested blocks, or objects of a list or set.</summary>
    public IReadOnlyList<TfObject> Blocks(string name) => this[name] is TfObject single
        ? [single]
        : [.. Elements(name).OfType<TfObject>()];

    /// <summary>The only nested block of a name, or null.</summary>
    public TfObject? Block(string name) => Blocks(name).FirstOrDefault();

    /// <inheritdoc/>
    public bool Equals(TfObject? other) => other is not null
        && attributes.Keys.Union(other.attributes.Keys).All(name => this[name].Equals(other[name]));

    /// <inheritdoc/>
    public override int GetHashCode() => attributes.Where(entry => !entry.Value.IsNull)
        .Aggregate(7, (hash, entry) => hash ^ HashCode.Combine(entry.Key, entry.Value));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, TfValue>> GetEnumerator() => attributes.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
