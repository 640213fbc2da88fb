using System.Globalization;
using System.Numerics;

namespace Mayfly.TerraformProviders.Values;

/// <summary>
/// A value as Terraform exchanges it: null, not yet known, or of one of the kinds below. A value does not carry its
/// type; what leaves the provider is brought to the schema's type by <see cref="TfCoercion"/>, so that a resource may
/// write a list where the schema has a set, or leave out what it does not know.
/// </summary>
public abstract record TfValue
{
    /// <summary>No value.</summary>
    public static readonly TfValue Null = new TfNull();

    /// <summary>A value that is known only after apply.</summary>
    public static readonly TfValue Unknown = new TfUnknown();

    /// <summary>Whether this is null.</summary>
    public bool IsNull => this is TfNull;

    /// <summary>Whether this is known; null is.</summary>
    public bool IsKnown => this is not TfUnknown;

    /// <summary>Whether there is a value: neither null nor unknown.</summary>
    public bool HasValue => this is not (TfNull or TfUnknown);

    /// <summary>Whether this and everything inside is known.</summary>
    public virtual bool IsWhollyKnown => IsKnown;

    /// <summary>The text, or null when there is none; numbers and booleans as Terraform writes them.</summary>
    public string? AsString() => this switch
    {
        TfString text => text.Text,
        TfNumber number => number.Literal,
        TfBool truth => truth.Truth ? "true" : "false",
        TfDynamic dynamic => dynamic.Value.AsString(),
        _ => null,
    };

    /// <summary>Text, or null for null.</summary>
    public static implicit operator TfValue(string? text) => text is null ? Null : new TfString(text);

    /// <summary>A boolean.</summary>
    public static implicit operator TfValue(bool truth) => new TfBool(truth);

    /// <summary>A boolean, or null for null.</summary>
    public static implicit operator TfValue(bool? truth) => truth is { } known ? new TfBool(known) : Null;

    /// <summary>A whole number.</summary>
    public static implicit operator TfValue(long number) => new TfNumber(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A whole number, or null for null.</summary>
    public static implicit operator TfValue(long? number) => number is { } known ? (TfValue)known : Null;

    /// <summary>A number.</summary>
    public static implicit operator TfValue(double number) => TfNumber.From(number);

    /// <summary>A list.</summary>
    public static implicit operator TfValue(TfValue[] elements) => new TfList(elements);

    /// <summary>A list (or, where the schema has one, a set) of texts.</summary>
    public static TfValue Strings(IEnumerable<string> texts) => new TfList([.. texts.Select(text => (TfValue)text)]);

    /// <summary>A list (or set) of objects: nested blocks.</summary>
    public static TfValue Blocks(IEnumerable<TfObject> blocks) => new TfList([.. blocks]);

    /// <summary>A list (or set) of objects: nested blocks.</summary>
    public static TfValue Blocks(params TfObject[] blocks) => new TfList([.. blocks]);

    /// <summary>A map of texts.</summary>
    public static TfValue Map(IEnumerable<KeyValuePair<string, string>> entries) =>
        new TfMap(entries.ToDictionary(entry => entry.Key, entry => (TfValue)entry.Value));
}

/// <summary>No value.</summary>
public sealed record TfNull : TfValue;

/// <summary>Not known before apply.</summary>
public sealed record TfUnknown : TfValue;

/// <summary>Text.</summary>
public sealed record TfString(string Text) : TfValue;

/// <summary>True or false.</summary>
public sealed record TfBool(bool Truth) : TfValue;

/// <summary>A number, kept as its decimal literal so that none loses a digit.</summary>
public sealed record TfNumber(string Literal) : TfValue
{
    /// <summary>The number of a double.</summary>
    public static TfNumber From(double number) =>
        number == Math.Truncate(number) && Math.Abs(number) < 1e18
            ? new(((long)number).ToString(CultureInfo.InvariantCulture))
            : new(number.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>As a whole number, or null when it is none or too big.</summary>
    public long? ToInt64() =>
        long.TryParse(Literal, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
        : decimal.TryParse(Literal, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number == decimal.Truncate(number) && Math.Abs(number) <= long.MaxValue ? (long)number
        : null;

    /// <summary>As a double.</summary>
    public double ToDouble() => double.Parse(Literal, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public bool Equals(TfNumber? other) =>
        other is not null && (Literal == other.Literal || Normal(Literal) == Normal(other.Literal));

    /// <inheritdoc/>
    public override int GetHashCode() => Normal(Literal).GetHashCode();

    // Mantissa without trailing zeros and exponent: equal for "1.50", "1.5" and "15e-1".
    private static (BigInteger Mantissa, long Exponent) Normal(string literal)
    {
        var e = literal.AsSpan().IndexOfAny('e', 'E');
        var exponent = e < 0 ? 0 : long.Parse(literal.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = e < 0 ? literal : literal[..e];
        var dot = digits.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0)
        {
            exponent -= digits.Length - dot - 1;
            digits = digits.Remove(dot, 1);
        }

        var mantissa = BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        while (!mantissa.IsZero && mantissa % 10 == 0)
        {
            (mantissa, exponent) = (mantissa / 10, exponent + 1);
        }

        return (mantissa, mantissa.IsZero ? 0 : exponent);
    }
}

/// <summary>A value with its own type, where the schema allows any.</summary>
public sealed record TfDynamic(TfType Type, TfValue Value) : TfValue
{
    /// <inheritdoc/>
    public override bool IsWhollyKnown => Value.IsWhollyKnown;

    /// <inheritdoc/>
    public bool Equals(TfDynamic? other) => other is not null && Value.Equals(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();
}
