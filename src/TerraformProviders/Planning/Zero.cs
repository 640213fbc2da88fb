using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Planning;

/// <summary>Values that providers of the older kind do not tell from "not set": null, "", 0, false and what is empty.</summary>
internal static class Zero
{
    /// <summary>Whether a value is one.</summary>
    public static bool Is(TfValue value) => value switch
    {
        TfNull => true,
        TfString text => text.Text.Length == 0,
        TfBool truth => !truth.Truth,
        TfNumber number => number.Equals(new TfNumber("0")),
        TfList list => list.Elements.Count == 0,
        TfSet set => set.Elements.Count == 0,
        TfMap map => map.Entries.Count == 0,
        _ => false,
    };

    /// <summary>Whether both are, so that one may stand for the other.</summary>
    public static bool AreBoth(TfValue one, TfValue other) => Is(one) && Is(other);

    /// <summary>What was read, in the words it was planned in: where both are as good as empty, the planned one stays.</summary>
    public static void KeepWords(TfObject read, TfObject planned)
    {
        foreach (var (name, value) in planned)
        {
            if (!value.Equals(read[name]) && AreBoth(value, read[name]))
            {
                read[name] = value;
            }
            else if (value is TfList { Elements: var before } && read[name] is TfList { Elements: var after } && before.Count == after.Count)
            {
                foreach (var (was, now) in before.Zip(after))
                {
                    if (was is TfObject wasObject && now is TfObject nowObject)
                    {
                        KeepWords(nowObject, wasObject);
                    }
                }
            }
        }
    }
}
