using System.Globalization;
using Mayfly.Cli.Commands;
using Mayfly.Engine;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Failures;
using Mayfly.GitHub.Flow;

namespace Mayfly.Cli.GitHub;

/// <summary>What <c>mayfly github</c> does when a schedule started the workflow: it finds what has outlived its pull request or its time.</summary>
internal static class Scheduled
{
    /// <summary>The event's name.</summary>
    public const string EventName = "schedule";

    /// <summary>The one environment that the call names; null: all are looked at.</summary>
    /// <param name="context">The call.</param>
    /// <param name="eventName">The event's name: every other event names its pull request itself.</param>
    /// <exception cref="InvalidInputException">It is no number, or the event is no schedule.</exception>
    public static int? NumberOf(CommandContext context, string eventName)
    {
        if (context.Call.GetValue(EnvironmentOptions.PullRequest) is not { } word)
        {
            return null;
        }

        return eventName != EventName ? throw new InvalidInputException("--pr goes with a schedule; every other event names its pull request itself")
            : int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
            : throw new InvalidInputException($"--pr '{word}' is no pull request; it takes a number from 1 on");
    }

    /// <summary>Asks the flow something that cannot be answered without the object store.</summary>
    /// <returns>The answer, or why there is none.</returns>
    public static async Task<Outcome<T>> AskAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (OutsideWorld.Classify(e) is { } failure)
        {
            return failure;
        }
    }

    /// <summary>The output of a workflow's step that a matrix is made of.</summary>
    public static IReadOnlyList<string> Lines(IReadOnlyList<int> outlived) =>
    [
        $"acts={(outlived.Count > 0 ? "true" : "false")}",
        $"outlived=[{string.Join(',', outlived)}]",
    ];

    /// <summary>What was found, for people.</summary>
    public static string Words(IReadOnlyList<int> outlived) => outlived.Count == 0
        ? "no environment has outlived its pull request or its time"
        : $"to end: {string.Join(", ", outlived.Select(number => $"pr-{number}"))}";
}
