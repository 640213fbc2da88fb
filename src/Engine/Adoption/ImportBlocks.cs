using System.Text;
using Mayfly.Engine.Tools;

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
            text.Append("\nimport {\n  to = ").Append(orphan.Address).Append("\n  id = ").Append(HclText.Quote(orphan.ImportId)).Append("\n}\n");
        }

        return text.ToString();
    }
}
