using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.Engine.Events;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tests.Configuration;
using Mayfly.Engine.Tests.Events;

namespace Mayfly.Engine.Tests.Cli;

public sealed class StatusTests : IDisposable
{
    private readonly TestFolder _folder = ConfigurationSample.Folder();
    private readonly DirectoryStore _store;

    public StatusTests()
    {
        var sample = ConfigurationSample.Full();
        sample["state"] = new JsonObject { ["path"] = "state", ["prefix"] = "m/{project}/{env_id}" };
        _folder.Write("mayfly.yaml", sample.ToJsonString());
        _store = new DirectoryStore(_folder.At("state"), TimeProvider.System);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_environment_is_listed_with_what_its_last_run_said()
    {
        await WriteAsync("pr-42", RunStories.Reachable);
        await WriteAsync("pr-7", [.. RunStories.Broken.Select(e => e is RunStarted started ? started with { Environment = "pr-7" } : e)]);

        var result = await MayflyProcess.RunAsync(_folder, "status", "--output", "json");

        using var line = JsonDocument.Parse(result.StandardOutput);
        Assert.Equal(
            [("pr-42", "reachable"), ("pr-7", "failed")],
            line.RootElement.GetProperty("environments").EnumerateArray()
                .Select(status => (status.GetProperty("environment").GetString()!, status.GetProperty("state").GetString()!)));
    }

    [Fact]
    public async Task One_environment_is_shown_with_its_stages_and_who_works_on_it()
    {
        var ct = TestContext.Current.CancellationToken;
        await WriteAsync("pr-42", RunStories.Reachable);
        var here = Holder.ThisProcess();
        await _store.PutAsync(
            "m/demo/pr-42/lease.json", new Lease("r9", "down", "builder-3", here.Machine, here.Pid, 60, 1, false).ToBytes(), PutCondition.Always, ct);

        var result = await MayflyProcess.RunAsync(_folder, "status", "--pr", "42");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("down on builder-3", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("apply:aws", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("1m45s", result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_ever_ran_there_is_nothing()
    {
        var result = await MayflyProcess.RunAsync(_folder, "status");

        Assert.Equal((0, "no environments\n"), (result.ExitCode, result.StandardOutput));
    }

    private async Task WriteAsync(string id, IReadOnlyList<RunEvent> story)
    {
        await _store.EnsureExistsAsync(TestContext.Current.CancellationToken);
        var journal = new Journal(_store, $"m/demo/{id}/journal.jsonl");
        foreach (var happened in story)
        {
            journal.Add(happened);
        }

        await journal.SaveAsync(TestContext.Current.CancellationToken);
    }
}
