using System.Globalization;
using System.Text.RegularExpressions;

namespace Mayfly.TerraformProviders.Resources;

/// <summary>Durations as Go writes them: <c>1h30m</c>, <c>90s</c>.</summary>
public static partial class GoDuration
{
    /// <summary>Reads one; false when there is none or it is malformed.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (string.IsNullOrEmpty(text) || !Whole().IsMatch(text))
        {
            return false;
        }

        foreach (Match part in Part().Matches(text))
        {
            var amount = double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            duration += part.Groups[2].Value switch
            {
                "h" => TimeSpan.FromHours(amount),
                "m" => TimeSpan.FromMinutes(amount),
                "s" => TimeSpan.FromSeconds(amount),
                "ms" => TimeSpan.FromMilliseconds(amount),
                _ => TimeSpan.FromMicroseconds(amount),
            };
        }

        return true;
    }

    /// <summary>Writes one, as Go prints it: <c>1h30m0s</c>, <c>5m0s</c>, <c>30s</c>.</summary>
    public static string Write(TimeSpan duration) =>
        duration.TotalHours >= 1 ? $"{(int)duration.TotalHours}h{duration.Minutes}m{duration.Seconds}s"
        : duration.TotalMinutes >= 1 ? $"{duration.Minutes}m{duration.Seconds}s"
        : $"{duration.Seconds}s";

    [GeneratedRegex(@"^(\d+(\.\d+)?(h|ms|us|m|s))+$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(h|ms|us|m|s)")]
    private static partial Regex Part();
}
