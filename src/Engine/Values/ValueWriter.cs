using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Mayfly.Engine.Values;

/// <summary>
/// Writes a tree as YAML that Helm reads back as the same values. What was plain and may be more than a text stays plain, so
/// that Helm itself decides whether <c>0123</c> or <c>on</c> is a number or a truth value; everything else is quoted.
/// </summary>
public static partial class ValueWriter
{
    /// <summary>The YAML text of a tree.</summary>
    public static string Write(ValueMap tree)
    {
        var text = new StringBuilder();
        Map(tree, 0, text);
        return text.ToString();
    }

    /// <summary>A scalar as one line of YAML.</summary>
    public static string Scalar(ValueScalar scalar)
    {
        var tag = scalar.Tag switch
        {
            null => "",
            var full when full.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal) => $"!!{full[18..]} ",
            var local when local.StartsWith('!') => local + " ",
            var other => $"!<{other}> ",
        };
        return tag + (!scalar.Plain ? Quote(scalar.Text)
            : scalar.IsNull && scalar.Text.Length == 0 ? "null"
            : SafePlain().IsMatch(scalar.Text) ? scalar.Text
            : Quote(scalar.Text));
    }

    private static void Map(ValueMap map, int depth, StringBuilder text)
    {
        foreach (var entry in map.Entries)
        {
            Indent(text, depth).Append(PlainKey().IsMatch(entry.Key) && GoYaml.Resolve(entry.Key).Kind == GoYaml.Kind.Text
                ? entry.Key
                : Quote(entry.Key)).Append(':');
            Below(entry.Value, depth, text);
        }

        if (map.Entries.Count == 0)
        {
            text.Append("{}\n");
        }
    }

    private static void Below(ValueNode node, int depth, StringBuilder text)
    {
        switch (node)
        {
            case ValueScalar scalar:
                text.Append(' ').Append(Scalar(scalar)).Append('\n');
                break;
            case ValueMap { Entries.Count: 0 }:
                text.Append(" {}\n");
                break;
            case ValueList { Items.Count: 0 }:
                text.Append(" []\n");
                break;
            case ValueMap map:
                text.Append('\n');
                Map(map, depth + 1, text);
                break;
            case ValueList list:
                text.Append('\n');
                foreach (var item in list.Items)
                {
                    Indent(text, depth + 1).Append('-');
                    Below(item, depth + 1, text);
                }

                break;
        }
    }

    private static StringBuilder Indent(StringBuilder text, int depth) => text.Append(' ', 2 * depth);

    // A double-quoted scalar in which only printable ASCII stands for itself.
    private static string Quote(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var rune in value.EnumerateRunes())
        {
            text.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                >= 0x20 and < 0x7f => ((char)rune.Value).ToString(),
                <= 0xff => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                <= 0xffff => IsReadable(rune) ? rune.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
            });
        }

        return text.Append('"').ToString();
    }

    private static bool IsReadable(Rune rune) => Rune.IsLetterOrDigit(rune);

    [GeneratedRegex("^([A-Za-z0-9~.+]|[-](?=[0-9.]))[A-Za-z0-9._+-]*$")]
    private static partial Regex SafePlain();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_./-]*$")]
    private static partial Regex PlainKey();
}
