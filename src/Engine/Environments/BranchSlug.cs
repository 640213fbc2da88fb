using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Mayfly.Engine.Environments;

/// <summary>
/// Makes a branch name a piece of a DNS label, <c>[a-z0-9-]</c> with no leading, trailing or doubled hyphen. Two branches never
/// get the same slug: whatever is not the branch's very name ends in a hash of it, and a branch that looks as if it ended in
/// such a hash gets one too.
/// </summary>
public static partial class BranchSlug
{
    /// <summary>Shortest room that a slug can live in: one letter, a hyphen and the hash.</summary>
    public const int LeastRoom = HashLength + 2;

    // 40 bits: among a million branches of one repository a clash has a chance of less than one in two.
    // Hexadecimal, since ten letters from a to f are no word of any branch name.
    private const int HashLength = 10;

    // Stands for a branch that has no usable character, so that nothing starts with a hyphen.
    private const string Nameless = "branch";

    /// <summary>The slug of a branch in at most <paramref name="room"/> characters.</summary>
    public static string Of(string branch, int room)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(room, LeastRoom);
        var readable = Unusable().Replace(branch.ToLowerInvariant(), "-").Trim('-');
        if (readable == branch && readable.Length is > 0 && readable.Length <= room && !EndsAsIfHashed().IsMatch(readable))
        {
            return readable;
        }

        var head = readable.Length == 0 ? Nameless : readable;
        head = head[..Math.Min(head.Length, room - HashLength - 1)].TrimEnd('-');
        return $"{head}-{Hash(branch)}";
    }

    private static string Hash(string branch) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.Unicode.GetBytes(branch)))[..HashLength];

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Unusable();

    [GeneratedRegex("(^|-)[0-9a-f]{10}$")]
    private static partial Regex EndsAsIfHashed();
}
