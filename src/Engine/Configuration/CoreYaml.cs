using System.Globalization;
using System.Text.RegularExpressions;
using Mayfly.Engine.Values;

namespace Mayfly.Engine.Configuration;

/// <summary>What a scalar of the configuration means: YAML 1.2's core rules, under which <c>yes</c> and <c>0123</c> hold no surprise.</summary>
internal static partial class CoreYaml
{
    /// <summary>Null, a bool, a long, a double or a string.</summary>
    public static object? Resolve(ValueScalar scalar)
    {
        if (!scalar.Plain || scalar.Tag is "tag:yaml.org,2002:str")
        {
            return scalar.Text;
        }

        var text = scalar.Text;
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            _ when Whole().IsMatch(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
            _ when Fraction().IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) => number,
            _ => text,
        };
    }

    /// <summary>A whole tree in plain objects: dictionaries, lists and what <see cref="Resolve"/> gives.</summary>
    public static object? ToObject(ValueNode node) => node switch
    {
        ValueScalar scalar => Resolve(scalar),
        ValueList list => list.Items.Select(ToObject).ToList(),
        ValueMap map => map.Entries.ToDictionary(entry => entry.Key, entry => ToObject(entry.Value), StringComparer.Ordinal),
        _ => null,
    };

    [GeneratedRegex("^[-+]?[0-9]+$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Fraction();
}
