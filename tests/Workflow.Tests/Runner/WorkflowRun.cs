using System.Globalization;
using System.Text.Json.Nodes;

namespace Mayfly.Workflow.Tests.Runner;

/// <summary>One run of a workflow.</summary>
internal sealed class WorkflowRun
{
    private const long FirstId = 7_000_000_000;

    private readonly WorkflowPlayer _player;
    private readonly JsonObject _workflow;
    private readonly JsonObject _github;
    private readonly JsonObject _payload;
    private readonly CancellationTokenSource _cancelled = new();
    private readonly string _folder;

    public WorkflowRun(WorkflowPlayer player, JsonObject workflow, string eventName, JsonObject payload, int number, string folder)
    {
        (_player, _workflow, _payload, _folder) = (player, workflow, payload, folder);
        var settings = player.Settings;
        Directory.CreateDirectory(folder);
        File.WriteAllText(EventFile, payload.ToJsonString());
        Id = (FirstId + number).ToString(CultureInfo.InvariantCulture);
        _github = new JsonObject
        {
            ["event_name"] = eventName,
            ["event"] = payload.DeepClone(),
            ["run_id"] = Id,
            ["run_number"] = number.ToString(CultureInfo.InvariantCulture),
            ["run_attempt"] = "1",
            ["repository"] = settings.Repository,
            ["repository_owner"] = settings.Repository.Split('/')[0],
            ["server_url"] = settings.ServerUrl.ToString().TrimEnd('/'),
            ["api_url"] = settings.ApiUrl.ToString().TrimEnd('/'),
            ["ref"] = "refs/heads/main",
            ["sha"] = settings.DefaultCommit,
            ["actor"] = payload["sender"]?["login"]?.DeepClone(),
            ["workflow"] = workflow["name"]?.DeepClone(),
            ["token"] = settings.Token,
        };
        Ended = Task.Run(PlayAsync);
    }

    /// <summary>The run's id.</summary>
    public string Id { get; }

    /// <summary>Its jobs by their keys; those that were left out are not there.</summary>
    public Dictionary<string, JobRun> Jobs { get; } = [];

    /// <summary>Ends with the run.</summary>
    public Task Ended { get; }

    /// <summary>The event's file.</summary>
    public string EventFile => Path.Combine(_folder, "event.json");

    /// <summary>A job once it has begun.</summary>
    public async Task<JobRun> JobAsync(string name, CancellationToken ct)
    {
        while (true)
        {
            lock (Jobs)
            {
                if (Jobs.TryGetValue(name, out var job))
                {
                    return job;
                }
            }

            Assert.False(Ended.IsCompleted, $"the run ended without the job '{name}'\n{Story}");
            await Task.Delay(20, ct);
        }
    }

    /// <summary>Somebody presses "Cancel workflow".</summary>
    public Task CancelAsync() => _cancelled.CancelAsync();

    /// <summary>Everything that was printed.</summary>
    public string Story => string.Join('\n', Jobs.Select(job => $"== {job.Key}: {job.Value.Status}\n{job.Value.Log}"));

    private async Task PlayAsync()
    {
        WorkflowPlayer.Known(_workflow, "name", "run-name", "on", "permissions", "jobs");
        Assert.Empty(_workflow["permissions"]!.AsObject());
        foreach (var (name, node) in _workflow["jobs"]!.AsObject())
        {
            // The order in the file is an order of their needs: a job that is needed later would not be found.
            await PlayAsync(name, node!.AsObject());
        }
    }

    private async Task PlayAsync(string name, JsonObject job)
    {
        WorkflowPlayer.Known(job, "name", "if", "needs", "runs-on", "timeout-minutes", "permissions", "outputs", "steps", "concurrency", "environment", "strategy");
        var needs = new JsonObject();
        var status = _cancelled.IsCancellationRequested ? JobStatus.Cancelled : JobStatus.Success;
        foreach (var needed in job["needs"] switch { null => [], JsonArray list => list.Select(n => n!.ToString()), var one => [one.ToString()] })
        {
            var found = Jobs.GetValueOrDefault(needed);
            needs[needed] = new JsonObject { ["result"] = found?.Status.ToString().ToLowerInvariant() ?? "skipped", ["outputs"] = found?.Outputs.DeepClone() };
            status = found?.Status is JobStatus.Success ? status : JobStatus.Failure;
        }

        var contexts = new JsonObject
        {
            ["github"] = _github.DeepClone(),
            ["needs"] = needs,
            ["vars"] = new JsonObject(_player.Settings.Variables.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["inputs"] = _payload["inputs"]?.DeepClone() ?? new JsonObject(),
        };
        if (!await _player.Expressions.HoldsAsync(job["if"], contexts, status))
        {
            return;
        }

        if (job["strategy"] is not JsonObject strategy)
        {
            await PlayAsync(name, job, contexts, status);
            return;
        }

        // One axis, and its jobs side by side, none of which ends the others.
        WorkflowPlayer.Known(strategy, "fail-fast", "matrix");
        Assert.False(strategy["fail-fast"]!.GetValue<bool>(), "the player ends no job because another failed");
        var (axis, values) = Assert.Single((JsonObject)(await _player.Expressions.TreeAsync(strategy["matrix"], contexts, status))!);
        await Task.WhenAll(values!.AsArray().Select(value =>
        {
            var own = contexts.DeepClone().AsObject();
            own["matrix"] = new JsonObject { [axis] = value!.DeepClone() };
            return PlayAsync($"{name} ({value})", job, own, status);
        }));
    }

    private async Task PlayAsync(string name, JsonObject job, JsonObject contexts, JobStatus status)
    {
        var group = await _player.Expressions.TreeAsync(job["concurrency"], contexts, status) as JsonObject;
        WorkflowPlayer.Known(group ?? [], "group", "cancel-in-progress", "queue");
        if (group is not null)
        {
            Assert.False(group["cancel-in-progress"]?.GetValue<bool>() ?? false, "the player cancels no running job");
            if (!await _player.Groups.EnterAsync(group["group"]!.ToString(), group["queue"]?.ToString() == "max"))
            {
                return;
            }
        }

        var run = new JobRun(_player, this, job, contexts, group?["group"]?.ToString(), Path.Combine(_folder, name), _cancelled.Token);
        lock (Jobs)
        {
            Jobs[name] = run;
        }

        try
        {
            await run.PlayAsync();
        }
        finally
        {
            if (group is not null)
            {
                _player.Groups.Leave(group["group"]!.ToString());
            }
        }
    }
}
