using Mayfly.TerraformProviders.Protocol.Messages;
using Mayfly.TerraformProviders.Schemas;
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

    /// <summary>
    /// Arguments that hold objects but are no nested blocks (a security group's <c>ingress</c>): what an object leaves
    /// out is zero there, in plans as in states.
    /// </summary>
    public static void FillObjects(Block block, TfObject value)
    {
        foreach (var attribute in block.Attributes.Where(attribute => attribute.Optional && attribute.NestedType is null))
        {
            if (value[attribute.Name] is TfList or TfSet && value.Blocks(attribute.Name).Count > 0
                && TypeSchema.Of(attribute) is TfType.List { Element: TfType.Object } or TfType.Set { Element: TfType.Object })
            {
                value[attribute.Name] = Filled(TypeSchema.Of(attribute), value[attribute.Name]);
            }
        }
    }

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

    private static TfValue Filled(TfType type, TfValue value) => (type, value) switch
    {
        (TfType.List of, TfList list) => new TfList([.. list.Elements.Select(element => Filled(of.Element, element))]),
        (TfType.Set of, TfSet set) => new TfSet([.. set.Elements.Select(element => Filled(of.Element, element))]),
        (TfType.Object of, TfObject shape) => new TfObject(
            of.Attributes.Select(part => KeyValuePair.Create(part.Key, Filled(part.Value, shape[part.Key])))),
        (TfType.List, TfNull) => new TfList([]),
        (TfType.Set, TfNull) => new TfSet([]),
        (TfType.Map, TfNull) => new TfMap(new Dictionary<string, TfValue>()),
        (TfType.Primitive { Name: "string" }, TfNull) => "",
        (TfType.Primitive { Name: "number" }, TfNull) => 0,
        (TfType.Primitive { Name: "bool" }, TfNull) => false,
        _ => value,
    };
}
