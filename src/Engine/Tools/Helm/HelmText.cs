using System.Text.RegularExpressions;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tools;

/// <summary>Reads what helm says when it fails: the error first, without what it says on every run, and a list of errors in one line.</summary>
public static partial class HelmText
{
    /// <summary>The failure of a helm that failed.</summary>
    /// <param name="tail">Its last lines.</param>
    public static Failure Failure(IReadOnlyList<string> tail)
    {
        var failure = ToolFailure.Of("helm", string.Join('\n', tail));
        var errors = Errors(tail);
        return errors.Count == 0 ? failure : failure with { Summary = errors[0], Evidence = errors };
    }

    /// <summary>The lines that tell of the error. Pure.</summary>
    public static IReadOnlyList<string> Errors(IReadOnlyList<string> tail)
    {
        var lines = new List<string>();
        foreach (var line in tail.Select(line => line.Trim()).Where(line => line.Length > 0 && !Noise().IsMatch(line)))
        {
            if (line.StartsWith("* ", StringComparison.Ordinal) && lines.Count > 0)
            {
                lines[^1] = Count().IsMatch(lines[^1]) ? Count().Replace(lines[^1], line[2..]) : $"{lines[^1]}; {line[2..]}";
            }
            else
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    // Helm 4 logs the error before it prints it.
    [GeneratedRegex(@"^Release ""[^""]*"" does not exist\. Installing it now\.$|^(?:time=\S+ )?level=(?:DEBUG|INFO|WARN)\b|^WARNING: ")]
    private static partial Regex Noise();

    [GeneratedRegex(@"\d+ errors? occurred:$")]
    private static partial Regex Count();
}
