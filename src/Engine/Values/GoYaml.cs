using System.Globalization;
using System.Text.RegularExpressions;

namespace Mayfly.Engine.Values;

/// <summary>
/// What a plain scalar means to the YAML reader of both Helm majors (Go's yaml v2 behind a conversion to JSON): YAML 1.1 words
/// for booleans, numbers in base 2, 8 and 16, underscores in numbers. Keys become strings by the same rules.
/// </summary>
internal static partial class GoYaml
{
    /// <summary>The kinds that a plain scalar can be of.</summary>
    internal enum Kind
    {
        Text,
        Null,
        Boolean,
        Integer,
        Float,
    }

    /// <summary>The kind and the value as JSON would write it.</summary>
    public static (Kind Kind, string Json) Resolve(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return (Kind.Null, "null");
            case "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                return (Kind.Boolean, "true");
            case "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return (Kind.Boolean, "false");
            case ".nan" or ".NaN" or ".NAN":
                return (Kind.Float, ".nan");
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                return (Kind.Float, ".inf");
            case "-.inf" or "-.Inf" or "-.INF":
                return (Kind.Float, "-.inf");
        }

        if (!char.IsAsciiDigit(text[0]) && text[0] is not ('+' or '-' or '.'))
        {
            return (Kind.Text, text);
        }

        var bare = text.Replace("_", "", StringComparison.Ordinal);
        if (Integer(bare) is { } integer)
        {
            return (Kind.Integer, integer);
        }

        return Decimal().IsMatch(bare)
            && double.TryParse(bare, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            ? (Kind.Float, number.ToString("R", CultureInfo.InvariantCulture))
            : (Kind.Text, text);
    }

    /// <summary>The string that a key becomes; null when Helm refuses such a key.</summary>
    public static string? Key(ValueScalar key)
    {
        if (!key.Plain || key.Tag is not null)
        {
            return key.Text;
        }

        var (kind, json) = Resolve(key.Text);
        return kind switch
        {
            Kind.Text => key.Text,
            Kind.Null => null,
            Kind.Float => FloatKey(json),
            _ => json,
        };
    }

    // Helm's reader writes a number as a key in single precision, in Go's shortest form.
    private static string FloatKey(string json)
    {
        if (json[0] is '.' || json.StartsWith("-.", StringComparison.Ordinal))
        {
            return json;
        }

        var single = (float)double.Parse(json, CultureInfo.InvariantCulture);
        if (float.IsInfinity(single))
        {
            return single > 0 ? ".inf" : "-.inf";
        }

        var shortest = single.ToString("E8", CultureInfo.InvariantCulture);
        for (var digits = 0; digits < 9; digits++)
        {
            var candidate = single.ToString($"E{digits}", CultureInfo.InvariantCulture);
            if (float.Parse(candidate, CultureInfo.InvariantCulture) == single)
            {
                shortest = candidate;
                break;
            }
        }

        var mark = shortest.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        // Go's %g turns to the form with an exponent below -4 and from 21 digits on.
        return exponent is < -4 or >= 21
            ? $"{shortest[..mark]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}"
            : ((decimal)single).ToString(CultureInfo.InvariantCulture) is var plain && float.Parse(plain, CultureInfo.InvariantCulture) == single
                ? plain
                : single.ToString("0.#########################", CultureInfo.InvariantCulture);
    }

    // Go's ParseInt with base 0, then ParseUint: a sign, then 0x, 0o, 0b, a leading zero for octal, or decimal.
    private static string? Integer(string text)
    {
        var negative = text.StartsWith('-');
        var digits = negative || text.StartsWith('+') ? text[1..] : text;
        if (digits.Length == 0)
        {
            return null;
        }

        var (radix, body) = digits switch
        {
            ['0', 'x' or 'X', .. var rest] => (16, rest),
            ['0', 'o' or 'O', .. var rest] => (8, rest),
            ['0', 'b' or 'B', .. var rest] => (2, rest),
            ['0', _, ..] => (8, digits[1..]),
            _ => (10, digits),
        };
        UInt128 value = 0;
        foreach (var c in body)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;
            if (digit >= radix || value > ulong.MaxValue)
            {
                return null;
            }

            value = value * (UInt128)radix + (UInt128)digit;
        }

        var limit = negative ? (UInt128)long.MaxValue + 1 : text[0] == '+' ? long.MaxValue : (UInt128)ulong.MaxValue;
        return body.Length == 0 || value > limit ? null
            : negative && value != 0 ? "-" + value.ToString(CultureInfo.InvariantCulture)
            : value.ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Decimal();
}
