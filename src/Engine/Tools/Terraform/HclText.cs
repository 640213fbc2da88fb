using System.Text;

namespace Mayfly.Engine.Tools;

/// <summary>How HCL writes a string, so that no name can break out of its quotes or start a template.</summary>
public static class HclText
{
    /// <summary>A quoted literal.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        for (var i = 0; i < text.Length; i++)
        {
            var next = i + 1 < text.Length ? text[i + 1] : '\0';
            quoted.Append(text[i] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '$' when next == '{' => "$$",
                '%' when next == '{' => "%%",
                < ' ' and var c => $"\\u{(int)c:x4}",
                var c => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
