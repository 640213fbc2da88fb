using System.Text.Json.Nodes;
using Mayfly.LocalCloud.Tests.Charts;

namespace Mayfly.LocalCloud.Tests.Deployment;

/// <summary>Releases that an interrupted helm left behind: a real helm, killed at the moment.</summary>
[Collection(nameof(DeployCollection))]
public sealed class PendingReleaseTests(DeployCluster cluster)
{
    private const string Claim = """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: { name: data }
        spec: { storageClassName: gp3, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: settings }
        data: { text: {{ .Values.text | default "one" | quote }} }
        """;

    public static TheoryData<string> Majors => HelmTool.Majors;

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task An_installation_that_was_killed_is_made_anew_and_keeps_its_volume(string major)
    {
        await using var rig = cluster.Rig(major).Template($"{Claim}\n---\n{Hook("post-install", "--sleep", "600")}");
        await rig.KillHelmAsync("pending-install", "install", rig.Name, rig.Chart, "--create-namespace", "--timeout", "60s");
        var claim = await BoundAsync(rig);

        await rig.Template(Claim).HealsAsync();

        Assert.Contains("pending-install", rig.Story, StringComparison.Ordinal);
        Assert.Equal("deployed", await rig.StatusAsync());
        Assert.Equal(claim, await UidAsync(rig));
        Assert.Null(await rig.FindAsync("apis/batch/v1", "jobs", "hook"));
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task An_upgrade_that_was_killed_is_closed_and_upgraded(string major)
    {
        await using var rig = cluster.Rig(major).Template(Claim);
        await rig.HealsAsync();
        var claim = await BoundAsync(rig);
        rig.Template($"{Claim}\n---\n{Hook("pre-upgrade", "--sleep", "600")}");
        await rig.KillHelmAsync("pending-upgrade", "upgrade", rig.Name, rig.Chart, "--set", "text=two", "--timeout", "60s");

        await rig.Template(Claim.Replace("\"one\"", "\"three\"", StringComparison.Ordinal)).HealsAsync();

        Assert.Contains("pending-upgrade", rig.Story, StringComparison.Ordinal);
        Assert.Equal("three", (string?)(await rig.FindAsync("api/v1", "configmaps", "settings"))!["data"]!["text"]);
        Assert.Equal(claim, await UidAsync(rig));
        Assert.Null(await rig.FindAsync("apis/batch/v1", "jobs", "hook"));
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_rollback_that_was_killed_is_closed_and_upgraded(string major)
    {
        await using var rig = cluster.Rig(major).Template($"{Claim}\n---\n{Hook("pre-rollback", "--sleep", "600")}");
        await rig.HealsAsync();
        var claim = await BoundAsync(rig);
        await rig.HelmAsync("upgrade", rig.Name, rig.Chart, "--set", "text=two");
        await rig.KillHelmAsync("pending-rollback", "rollback", rig.Name, "1", "--timeout", "60s");

        await rig.HealsAsync();

        Assert.Contains("pending-rollback", rig.Story, StringComparison.Ordinal);
        Assert.Equal("one", (string?)(await rig.FindAsync("api/v1", "configmaps", "settings"))!["data"]!["text"]);
        Assert.Equal(claim, await UidAsync(rig));
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task An_uninstallation_that_was_killed_is_ended_and_installed_and_keeps_its_volume(string major)
    {
        await using var rig = cluster.Rig(major).Template($"{Claim}\n---\n{Hook("pre-delete", "--sleep", "600")}");
        await rig.HealsAsync();
        var claim = await BoundAsync(rig);
        await rig.KillHelmAsync("uninstalling", "uninstall", rig.Name, "--timeout", "60s");

        await rig.Template(Claim).HealsAsync();

        Assert.Contains("uninstalling", rig.Story, StringComparison.Ordinal);
        Assert.Equal(claim, await UidAsync(rig));
        Assert.NotNull(await rig.FindAsync("api/v1", "configmaps", "settings"));
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_first_installation_that_failed_is_made_anew_hooks_included(string major)
    {
        await using var rig = cluster.Rig(major, timeout: 3).Template($"{Claim}\n---\n{Hook("post-install", "--exit", "3")}");
        await rig.FailsAsync();
        var claim = await BoundAsync(rig);
        Assert.Equal("failed", await rig.StatusAsync());

        await rig.Template($"{Claim}\n---\n{Hook("post-install", "--exit", "0")}").HealsAsync();

        Assert.Equal(claim, await UidAsync(rig));
        Assert.True((int?)(await rig.FindAsync("apis/batch/v1", "jobs", "hook"))!["status"]!["succeeded"] == 1, "the hook did not run again");
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task An_upgrade_that_failed_is_upgraded_and_leaves_nothing_of_it(string major)
    {
        await using var rig = cluster.Rig(major, timeout: 3).Template(Claim);
        await rig.HealsAsync();
        rig.Template($"{Claim}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: extra }}\n---\n{Hook("post-upgrade", "--exit", "3")}");
        await rig.FailsAsync();
        Assert.Equal("failed", await rig.StatusAsync());
        Assert.NotNull(await rig.FindAsync("api/v1", "configmaps", "extra"));

        await rig.Template(Claim.Replace("\"one\"", "\"two\"", StringComparison.Ordinal)).HealsAsync();

        Assert.Null(await rig.FindAsync("api/v1", "configmaps", "extra"));
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task Where_the_configuration_allows_it_a_failed_installation_takes_its_volume_along(string major)
    {
        await using var rig = cluster.Rig(major, allowDataLoss: true, timeout: 3).Template($"{Claim}\n---\n{Hook("post-install", "--exit", "3")}");
        await rig.FailsAsync();
        var claim = await BoundAsync(rig);

        await rig.Template(Claim).HealsAsync();

        Assert.NotEqual(claim, await UidAsync(rig));
    }

    internal static string Hook(string events, params string[] arguments) => $$"""
        apiVersion: batch/v1
        kind: Job
        metadata: { name: hook, annotations: { helm.sh/hook: "{{events}}" } }
        spec:
          backoffLimit: 0
          template:
            spec:
              restartPolicy: Never
              containers: [{ name: task, image: "ghcr.io/jetscale/task:1", args: [{{string.Join(", ", arguments.Select(argument => $"\"{argument}\""))}}] }]
        """;

    private static async Task<string> UidAsync(DeployRig rig) =>
        (string)(await rig.FindAsync("api/v1", "persistentvolumeclaims", "data"))!["metadata"]!["uid"]!;

    // Bound, so that there is something to lose.
    private async Task<string> BoundAsync(DeployRig rig)
    {
        await cluster.Workloads.UntilAsync<k8s.Models.V1PersistentVolumeClaim>(
            rig.Name, "data", claim => claim?.Status?.Phase == "Bound", TestContext.Current.CancellationToken);
        return await UidAsync(rig);
    }
}
