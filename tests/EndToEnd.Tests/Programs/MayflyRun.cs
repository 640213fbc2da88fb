using System.Text.Json;

namespace Mayfly.EndToEnd.Tests.Programs;

/// <summary>How a call of the program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Events">The objects it printed, the result last.</param>
/// <param name="Error">What it said to people.</param>
public sealed record MayflyRun(int ExitCode, IReadOnlyList<JsonElement> Events, string Error)
{
    /// <summary>The closing object.</summary>
    public JsonElement Result => Events.Last(line => line.GetProperty("type").GetString() == "result");

    /// <summary>Everything, for a failed assertion.</summary>
    public string Story => string.Join('\n', [$"exit {ExitCode}", .. Events.Select(line => line.GetRawText()).TakeLast(40), Error]);

    /// <summary>The outcome of a stage by the result; null when it did not run.</summary>
    public string? OutcomeOf(string stage) =>
        Result.GetProperty("stages").EnumerateArray()
            .Where(entry => entry.GetProperty("name").GetString() == stage)
            .Select(entry => entry.GetProperty("outcome").GetString())
            .LastOrDefault();

    /// <summary>Asserts how it ended, with its story when it did not.</summary>
    public MayflyRun Ended(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"wanted exit {exitCode}\n{Story}");
        return this;
    }
}
