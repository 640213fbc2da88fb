using System.Globalization;
using System.Numerics;
using System.Text.Json;
using CsCheck;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.LocalCloud.Tests.Providers;

/// <summary>Values as they travel between Terraform and a provider.</summary>
public sealed class ValueTests
{
    private static readonly Gen<string> Name = Gen.String[Gen.Char['a', 'z'], 1, 6];

    private static readonly Gen<TfType> Types = Gen.Recursive<TfType>((depth, inner) => depth > 3
        ? OneOf(TfType.String, TfType.Number, TfType.Bool)
        : Gen.OneOf(
            OneOf(TfType.String, TfType.Number, TfType.Bool, TfType.Dynamic),
            inner.Select(TfType (element) => new TfType.List(element)),
            inner.Select(TfType (element) => new TfType.Set(element)),
            inner.Select(TfType (element) => new TfType.Map(element)),
            inner.Array[1, 3].Select(TfType (elements) => new TfType.Tuple(elements)),
            Gen.Dictionary(Name, inner)[1, 3].Select(TfType (attributes) => new TfType.Object(attributes))));

    private static readonly Gen<(TfType Type, TfValue Value)> Values =
        Types.SelectMany(type => Of(type).Select(value => (type, value)));

    [Fact]
    public void A_value_is_the_same_after_a_way_through_MessagePack() =>
        Values.Sample(one => TfMsgPack.Read(one.Type, TfMsgPack.Write(one.Type, one.Value)).Equals(one.Value));

    [Fact]
    public void A_value_of_its_type_is_left_as_it_is_by_coercion() =>
        Values.Where(one => !HasSet(one.Type)).Sample(one => TfCoercion.To(one.Type, one.Value).Equals(one.Value));

    [Fact]
    public void A_type_is_the_same_after_a_way_through_JSON() =>
        Types.Sample(type => TfTypes.ToJson(TfTypes.Parse(JsonSerializer.SerializeToUtf8Bytes(TfTypes.ToJson(type)))).ToJsonString() == TfTypes.ToJson(type).ToJsonString());

    [Fact]
    public void The_order_of_a_set_does_not_matter() =>
        Gen.Int.Array[0, 8].Select(Gen.Int).Sample((numbers, seed) =>
        {
            var shuffled = numbers.ToArray();
            new Random(seed).Shuffle(shuffled);
            var (one, other) = (SetOf(numbers), SetOf(shuffled));
            return one.Equals(other) && one.GetHashCode() == other.GetHashCode();
        });

    [Fact]
    public void A_set_with_one_element_twice_is_not_a_set_of_two_others() =>
        Assert.NotEqual(SetOf([1, 1, 2]), SetOf([1, 2, 2]));

    [Theory]
    [InlineData("1.50", "1.5")]
    [InlineData("15e-1", "1.5")]
    [InlineData("0.0", "0")]
    [InlineData("1E+2", "100")]
    public void A_number_is_the_same_however_it_is_written(string one, string other) =>
        Assert.Equal(new TfNumber(one), new TfNumber(other));

    [Fact]
    public void A_number_keeps_every_digit()
    {
        var big = BigInteger.Pow(7, 90).ToString(CultureInfo.InvariantCulture);

        var read = TfMsgPack.Read(TfType.Number, TfMsgPack.Write(TfType.Number, new TfNumber(big)));

        Assert.Equal(big, Assert.IsType<TfNumber>(read).Literal);
    }

    [Fact]
    public void Unknown_with_hints_is_unknown() =>
        // Extension 12 with a body of hints, here "not null", as newer Terraforms send it.
        Assert.Equal(TfValue.Unknown, TfMsgPack.Read(TfType.String, new byte[] { 0xc7, 0x03, 0x0c, 0x81, 0x01, 0xc2 }));

    [Fact]
    public void An_object_that_was_written_loosely_gets_the_shape_of_its_type()
    {
        var type = new TfType.Object(new Dictionary<string, TfType>
        {
            ["ids"] = new TfType.Set(TfType.String),
            ["port"] = TfType.String,
            ["on"] = TfType.Bool,
            ["left_out"] = TfType.String,
        });
        TfObject loose = new() { ["ids"] = TfValue.Strings(["a", "b", "a"]), ["port"] = 80, ["on"] = "true" };

        var shaped = Assert.IsType<TfObject>(TfCoercion.To(type, loose));

        Assert.Equal(new TfSet(["b", "a"]), shaped["ids"]);
        Assert.Equal("80", shaped.String("port"));
        Assert.True(shaped.Bool("on"));
        Assert.Contains("left_out", shaped.Names);
    }

    [Fact]
    public void An_attribute_that_the_type_does_not_have_is_a_fault() =>
        Assert.Throws<InvalidOperationException>(() =>
            TfCoercion.To(new TfType.Object(new Dictionary<string, TfType>()), new TfObject { ["typo"] = 1 }));

    private static TfSet SetOf(int[] numbers) => new([.. numbers.Select(number => (TfValue)number)]);

    private static Gen<TfType> OneOf(params TfType[] types) => Gen.OneOf([.. types.Select(Gen.Const)]);

    private static bool HasSet(TfType type) => type switch
    {
        TfType.Set => true,
        TfType.List list => HasSet(list.Element),
        TfType.Map map => HasSet(map.Element),
        TfType.Tuple tuple => tuple.Elements.Any(HasSet),
        TfType.Object shape => shape.Attributes.Values.Any(HasSet),
        _ => false,
    };

    private static Gen<TfValue> Of(TfType type)
    {
        var known = type switch
        {
            TfType.List list => Of(list.Element).Array[0, 3].Select(TfValue (elements) => new TfList(elements)),
            TfType.Set set => Of(set.Element).Array[0, 3].Select(TfValue (elements) => new TfSet(elements)),
            TfType.Map map => Gen.Dictionary(Name, Of(map.Element))[0, 3].Select(TfValue (entries) => new TfMap(entries)),
            TfType.Tuple tuple => All(tuple.Elements.Select(Of)).Select(TfValue (elements) => new TfList(elements)),
            TfType.Object shape => All(shape.Attributes.Values.Select(Of)).Select(TfValue (values) =>
                new TfObject(shape.Attributes.Keys.Zip(values, KeyValuePair.Create))),
            TfType.Primitive { Name: "number" } => Gen.OneOf(
                Gen.Long.Select(number => (TfValue)number),
                Gen.Double.Where(double.IsFinite).Select(number => (TfValue)number),
                Gen.Decimal.Select(TfValue (number) => new TfNumber(number.ToString(CultureInfo.InvariantCulture)))),
            TfType.Primitive { Name: "bool" } => Gen.Bool.Select(truth => (TfValue)truth),
            TfType.Primitive { Name: "string" } => Gen.String.Where(IsText).Select(text => (TfValue)text),
            _ => OneOf(TfType.String, TfType.Number, TfType.Bool).SelectMany(own => Of(own).Select(TfValue (value) => new TfDynamic(own, value))),
        };
        return Gen.Frequency((8, known), (1, Gen.Const(TfValue.Null)), (1, Gen.Const(TfValue.Unknown)));
    }

    private static Gen<TfValue[]> All(IEnumerable<Gen<TfValue>> parts) => parts.Aggregate(
        Gen.Const(Array.Empty<TfValue>()), (all, part) => all.SelectMany(before => part.Select(next => (TfValue[])[.. before, next])));

    // Half of a surrogate pair is no text.
    private static bool IsText(string text) => !text.Any(char.IsSurrogate);
}
