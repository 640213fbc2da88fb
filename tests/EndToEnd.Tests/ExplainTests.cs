using System.Diagnostics;
using System.Text.Json;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests;

/// <summary>What <c>mayfly explain</c> says of an environment that is broken for real, and of one that is not.</summary>
public sealed class ExplainTests(LocalCloudFixture cloud) : IClassFixture<LocalCloudFixture>
{
    private static readonly string[] Environment = ["--local", "--pr", "42", "--branch", "feature/login"];

    [Fact]
    public async Task The_first_broken_link_is_the_one_that_was_broken()
    {
        var ct = TestContext.Current.CancellationToken;
        (await ExplainAsync(ct)).Ended(5);
        (await cloud.Mayfly.RunAsync(ct, ["up", .. Environment, "--commit", EnvironmentLife.Commit])).Ended(0);

        var whole = (await ExplainAsync(ct)).Ended(0);
        Assert.Equal("reachable", whole.Result.GetProperty("outcome").GetString());
        Assert.All(Links(whole), link => Assert.Equal("fine", link.GetProperty("state").GetString()));

        await KubectlAsync(ct, "scale", "deployment", "pr-42-web", "--replicas=0");
        var stopped = await UntilAsync(run => run.Result.GetProperty("first_broken").GetString() == "targets", ct);
        Assert.Contains("scaled to 0", Link(stopped, "pods pr-42-web").GetProperty("summary").GetString());

        await KubectlAsync(ct, "scale", "deployment", "pr-42-web", "--replicas=1");
        await UntilAsync(run => run.ExitCode == 0, ct);
        await KubectlAsync(ct, "set", "image", "deployment/pr-42-web", "web=ghcr.io/jetscale/none-of-that-name:1");
        var imageless = await UntilAsync(run => run.Result.GetProperty("first_broken").GetString() == "image pr-42-web", ct);
        Assert.Contains("none-of-that-name", Link(imageless, "image pr-42-web").GetProperty("evidence").GetRawText());
    }

    private async Task<MayflyRun> UntilAsync(Func<MayflyRun, bool> wanted, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var run = await ExplainAsync(ct);
        while (!wanted(run))
        {
            Assert.False(limit.IsCancellationRequested, run.Story);
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
            run = await ExplainAsync(ct);
        }

        return run;
    }

    private Task<MayflyRun> ExplainAsync(CancellationToken ct) => cloud.Mayfly.RunAsync(ct, ["explain", .. Environment]);

    private static IEnumerable<JsonElement> Links(MayflyRun run) =>
        run.Result.GetProperty("chain").EnumerateArray().Concat(run.Result.GetProperty("secrets").EnumerateArray());

    private static JsonElement Link(MayflyRun run, string name) => Links(run).Single(link => link.GetProperty("link").GetString() == name);

    private async Task KubectlAsync(CancellationToken ct, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(cloud.Home, "tools", "helm-4", "kubectl"), [.. arguments, "--namespace", "pr-42"])
        {
            RedirectStandardError = true,
        };
        using var described = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(cloud.Home, "local", "cloud.json"), ct));
        foreach (var variable in described.RootElement.GetProperty("environment").EnumerateObject())
        {
            start.Environment[variable.Name] = variable.Value.GetString();
        }

        using var kubectl = Process.Start(start)!;
        var error = await kubectl.StandardError.ReadToEndAsync(ct);
        await kubectl.WaitForExitAsync(ct);
        Assert.True(kubectl.ExitCode == 0, error);
    }
}
