using System.Globalization;
using System.Numerics;

namespace Mayfly.TerraformProviders.Values;

/// <summary>Brings a loosely written value to the type that the schema states.</summary>
public static class TfCoercion
{
    /// <summary>The value in this type; what an object lacks becomes null.</summary>
    public static TfValue To(TfType type, TfValue value) => (type, value) switch
    {
        (_, TfNull or TfUnknown) => value,
        (TfType.Primitive primitive, _) => ToPrimitive(primitive, value),
        (TfType.List list, _) => new TfList([.. Elements(value).Select(element => To(list.Element, element))]),
        (TfType.Set set, _) => new TfSet(Unlike([.. Elements(value).Select(element => To(set.Element, element))])),
        (TfType.Map map, _) => new TfMap(Entries(value).ToDictionary(entry => entry.Key, entry => To(map.Element, entry.Value))),
        (TfType.Tuple tuple, _) => new TfList([.. Elements(value).Zip(tuple.Elements, (element, elementType) => To(elementType, element))]),
        (TfType.Object shape, _) => ToObject(shape, value),
        _ => throw Unfit(type, value),
    };

    // Values that are not known yet can still turn out to differ.
    private static List<TfValue> Unlike(List<TfValue> elements) =>
        [.. elements.Where(element => element.IsWhollyKnown).Distinct(), .. elements.Where(element => !element.IsWhollyKnown)];

    private static TfObject ToObject(TfType.Object shape, TfValue value)
    {
        var given = Entries(value).ToDictionary();
        var result = new TfObject();
        foreach (var (name, type) in shape.Attributes)
        {
            result[name] = given.Remove(name, out var attribute) ? To(type, attribute) : TfValue.Null;
        }

        return given.Count == 0
            ? result
            : throw new InvalidOperationException($"the schema has no attribute {string.Join(", ", given.Keys)}");
    }

    private static TfValue ToPrimitive(TfType.Primitive type, TfValue value) => (type.Name, value) switch
    {
        ("dynamic", TfDynamic) => value,
        ("dynamic", _) => new TfDynamic(TfTypes.Of(value), value),
        (_, TfDynamic dynamic) => To(type, dynamic.Value),
        ("string", TfString) or ("number", TfNumber) or ("bool", TfBool) => value,
        ("string", TfNumber or TfBool) => value.AsString(),
        ("bool", TfString { Text: "true" or "1" }) => true,
        ("bool", TfString { Text: "false" or "0" }) => false,
        ("number", TfString text) when IsNumber(text.Text) => new TfNumber(text.Text),
        _ => throw Unfit(type, value),
    };

    private static bool IsNumber(string text) =>
        BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
        || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static IEnumerable<TfValue> Elements(TfValue value) => value switch
    {
        TfList list => list.Elements,
        TfSet set => set.Elements,
        TfObject single => [single],
        TfDynamic dynamic => Elements(dynamic.Value),
        _ => throw new InvalidOperationException($"a {value.GetType().Name} is no sequence"),
    };

    private static IEnumerable<KeyValuePair<string, TfValue>> Entries(TfValue value) => value switch
    {
        TfMap map => map.Entries,
        TfObject shape => shape,
        TfDynamic dynamic => Entries(dynamic.Value),
        _ => throw new InvalidOperationException($"a {value.GetType().Name} has no named parts"),
    };

    private static InvalidOperationException Unfit(TfType type, TfValue value) => new($"a {value.GetType().Name} is no {type}");
}
