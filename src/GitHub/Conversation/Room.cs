using System.Globalization;
using System.Text;

namespace Mayfly.GitHub.Conversation;

/// <summary>
/// How much of a comment each of its parts may take. GitHub refuses one of more than 65536 characters, and what strangers write
/// grows when it is made harmless: so lengths are counted after that, and what does not fit is told by its number.
/// </summary>
internal static class Room
{
    /// <summary>Characters of what is to be done after a failure, and of what was tried.</summary>
    public const int Steps = 5_000;

    /// <summary>Characters of evidence.</summary>
    public const int Evidence = 9_000;

    /// <summary>Characters of the table of stages.</summary>
    public const int Stages = 14_000;

    /// <summary>Characters of what changed.</summary>
    public const int Changes = 8_000;

    /// <summary>Characters of terraform's plan.</summary>
    public const int Plan = 14_000;

    /// <summary>Characters of warnings.</summary>
    public const int Warnings = 4_000;

    /// <summary>Adds lines while they fit.</summary>
    /// <param name="text">Gets them.</param>
    /// <param name="lines">The lines, without their ends.</param>
    /// <param name="room">Characters that they may take together.</param>
    /// <param name="rest">What is said of those that do not fit, around their number.</param>
    public static void Add(StringBuilder text, IReadOnlyList<string> lines, int room, (string Before, string After) rest)
    {
        var fitting = Fitting(lines, room);
        foreach (var line in fitting)
        {
            text.Append(line).Append('\n');
        }

        if (fitting.Count < lines.Count)
        {
            text.Append(rest.Before).Append(CultureInfo.InvariantCulture, $"and {lines.Count - fitting.Count} more").Append(rest.After).Append('\n');
        }
    }

    /// <summary>The first lines that fit.</summary>
    public static IReadOnlyList<string> Fitting(IReadOnlyList<string> lines, int room)
    {
        var taken = 0;
        return [.. lines.TakeWhile(line => (taken += line.Length + 1) <= room)];
    }
}
