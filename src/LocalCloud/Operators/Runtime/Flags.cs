using System.Globalization;
using System.Text.RegularExpressions;

namespace Mayfly.LocalCloud.Operators.Runtime;

/// <summary>A program's arguments as Go's programs take them: <c>--name=value</c>, a bare <c>--name</c> for true, and words.</summary>
internal sealed partial class Flags
{
    private readonly List<KeyValuePair<string, string>> _values = [];

    public Flags(IEnumerable<string> arguments)
    {
        foreach (var argument in arguments)
        {
            if (!argument.StartsWith('-'))
            {
                Words.Add(argument);
                continue;
            }

            var name = argument.TrimStart('-');
            var equals = name.IndexOf('=');
            _values.Add(equals < 0 ? new(name, "true") : new(name[..equals], name[(equals + 1)..]));
        }
    }

    /// <summary>What is no flag, the program's command first.</summary>
    public List<string> Words { get; } = [];

    /// <summary>The last value of a flag.</summary>
    public string? Find(string name) => _values.FindLast(flag => flag.Key == name).Value;

    /// <summary>All values of a flag that may be given several times.</summary>
    public List<string> All(string name) => [.. _values.Where(flag => flag.Key == name).Select(flag => flag.Value)];

    public bool Is(string name, bool otherwise = false) => Find(name) is { } value ? value == "true" : otherwise;

    public int Number(string name, int otherwise) =>
        int.TryParse(Find(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    /// <summary>The port in a flag such as <c>:8081</c>.</summary>
    public int Port(string name, int otherwise) =>
        Find(name) is { } value && int.TryParse(value[(value.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture, out var port) ? port : otherwise;

    public TimeSpan Duration(string name, TimeSpan otherwise) => ParseDuration(Find(name)) ?? otherwise;

    /// <summary>Reads a duration as Go writes it, <c>1h0m30s</c>; null when it is none.</summary>
    public static TimeSpan? ParseDuration(string? text)
    {
        if (text is "0")
        {
            return TimeSpan.Zero;
        }

        if (text is null || !DurationForm().IsMatch(text))
        {
            return null;
        }

        var seconds = DurationPart().Matches(text).Sum(part =>
            double.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture) * part.Groups[2].Value switch
            {
                "h" => 3600,
                "m" => 60,
                "s" => 1,
                "ms" => 0.001,
                _ => 0.000001,
            });
        return TimeSpan.FromSeconds(seconds);
    }

    [GeneratedRegex(@"^(?:\d+(?:\.\d+)?(?:h|ms|m|us|µs|s))+$")]
    private static partial Regex DurationForm();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(h|ms|m|us|µs|s)")]
    private static partial Regex DurationPart();
}
