using System.Text;
using System.Text.Json.Nodes;

namespace Mayfly.Workflow.Tests.Runner;

/// <summary>One job of a run, on a workspace of its own.</summary>
internal sealed class JobRun
{
    private readonly WorkflowPlayer _player;
    private readonly WorkflowRun _run;
    private readonly JsonObject _job;
    private readonly JsonObject _contexts;
    private readonly string _folder;
    private readonly CancellationToken _cancelled;
    private readonly StringBuilder _log = new();
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _scripts;

    public JobRun(WorkflowPlayer player, WorkflowRun run, JsonObject job, JsonObject contexts, string? group, string folder, CancellationToken cancelled)
    {
        (_player, _run, _job, _contexts, _folder, _cancelled) = (player, run, job, contexts, folder, cancelled);
        Group = group;
        Workspace = Directory.CreateDirectory(Path.Combine(folder, "workspace")).FullName;
        Temp = Directory.CreateDirectory(Path.Combine(folder, "temp")).FullName;
        contexts["github"]!["workspace"] = Workspace;
        contexts["runner"] = new JsonObject { ["os"] = "Linux", ["arch"] = "X64", ["temp"] = Temp };
    }

    /// <summary>GITHUB_WORKSPACE.</summary>
    public string Workspace { get; }

    /// <summary>RUNNER_TEMP.</summary>
    public string Temp { get; }

    /// <summary>The concurrency group it is in.</summary>
    public string? Group { get; }

    /// <summary>How it goes, or went.</summary>
    public JobStatus Status { get; private set; }

    /// <summary>Its outputs, once it has ended.</summary>
    public JsonObject Outputs { get; private set; } = [];

    /// <summary>The summaries of its steps.</summary>
    public string Summary { get; private set; } = "";

    /// <summary>Commands that the runner took from what its steps printed.</summary>
    public LogCommands Commands { get; } = new();

    /// <summary>Its permissions.</summary>
    public JsonObject Permissions => _job["permissions"]!.AsObject();

    /// <summary>GitHub's environment; null: none.</summary>
    public string? EnvironmentName => (_job["environment"] as JsonObject)?["name"]?.ToString() ?? _job["environment"]?.ToString();

    /// <summary>The contexts that its expressions see.</summary>
    public JsonObject Contexts => _contexts;

    /// <summary>Ends with the job.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Everything that was printed.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Sets a variable for the steps that follow.</summary>
    public void Export(string name, string value) => _environment[name] = value;

