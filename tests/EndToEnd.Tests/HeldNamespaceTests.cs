using System.Text.Json;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests;

/// <summary>A teardown whose namespace is held by a finalizer of which nobody knows who takes it off.</summary>
[Trait("Length", "long")]
public sealed class HeldNamespaceTests(LocalCloudFixture cloud) : IClassFixture<LocalCloudFixture>
{
    private const string Finalizer = "example.com/hold";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_holds_the_namespace_is_named_and_the_cluster_goes_before_terraform_gives_up()
    {
        await File.AppendAllTextAsync(cloud.Repository.PathOf("mayfly.yaml"), "\nbudget:\n  progress: 5s\n", Ct);
        (await cloud.Mayfly.RunAsync(Ct, "up", "--local", "--pr", "42", "--branch", "feature/login", "--commit", EnvironmentLife.Commit)).Ended(0);
        await Kubectl.RunAsync(cloud, Ct, "create", "configmap", "held", "--namespace", "pr-42");
        await Kubectl.RunAsync(cloud, Ct, "patch", "configmap", "held", "--namespace", "pr-42", "--type", "merge", "--patch", $"{{\"metadata\":{{\"finalizers\":[\"{Finalizer}\"]}}}}");

        var held = await cloud.Mayfly.RunAsync(Ct, "down", "--local", "--pr", "42");

        // The cluster goes, and the namespace with it; what held it is told all the same.
        Assert.Equal("gone", held.Ended(0).Result.GetProperty("outcome").GetString());
        var verdict = held.Events.First(line => Text(line, "type") == "verdict_reached");
        var failure = verdict.GetProperty("failure");
        Assert.Equal(("destroy:cluster", "namespace-does-not-end"), (Text(verdict, "stage"), Text(failure, "rule")));
        Assert.Contains("configmaps pr-42/held", failure.GetProperty("evidence").GetRawText(), StringComparison.Ordinal);
        Assert.Contains(Finalizer, failure.GetProperty("next").GetRawText(), StringComparison.Ordinal);
        Assert.Contains(held.Events, line => Text(line, "type") == "noticed" && Text(line, "message").StartsWith("configmaps pr-42/held holds namespace pr-42", StringComparison.Ordinal));
        Assert.Contains(held.Events, line => Text(line, "type") == "pruned" && Text(line, "why").StartsWith("what holds its namespace", StringComparison.Ordinal));
        Assert.Contains(held.Events, line => Text(line, "type") == "stage_finished" && Text(line, "stage") == "destroy:aws" && Text(line, "outcome") == "changed");
    }

    private static string Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
