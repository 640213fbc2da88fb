using Mayfly.TerraformProviders.Planning;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Core;

/// <summary>Equality for which null, "", 0, false and nothing are one, at any depth: the equality of the real provider's own library.</summary>
internal static class Likeness
{
    /// <summary>Whether two values are the same but for kinds of emptiness.</summary>
    public static bool AreAlike(TfValue one, TfValue other) => one.Equals(other) || Zero.AreBoth(one, other) || (one, other) switch
    {
        (TfObject left, TfObject right) => left.Names.Union(right.Names).All(name => AreAlike(left[name], right[name])),
        (TfList left, TfList right) => left.Elements.Count == right.Elements.Count && left.Elements.Zip(right.Elements).All(pair => AreAlike(pair.First, pair.Second)),
        (TfSet left, TfSet right) => HaveSame(left.Elements, right.Elements),
        _ => false,
    };

    private static bool HaveSame(IReadOnlyList<TfValue> one, IReadOnlyList<TfValue> other)
    {
        var left = other.ToList();
        return one.Count == other.Count && one.All(element => left.FindIndex(each => AreAlike(element, each)) is >= 0 and var at && Removed(left, at));
    }

    private static bool Removed(List<TfValue> list, int at)
    {
        list.RemoveAt(at);
        return true;
    }
}
