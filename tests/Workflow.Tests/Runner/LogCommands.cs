using System.Text.RegularExpressions;

namespace Mayfly.Workflow.Tests.Runner;

/// <summary>The commands that the runner takes from what a step prints.</summary>
internal sealed partial class LogCommands
{
    private string? _stoppedUntil;

    /// <summary>Commands in their order: name, properties, value.</summary>
    public List<(string Name, IReadOnlyDictionary<string, string> Properties, string Value)> All { get; } = [];

    /// <summary>Reads a line; true when it was a command.</summary>
    public bool Take(string line)
    {
        // The newer form begins a line, after blanks; the older one may stand anywhere in it.
        var match = New().Match(line) is { Success: true } found ? found : Old().Match(line);
        if (!match.Success)
        {
            return false;
        }

        var (name, value) = (match.Groups["name"].Value, Unescape(match.Groups["value"].Value));
        if (_stoppedUntil is not null)
        {
            _stoppedUntil = name == _stoppedUntil ? null : _stoppedUntil;
            return false;
        }

        if (name == "stop-commands")
        {
            _stoppedUntil = value;
        }

        All.Add((name, Properties(match.Groups["properties"].Value), value));
        return true;
    }

    private static Dictionary<string, string> Properties(string text) =>
        text.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => Unescape(pair[1]).Replace("%3A", ":").Replace("%2C", ","), StringComparer.Ordinal);

    private static string Unescape(string text) => text.Replace("%0D", "\r").Replace("%0A", "\n").Replace("%25", "%");

    [GeneratedRegex(@"^\s*::(?<name>[\w-]+)(?: (?<properties>.*?))?::(?<value>.*)$")]
    private static partial Regex New();

    [GeneratedRegex(@"##\[(?<name>[\w-]+)(?: (?<properties>[^\]]*))?\](?<value>.*)$")]
    private static partial Regex Old();
}
