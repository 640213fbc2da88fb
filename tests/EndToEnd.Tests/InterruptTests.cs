using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests;

/// <summary>Promise 3 for interrupts: a run that is stopped in any stage goes on from there, and a live run is never robbed.</summary>
public sealed class InterruptTests(LocalCloudFixture cloud) : IClassFixture<LocalCloudFixture>
{
    private static readonly string[] Stages = ["identity", "prune", "reconcile:aws", "apply:aws", "reconcile:cluster", "apply:cluster", "preflight", "deploy", "verify"];

    // A title can be a branch's name in somebody's tool: whatever it holds, it is a name and nothing that runs.
    private const string Branch = "fix/$(touch pwned)`touch pwned`;\"'${env_id}%{if true}{{ .Values }}{env_id}&|<>*#: @é\\";

    private static readonly string[] Up = ["up", "--local", "--pr", "50", "--branch", Branch, "--commit", "3333333333333333333333333333333333333333"];

    [Fact]
    public async Task A_run_interrupted_in_each_stage_goes_on_and_converges_and_a_live_one_is_never_robbed()
    {
        var ct = TestContext.Current.CancellationToken;
        cloud.Repository.Change("mayfly.yaml", "    global:\n", "    global:\n      branch: \"{branch}\"\n");
        foreach (var stage in Stages)
        {
            await using var run = cloud.Mayfly.Start(Up);
            await run.WaitForStageAsync(stage, ct);
            if (stage == "apply:aws")
            {
                var second = await cloud.Mayfly.RunAsync(ct, Up);
                second.Ended(6);
                Assert.Equal("held", second.Result.GetProperty("outcome").GetString());
                Assert.Contains("process", second.Result.GetProperty("failure").GetProperty("summary").GetString());
            }

            run.Interrupt();
            (await run.EndAsync(ct)).Ended(130);
        }

        var last = await cloud.Mayfly.RunAsync(ct, Up);
        last.Ended(0);
        Assert.Equal("reachable", last.Result.GetProperty("outcome").GetString());
        var again = await cloud.Mayfly.RunAsync(ct, Up);
        Assert.False(again.Ended(0).Result.GetProperty("changed").GetBoolean(), again.Story);
        Assert.Empty(Directory.EnumerateFiles(cloud.Home, "pwned", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFiles(cloud.Repository.Directory, "pwned", SearchOption.AllDirectories));
        (await cloud.Mayfly.RunAsync(ct, "down", "--local", "--pr", "50")).Ended(0);
    }
}
