using k8s.Models;
using Mayfly.Engine.Stages;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Tests.Kubernetes;

namespace Mayfly.LocalCloud.Tests.Unblocking;

/// <summary>Webhooks that nobody answers, on a whole cluster.</summary>
public sealed class WebhookTests(WorkloadCluster cluster) : IClassFixture<WorkloadCluster>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_webhook_whose_service_is_gone_is_opened_for_the_run_and_back_at_its_end()
    {
        var @namespace = await cluster.NamespaceAsync(Ct);
        await using var bench = new UnblockBench(cluster);
        var before = await CreateAsync(@namespace);
        await Assert.ThrowsAsync<ClusterApiException>(() => WriteAsync(@namespace));
        var run = bench.Begin();

        var result = await bench.UnblockAsync(run, Ct);

        Assert.IsType<StageResult.Changed>(result);
        Assert.Contains(bench.Remedies, remedy => remedy.Contains($"check.{@namespace}.example.com") && remedy.Contains("does not exist"));
        Assert.Contains("check.", bench.Note);
        await WriteAsync(@namespace);

        var failed = Assert.IsType<StageResult.Failed>(await bench.RestoreAsync(run, Ct));

        Assert.Equal(Engine.Failures.Disposition.NeedsHuman, failed.Failure.Disposition);
        Assert.Contains(failed.Failure.Evidence, line => line.Contains("does not exist"));
        await Assert.ThrowsAsync<ClusterApiException>(() => WriteAsync(@namespace));
        Assert.Null(bench.Note);
        var after = await cluster.Api.FindAsync<V1ValidatingWebhookConfiguration>(null, @namespace, Ct);
        Assert.Equal(Plain(before), Plain(after!));
        await cluster.Api.DeleteAsync(ResourcePath.Of<V1ValidatingWebhookConfiguration>(), before.Metadata, Ct);
    }

    private static string Plain(V1ValidatingWebhookConfiguration found)
    {
        found.Metadata.ResourceVersion = null;
        found.Metadata.Generation = null;
        return k8s.KubernetesJson.Serialize(found);
    }

    private Task<V1ConfigMap> WriteAsync(string @namespace) =>
        cluster.Api.CreateAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { GenerateName = "wish-", NamespaceProperty = @namespace } }, Ct);

    // Stands before the ConfigMaps of one namespace, so that tests do not stand in each other's way.
    private Task<V1ValidatingWebhookConfiguration> CreateAsync(string @namespace) => cluster.Api.CreateAsync(
        new V1ValidatingWebhookConfiguration
        {
            Metadata = new V1ObjectMeta { Name = @namespace },
            Webhooks =
            [
                new V1ValidatingWebhook
                {
                    Name = $"check.{@namespace}.example.com",
                    AdmissionReviewVersions = ["v1"],
                    SideEffects = "None",
                    FailurePolicy = "Fail",
                    ClientConfig = new Admissionregistrationv1WebhookClientConfig { Service = new Admissionregistrationv1ServiceReference { Name = "check", NamespaceProperty = @namespace } },
                    NamespaceSelector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = @namespace } },
                    Rules = [new V1RuleWithOperations { ApiGroups = [""], ApiVersions = ["v1"], Operations = ["CREATE"], Resources = ["configmaps"] }],
                },
            ],
        },
        Ct);
}
