namespace Mayfly.TerraformProviders.Values;

/// <summary>A type of Terraform's value system.</summary>
public abstract record TfType
{
    /// <summary>Text.</summary>
    public static readonly TfType String = new Primitive("string");

    /// <summary>A number of any size.</summary>
    public static readonly TfType Number = new Primitive("number");

    /// <summary>True or false.</summary>
    public static readonly TfType Bool = new Primitive("bool");

    /// <summary>Any type: the value says which (<see cref="TfDynamic"/>).</summary>
    public static readonly TfType Dynamic = new Primitive("dynamic");

    /// <summary>One of the types without parts.</summary>
    public sealed record Primitive(string Name) : TfType;

    /// <summary>An ordered list.</summary>
    public sealed record List(TfType Element) : TfType;

    /// <summary>A set: no order, no doubles.</summary>
    public sealed record Set(TfType Element) : TfType;

    /// <summary>A map with keys of text.</summary>
    public sealed record Map(TfType Element) : TfType;

    /// <summary>A fixed sequence of types.</summary>
    public sealed record Tuple(IReadOnlyList<TfType> Elements) : TfType;

    /// <summary>Named attributes, each with its type.</summary>
    public sealed record Object(IReadOnlyDictionary<string, TfType> Attributes) : TfType;
}
