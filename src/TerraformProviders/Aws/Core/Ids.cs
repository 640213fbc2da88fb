using System.Globalization;
using System.Text;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Core;

/// <summary>Names and ids that the provider makes itself.</summary>
internal static class Ids
{
    private static int counter;

    /// <summary>A name that nobody has: the prefix, the time, a counter.</summary>
    public static string Unique(string prefix = "terraform-")
    {
        var now = TimeProvider.System.GetUtcNow().ToString("yyyyMMddHHmmssffff", CultureInfo.InvariantCulture);
        return $"{prefix}{now}{Interlocked.Increment(ref counter).ToString("x8", CultureInfo.InvariantCulture)}";
    }

    /// <summary>The configured name, or one made from the configured prefix.</summary>
    public static string Name(TfObject state, string name = "name", string prefix = "name_prefix") =>
        state.String(name) is { Length: > 0 } given ? given : Unique(state.String(prefix) is { Length: > 0 } start ? start : "terraform-");

    /// <summary>The prefix that a name was made from, or null.</summary>
    public static string? PrefixOf(string? name) => name is { Length: > 26 } && name[^26..^8].All(char.IsAsciiDigit) && name[^8..].All(char.IsAsciiHexDigitLower)
        ? name[..^26]
        : null;

    /// <summary>The hash of a text in ids such as <c>r-rtb-1080289494</c>.</summary>
    public static uint Hash(string text) => Crc32(Encoding.UTF8.GetBytes(text));

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var octet in bytes)
        {
            crc ^= octet;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }
}
