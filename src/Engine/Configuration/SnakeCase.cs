using System.Text;

namespace Mayfly.Engine.Configuration;

/// <summary>Names of settings as files write them.</summary>
public static class SnakeCase
{
    /// <summary><c>MinVersion</c> becomes <c>min_version</c>.</summary>
    public static string Of(string name)
    {
        var result = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && result.Length > 0)
            {
                result.Append('_');
            }

            result.Append(char.ToLowerInvariant(c));
        }

        return result.ToString();
    }
}
