using System.Text;

namespace Mayfly.Engine.Adoption;

/// <summary>Writes import blocks: how orphans enter the state, all in one plan.</summary>
public static class ImportBlocks
{
    /// <summary>The text of a file that stands beside the root's own for one plan.</summary>
    public static string Write(IEnumerable<Orphan> orphans)
    {
        var text = new StringBuilder("# Written by mayfly for one plan: what exists already and belongs to this environment.\n");
        foreach (var orphan in orphans)
        {
            text.Append("\nimport {\n  to = ").Append(orphan.Address).Append("\n  id = ").Append(Quote(orphan.ImportId)).Append("\n}\n");
        }

        return text.ToString();
    }

    /// <summary>A literal of HCL: nothing in it is evaluated, whatever the name holds.</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder("\"");
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            switch (c)
            {
                case '"' or '\\':
                    text.Append('\\').Append(c);
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case '$' or '%' when i + 1 < value.Length && value[i + 1] == '{':
                    text.Append(c).Append(c);
                    break;
                case < ' ':
                    text.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }

        return text.Append('"').ToString();
    }
}
