using System.Text;
using System.Text.RegularExpressions;
using Mayfly.Engine.Tools;

namespace Mayfly.Cli;

/// <summary>Asks tools for their version.</summary>
internal static partial class ToolVersion
{
    /// <summary>The first version number that a call prints; null when the tool is missing or prints none.</summary>
    public static async Task<Version?> OfAsync(string tool, string binary, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var call = new ToolCall(tool, binary, arguments) { Capture = true, KillAfter = TimeSpan.FromSeconds(5) };
        var result = await new ToolRunner(TimeProvider.System).RunAsync(call, ct);
        var text = result.ExitCode == 0 ? Encoding.UTF8.GetString(result.Output.Span) : "";
        return Number().Match(text) is { Success: true } match ? Version.Parse(match.Value) : null;
    }

    [GeneratedRegex(@"[0-9]+\.[0-9]+(\.[0-9]+)?")]
    private static partial Regex Number();
}
