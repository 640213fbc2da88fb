namespace Mayfly.TerraformProviders.Values;

/// <summary>A list or tuple.</summary>
public sealed record TfList(IReadOnlyList<TfValue> Elements) : TfValue
{
    /// <inheritdoc/>
    public override bool IsWhollyKnown => Elements.All(element => element.IsWhollyKnown);

    /// <inheritdoc/>
    public bool Equals(TfList? other) => other is not null && Elements.SequenceEqual(other.Elements);

    /// <inheritdoc/>
    public override int GetHashCode() => Elements.Aggregate(17, HashCode.Combine);
}

/// <summary>A set: equal to another with the same elements in any order.</summary>
public sealed record TfSet(IReadOnlyList<TfValue> Elements) : TfValue
{
    /// <inheritdoc/>
    public override bool IsWhollyKnown => Elements.All(element => element.IsWhollyKnown);

    /// <inheritdoc/>
    public bool Equals(TfSet? other)
    {
        if (other is null || Elements.Count != other.Elements.Count)
        {
            return false;
        }

        var left = new List<TfValue>(other.Elements);
        return Elements.All(left.Remove);
    }

    /// <inheritdoc/>
    public override int GetHashCode() => Elements.Aggregate(Elements.Count, (hash, element) => hash ^ element.GetHashCode());
}

/// <summary>A map.</summary>
public sealed record TfMap(IReadOnlyDictionary<string, TfValue> Entries) : TfValue
{
    /// <inheritdoc/>
    public override bool IsWhollyKnown => Entries.Values.All(value => value.IsWhollyKnown);

    /// <inheritdoc/>
    public bool Equals(TfMap? other) => other is not null && Entries.Count == other.Entries.Count
        && Entries.All(entry => other.Entries.TryGetValue(entry.Key, out var value) && entry.Value.Equals(value));

    /// <inheritdoc/>
    public override int GetHashCode() =>
        Entries.Aggregate(Entries.Count, (hash, entry) => hash ^ HashCode.Combine(entry.Key, entry.Value));
}
