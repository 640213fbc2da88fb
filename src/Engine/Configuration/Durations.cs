using System.Globalization;
using System.Text.RegularExpressions;

namespace Mayfly.Engine.Configuration;

/// <summary>Lengths of time as people write them: <c>90s</c>, <c>10m</c>, <c>2h</c>, <c>1h30m</c>, <c>500ms</c>.</summary>
public static partial class Durations
{
    /// <summary>The pattern of a duration, which the JSON schema states too.</summary>
    public const string Pattern = "^(?=[0-9])([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?([0-9]{1,6}ms)?$";

    /// <summary>Reads a duration.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        var match = Written().Match(text);
        var whole = match.Success && match.Length == text.Length;
        duration = !whole ? default
            : TimeSpan.FromHours(Number(match.Groups[1])) + TimeSpan.FromMinutes(Number(match.Groups[2]))
                + TimeSpan.FromSeconds(Number(match.Groups[3])) + TimeSpan.FromMilliseconds(Number(match.Groups[4]));
        return whole;
    }

    /// <summary>Writes a duration the shortest way.</summary>
    public static string Format(TimeSpan duration)
    {
        var hours = (int)duration.TotalHours;
        var text = (hours > 0 ? $"{hours}h" : "") + (duration.Minutes > 0 ? $"{duration.Minutes}m" : "")
            + (duration.Seconds > 0 ? $"{duration.Seconds}s" : "") + (duration.Milliseconds > 0 ? $"{duration.Milliseconds}ms" : "");
        return text.Length == 0 ? "0s" : text;
    }

    private static int Number(Group group) =>
        group.Success ? int.Parse(group.ValueSpan[..^(group.Value.EndsWith("ms", StringComparison.Ordinal) ? 2 : 1)], CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(Pattern)]
    private static partial Regex Written();
}
