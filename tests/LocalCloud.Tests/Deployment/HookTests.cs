using Mayfly.LocalCloud.Tests.Charts;

namespace Mayfly.LocalCloud.Tests.Deployment;

/// <summary>Hooks that fail, that hang, and that stand in the way of the next.</summary>
[Collection(nameof(DeployCollection))]
[Trait("Length", "long")]
public sealed class HookTests(DeployCluster cluster)
{
    private const string Settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\n---\n";

    public static TheoryData<string> Majors => HelmTool.Majors;

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_hook_that_failed_is_quoted_and_made_anew_although_its_policy_leaves_it(string major)
    {
        await using var rig = cluster.Rig(major, timeout: 5).Template(Hook("pre-install,pre-upgrade", "hook-succeeded", "--exit", "3"));

        var failure = await rig.FailsAsync();
        Assert.Equal("helm_hook_failed", failure.Class);
        Assert.Contains("task | task failed with 3", failure.Evidence);
        Assert.NotNull(await rig.FindAsync("apis/batch/v1", "jobs", "hook"));

        await rig.Template(Hook("pre-install,pre-upgrade", "hook-succeeded", "--exit", "0")).HealsAsync();
        Assert.Null(await rig.FindAsync("apis/batch/v1", "jobs", "hook"));

        // The same on a release that was deployed before.
        Assert.Equal("helm_hook_failed", (await rig.Template(Hook("pre-upgrade", "hook-succeeded", "--exit", "4")).FailsAsync()).Class);
        await rig.Template(Hook("pre-upgrade", "hook-succeeded", "--exit", "0")).HealsAsync();
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_hook_that_hangs_is_quoted_and_ended_so_that_it_does_not_work_beside_the_next(string major)
    {
        await using var rig = cluster.Rig(major, timeout: 3).Template(Hook("post-install,post-upgrade", "before-hook-creation", "--sleep", "600"));

        var failure = await rig.FailsAsync();

        Assert.Equal("helm_hook_failed", failure.Class);
        Assert.Contains("task | task --sleep 600", failure.Evidence);
        Assert.Contains("hook Job hook still runs: ending it", rig.Story, StringComparison.Ordinal);
        Assert.Null(await rig.FindAsync("apis/batch/v1", "jobs", "hook"));
        Assert.Empty((await rig.GetAsync($"api/v1/namespaces/{rig.Name}/pods"))!["items"]!.AsArray());
        await rig.Template(Hook("post-install,post-upgrade", "before-hook-creation", "--exit", "0")).HealsAsync();
    }

    private static string Hook(string events, string policy, params string[] arguments) =>
        Settings + PendingReleaseTests.Hook(events, arguments).Replace("annotations: {", $"annotations: {{ helm.sh/hook-delete-policy: {policy},", StringComparison.Ordinal);
}