    /// <summary>Waits until something was printed.</summary>
    public async Task PrintedAsync(string text, CancellationToken ct)
    {
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(Ended.IsCompleted, $"it ended without '{text}'\n{Log}");
            await Task.Delay(20, ct);
        }
    }

    /// <summary>Plays it.</summary>
    public async Task PlayAsync()
    {
        try
        {
            var steps = await PlayStepsAsync(_job["steps"]!.AsArray(), Scope(_contexts), new Dictionary<string, string>(StringComparer.Ordinal), actionPath: null);
            var seen = Scope(_contexts);
            seen["steps"] = steps;
            Outputs = (JsonObject?)await _player.Expressions.TreeAsync(_job["outputs"], seen, Status) ?? [];
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private static JsonObject Scope(JsonObject contexts) => contexts.DeepClone().AsObject();

    private async Task<JsonObject> PlayStepsAsync(JsonArray steps, JsonObject contexts, Dictionary<string, string> outer, string? actionPath)
    {
        var done = new JsonObject();
        foreach (var step in steps.Select(step => step!.AsObject()))
        {
            WorkflowPlayer.Known(step, "id", "name", "if", "uses", "with", "run", "shell", "env", "working-directory");
            contexts["steps"] = done.DeepClone();
            contexts["env"] = new JsonObject(_environment.Concat(outer).DistinctBy(pair => pair.Key).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
            if (_cancelled.IsCancellationRequested)
            {
                Status = JobStatus.Cancelled;
            }

            if (!await _player.Expressions.HoldsAsync(step["if"], contexts, Status))
            {
                continue;
            }

            var outputs = await PlayStepAsync(step, contexts, outer, actionPath);
            if (step["id"]?.ToString() is { } id)
            {
                done[id] = new JsonObject { ["outputs"] = outputs };
            }
        }

        return done;
    }

    private async Task<JsonObject> PlayStepAsync(JsonObject step, JsonObject contexts, Dictionary<string, string> outer, string? actionPath)
    {
        var environment = new Dictionary<string, string>(outer, StringComparer.Ordinal);
        foreach (var (name, value) in (JsonObject?)await _player.Expressions.TreeAsync(step["env"], contexts, Status) ?? [])
        {
            environment[name] = value?.ToString() ?? "";
        }

        var with = (JsonObject?)await _player.Expressions.TreeAsync(step["with"], contexts, Status) ?? [];
        return step["uses"]?.ToString() switch
        {
            null => await RunAsync(step, contexts, environment, actionPath),
            ['.', '/', .. var local] => await PlayActionAsync(Path.Combine(Workspace, local), with, contexts, environment),
            var uses => await _player.Others[uses.Split('@')[0]](new ActionCall(with, this)),
        };
    }

    private async Task<JsonObject> PlayActionAsync(string place, JsonObject with, JsonObject outer, Dictionary<string, string> environment)
    {
        var action = YamlFile.Read(Path.Combine(place, "action.yaml"));
        Assert.Equal("composite", action["runs"]!["using"]!.ToString());
        var declared = action["inputs"]!.AsObject();
        Assert.All(with.Select(input => input.Key), name => Assert.True(declared.ContainsKey(name), $"the action has no input '{name}'"));
        var github = outer["github"]!.DeepClone().AsObject();
        github["action_path"] = place;
        var contexts = new JsonObject { ["github"] = github, ["runner"] = outer["runner"]!.DeepClone(), ["inputs"] = new JsonObject() };
        foreach (var (name, input) in declared)
        {
            var value = with[name] ?? await _player.Expressions.TreeAsync(input!["default"], contexts, Status);
            contexts["inputs"]![name] = value?.ToString() ?? "";
        }

        contexts["steps"] = await PlayStepsAsync(action["runs"]!["steps"]!.AsArray(), contexts, environment, place);
        var outputs = new JsonObject();
        foreach (var (name, output) in action["outputs"]!.AsObject())
        {
            outputs[name] = (await _player.Expressions.TreeAsync(output!["value"], contexts, Status))?.DeepClone();
        }

        return outputs;
    }

    private async Task<JsonObject> RunAsync(JsonObject step, JsonObject contexts, Dictionary<string, string> environment, string? actionPath)
    {
        Assert.True(step["shell"]?.ToString() is "bash", "the player knows bash alone");
        var place = Path.Combine(_folder, "scripts", (++_scripts).ToString(System.Globalization.CultureInfo.InvariantCulture));
        var files = new CommandFiles(place);
        var script = Path.Combine(place, "script.sh");
        await File.WriteAllTextAsync(script, (await _player.Expressions.ValueAsync(step["run"]!.ToString(), contexts, Status))!.ToString(), CancellationToken.None);
        var directory = (await _player.Expressions.TreeAsync(step["working-directory"], contexts, Status))?.ToString() ?? ".";
        await using var process = StepProcess.Start(
            script, Path.GetFullPath(directory, Workspace), EnvironmentOf(files, environment, actionPath), OnLine);

        // On a cancellation the runner looks at the condition once more: what shall always run goes on.
        using var stop = new CancellationTokenSource();
        await using var heed = _cancelled.Register(() => _ = HeedAsync(step, contexts, stop));
        var code = await process.EndAsync(stop.Token);
        Status = stop.IsCancellationRequested ? JobStatus.Cancelled : code != 0 && Status == JobStatus.Success ? JobStatus.Failure : Status;
        foreach (var (name, value) in files.Environment)
        {
            Export(name, value);
        }

        Assert.Empty(files.Path);
        Summary += files.Summary;
        return new JsonObject(files.Outputs.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
    }

    private async Task HeedAsync(JsonObject step, JsonObject contexts, CancellationTokenSource stop)
    {
        if (!await _player.Expressions.HoldsAsync(step["if"], contexts, JobStatus.Cancelled))
        {
            await stop.CancelAsync();
        }
    }

    private Dictionary<string, string> EnvironmentOf(CommandFiles files, Dictionary<string, string> own, string? actionPath)
    {
        var github = _contexts["github"]!.AsObject();
        var all = new Dictionary<string, string>(_player.Settings.Ground, StringComparer.Ordinal)
        {
            ["CI"] = "true",
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_EVENT_PATH"] = _run.EventFile,
            ["GITHUB_ACTION_PATH"] = actionPath ?? "",
            ["RUNNER_OS"] = "Linux",
            ["RUNNER_ARCH"] = "X64",
            ["RUNNER_TEMP"] = Temp,
        };
        foreach (var name in (string[])["event_name", "run_id", "run_number", "run_attempt", "repository", "repository_owner", "server_url", "api_url", "ref", "sha", "actor", "workflow", "workspace"])
        {
            all[$"GITHUB_{name.ToUpperInvariant()}"] = github[name]?.ToString() ?? "";
        }

        foreach (var (name, value) in files.Variables.Concat(_environment).Concat(own))
        {
            all[name] = value;
        }

        return all;
    }

    private void OnLine(string line)
    {
        lock (_log)
        {
            // The runner swallows a mask, and hides the value wherever else it is printed; a test shall see that there.
            if (!Commands.Take(line) || Commands.All[^1].Name != "add-mask")
            {
                _log.AppendLine(line);
            }
        }
    }
}
