using System.Globalization;
using System.Text.Json.Nodes;

namespace Mayfly.Workflow.Tests.Runner;

/// <summary>What a run is about, and where it runs.</summary>
/// <param name="Repository">owner/name.</param>
/// <param name="DefaultCommit">Head of the default branch, which is where such a run's workflow comes from.</param>
/// <param name="ServerUrl">GitHub's pages.</param>
/// <param name="ApiUrl">GitHub's API.</param>
/// <param name="Token">The token that a job gets.</param>
/// <param name="Variables">The repository's variables.</param>
/// <param name="Ground">Variables of the machine that the runner runs on.</param>
internal sealed record RunnerSettings(
    string Repository, string DefaultCommit, Uri ServerUrl, Uri ApiUrl, string Token,
    IReadOnlyDictionary<string, string> Variables, IReadOnlyDictionary<string, string> Ground);

/// <summary>
/// GitHub and its runner, for a repository's workflows: filters events, evaluates conditions and expressions with GitHub's own code, keeps
/// concurrency groups, and runs scripts for real. Actions of others are not run: <see cref="Others"/> does what they do on this ground.
/// What it does not know in a workflow it refuses, so that nothing passes unplayed.
/// </summary>
internal sealed class WorkflowPlayer(IReadOnlyList<JsonObject> workflows, RunnerSettings settings, string folder) : IAsyncDisposable
{
    private int _runs;

    /// <summary>Actions of others by their names, without their pins.</summary>
    public Dictionary<string, Func<ActionCall, Task<JsonObject>>> Others { get; } = new(StringComparer.Ordinal);

    /// <summary>The evaluator.</summary>
    public Expressions Expressions { get; } = new();

    /// <summary>Groups of all runs.</summary>
    public ConcurrencyGroups Groups { get; } = new();

    /// <summary>The settings.</summary>
    public RunnerSettings Settings => settings;

    /// <summary>An event happens; null when no workflow listens to it.</summary>
    public WorkflowRun? Trigger(string name, JsonObject payload)
    {
        if (workflows.SingleOrDefault(candidate => candidate["on"] is JsonObject on && on.ContainsKey(name)) is not { } workflow)
        {
            return null;
        }

        var filters = workflow["on"]![name] as JsonObject ?? [];
        Known(filters, "types", "inputs");
        return filters["types"] is JsonArray types && !types.Any(type => type!.GetValue<string>() == payload["action"]?.GetValue<string>())
            ? null
            : new WorkflowRun(this, workflow, name, payload, ++_runs, Path.Combine(folder, $"run-{_runs.ToString(CultureInfo.InvariantCulture)}"));
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Expressions.DisposeAsync();

    /// <summary>Refuses what the player does not know.</summary>
    public static void Known(JsonObject map, params string[] keys) =>
        Assert.All(map.Select(pair => pair.Key), key => Assert.True(keys.Contains(key), $"the player does not know '{key}'"));
}

/// <summary>A call of an action of others.</summary>
/// <param name="With">Its inputs.</param>
/// <param name="Job">The job it is called in.</param>
internal sealed record ActionCall(JsonObject With, JobRun Job)
{
    /// <summary>An input; empty when it is not given.</summary>
    public string this[string name] => With[name]?.ToString() ?? "";
}
