using System.Diagnostics;
using System.Text.Json;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests;

/// <summary>
/// What stands in a run's way in the cluster is mended: a dead webhook of the operator that Terraform installed, and a release of
/// Terraform's that an interrupted helm left pending. The run that does it is killed while the webhook is away.
/// </summary>
[Trait("Length", "long")]
public sealed class UnblockTests(LocalCloudFixture cloud) : IClassFixture<LocalCloudFixture>
{
    private static readonly string[] Up = ["up", "--local", "--pr", "42", "--branch", "feature/login", "--commit", EnvironmentLife.Commit];

    [Fact]
    public async Task A_dead_webhook_and_a_pending_release_are_mended_and_a_kill_in_between_leaves_no_webhook_open()
    {
        var ct = TestContext.Current.CancellationToken;
        await File.AppendAllTextAsync(cloud.Repository.PathOf("mayfly.yaml"), "\nbudget:\n  progress: 5s\n", ct);
        (await cloud.Mayfly.RunAsync(ct, Up)).Ended(0);
        var before = await PoliciesAsync(ct);
        await KubectlAsync(ct, "delete", "deployment", "external-secrets-webhook", "--namespace", "external-secrets");
        await InterruptUpgradeAsync(ct);

        await using (var run = cloud.Mayfly.StartAlone(Up))
        {
            await run.WaitForAsync(e => e.GetProperty("type").GetString() == "remedied" && e.GetProperty("what").GetString()!.StartsWith("taken out of the way"), ct);
            run.KillAll();
            await run.EndAsync(ct);
        }

        Assert.NotEqual(before, await PoliciesAsync(ct));
        var mended = (await cloud.Mayfly.RunAsync(ct, Up)).Ended(0);

        Assert.Equal("reachable", mended.Result.GetProperty("outcome").GetString());
        Assert.Equal("changed", mended.OutcomeOf("reconcile:unblock"));
        Assert.Contains("applied revision", mended.Result.GetProperty("stages").GetRawText());
        Assert.Equal(before, await PoliciesAsync(ct));

        // The interrupted revision stays in the history; the newest is the one that went back.
        Assert.Contains("status=deployed,version=3", await KubectlAsync(ct, "get", "secrets", "--namespace", "external-dns", "--selector", "owner=helm", "--show-labels"));
    }

    // Every policy of every webhook.
    private Task<string> PoliciesAsync(CancellationToken ct) => KubectlAsync(
        ct, "get", "validatingwebhookconfigurations,mutatingwebhookconfigurations", "-o", "jsonpath={.items[*].webhooks[*].failurePolicy}");

    private async Task InterruptUpgradeAsync(CancellationToken ct)
    {
        var charts = cloud.Cloud.GetProperty("charts").GetString();
        using var helm = await StartAsync(
            Path.Combine("helm-3", "helm"), ct, "upgrade", "external-dns", "external-dns", "--namespace", "external-dns", "--repo", $"{charts}/external-dns",
            "--version", "1.19.0", "--reuse-values", "--set", "image.repository=ghcr.io/jetscale/none-of-that-name", "--wait");
        while (!(await KubectlAsync(ct, "get", "secrets", "--namespace", "external-dns", "--selector", "status=pending-upgrade", "-o", "name")).Contains("secret/", StringComparison.Ordinal))
        {
            Assert.False(helm.HasExited, "helm did not wait for a pod that cannot come");
            await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
        }

        helm.Kill();
        await helm.WaitForExitAsync(ct);
    }

    private async Task<string> KubectlAsync(CancellationToken ct, params string[] arguments)
    {
        using var kubectl = await StartAsync(Path.Combine("helm-4", "kubectl"), ct, arguments);
        var (output, error) = (kubectl.StandardOutput.ReadToEndAsync(ct), kubectl.StandardError.ReadToEndAsync(ct));
        await kubectl.WaitForExitAsync(ct);
        Assert.True(kubectl.ExitCode == 0, await error);
        return await output;
    }

    private async Task<Process> StartAsync(string tool, CancellationToken ct, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(cloud.Home, "tools", tool), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var described = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(cloud.Home, "local", "cloud.json"), ct));
        foreach (var variable in described.RootElement.GetProperty("environment").EnumerateObject())
        {
            start.Environment[variable.Name] = variable.Value.GetString();
        }

        return Process.Start(start)!;
    }
}
