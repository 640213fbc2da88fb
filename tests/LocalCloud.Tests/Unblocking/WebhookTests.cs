using k8s.Models;
using Mayfly.Engine.Stages;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Tests.Charts;
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

    [Fact]
    public async Task A_run_that_was_killed_leaves_a_note_and_the_next_one_puts_the_webhook_back()
    {
        var @namespace = await cluster.NamespaceAsync(Ct);
        await using var bench = new UnblockBench(cluster);
        var made = await CreateAsync(@namespace);
        var killed = bench.Begin();
        await bench.UnblockAsync(killed, Ct);
        await bench.KillAsync(killed);
        Assert.Equal("Ignore", await PolicyAsync(@namespace));
        Assert.NotNull(bench.Note);

        // What made the webhook gave it a new bundle meanwhile, and its controller came back.
        await cluster.Api.PatchAsync<V1ValidatingWebhookConfiguration>(
            made.Metadata, new { webhooks = new[] { new { name = made.Webhooks[0].Name, clientConfig = new { caBundle = "bmV3" } } } }, PatchKind.Strategic, Ct);
        await cluster.ApplyAsync(@namespace, Controller(replicas: 1, image: "ghcr.io/jetscale/web:1"), Ct);
        await cluster.UntilAsync<V1Deployment>(@namespace, "check", found => found?.Status?.ReadyReplicas == 1, Ct);
        await bench.UnblockAsync(bench.Begin(), Ct);

        Assert.Equal("Fail", await PolicyAsync(@namespace));
        Assert.Null(bench.Note);
        Assert.Contains(bench.Remedies, remedy => remedy.Contains("put back as it was"));
        var after = await cluster.Api.FindAsync<V1ValidatingWebhookConfiguration>(null, @namespace, Ct);
        Assert.Equal("new"u8.ToArray(), after!.Webhooks[0].ClientConfig.CaBundle);
        await cluster.Api.DeleteAsync(ResourcePath.Of<V1ValidatingWebhookConfiguration>(), made.Metadata, Ct);
    }

    [Fact]
    public async Task A_webhook_that_was_made_anew_since_is_its_installations_own()
    {
        var @namespace = await cluster.NamespaceAsync(Ct);
        await using var bench = new UnblockBench(cluster);
        var made = await CreateAsync(@namespace);
        var killed = bench.Begin();
        await bench.UnblockAsync(killed, Ct);
        await bench.KillAsync(killed);
        await cluster.Api.DeleteAsync(ResourcePath.Of<V1ValidatingWebhookConfiguration>(), made.Metadata, Ct);
        var anew = await CreateAsync(@namespace, policy: "Ignore");

        await bench.UnblockAsync(bench.Begin(), Ct);

        Assert.Equal("Ignore", await PolicyAsync(@namespace));
        Assert.Null(bench.Note);
        await cluster.Api.DeleteAsync(ResourcePath.Of<V1ValidatingWebhookConfiguration>(), anew.Metadata, Ct);
    }

    [Theory]
    [InlineData("request.namespace != 'NS'", true)]
    [InlineData("!(request.resource.resource in ['roles'])", true)]
    [InlineData("request.namespace == 'NS'", false)]
    public async Task A_dead_webhook_whose_conditions_leave_out_what_the_run_writes_is_in_nobodys_way(string condition, bool leftOut)
    {
        var @namespace = await cluster.NamespaceAsync(Ct);
        await using var bench = new UnblockBench(cluster);
        var made = await CreateAsync(@namespace, conditions: condition.Replace("NS", @namespace));
        var run = bench.Begin();

        // What the API itself makes of the condition, and what the run does.
        var refused = await Record.ExceptionAsync(() => WriteAsync(@namespace));
        var result = await bench.UnblockAsync(run, Ct);
        var policy = await PolicyAsync(@namespace);
        await run.Unblocking.LeaveAsync(run, Ct);
        await cluster.Api.DeleteAsync(ResourcePath.Of<V1ValidatingWebhookConfiguration>(), made.Metadata, Ct);

        Assert.Equal((leftOut, leftOut ? "Fail" : "Ignore"), (refused is null, policy));
        Assert.Equal(leftOut, result is StageResult.Unchanged);
    }

    [Fact]
    public async Task A_controller_that_gets_on_is_waited_for_and_nothing_is_taken_away()
    {
        var @namespace = await cluster.NamespaceAsync(Ct);
        await using var bench = new UnblockBench(cluster, progress: TimeSpan.FromSeconds(30));
        var made = await CreateAsync(@namespace);
        await cluster.ApplyAsync(@namespace, Controller(replicas: 1, image: "ghcr.io/jetscale/never-ready:1"), Ct);
        await cluster.UntilAllAsync<V1Pod>(@namespace, all => all is [{ Status.Phase: "Running" }], Ct);
        var unblocking = bench.UnblockAsync(bench.Begin(), Ct);
        await cluster.Api.PatchAsync<V1Deployment>(
            new V1ObjectMeta { Name = "check", NamespaceProperty = @namespace },
            new { spec = new { template = new { spec = new { containers = new[] { new { name = "check", image = "ghcr.io/jetscale/web:1" } } } } } }, PatchKind.Strategic, Ct);

        Assert.IsType<StageResult.Unchanged>(await unblocking);

        Assert.Equal("Fail", await PolicyAsync(@namespace));
        Assert.Null(bench.Note);
        Assert.Empty(bench.Remedies);
        await cluster.Api.DeleteAsync(ResourcePath.Of<V1ValidatingWebhookConfiguration>(), made.Metadata, Ct);
    }

    [Theory]
    [InlineData("crash", 1, "CrashLoopBackOff")]
    [InlineData("never-ready", 1, "nothing has changed for 2 s")]
    [InlineData("web", 0, "scaled to 0")]
    public async Task A_controller_that_does_not_come_is_dead(string image, int replicas, string why)
    {
        var @namespace = await cluster.NamespaceAsync(Ct);
        await using var bench = new UnblockBench(cluster);
        var made = await CreateAsync(@namespace);
        await cluster.ApplyAsync(@namespace, Controller(replicas, $"ghcr.io/jetscale/{image}:1"), Ct);
        var run = bench.Begin();

        Assert.IsType<StageResult.Changed>(await bench.UnblockAsync(run, Ct));

        Assert.Contains(bench.Remedies, remedy => remedy.Contains("taken out of the way") && (remedy.Contains(why) || remedy.Contains("ended with")));
        Assert.Equal("Ignore", await PolicyAsync(@namespace));
        await run.Unblocking.LeaveAsync(run, Ct);
        Assert.Equal("Fail", await PolicyAsync(@namespace));
        await cluster.Api.DeleteAsync(ResourcePath.Of<V1ValidatingWebhookConfiguration>(), made.Metadata, Ct);
    }

    [Theory]
    [MemberData(nameof(HelmTool.Majors), MemberType = typeof(HelmTool))]
    public async Task A_release_whose_controller_somebody_broke_is_applied_again(string major)
    {
        var @namespace = await cluster.NamespaceAsync(Ct);
        await using var bench = new UnblockBench(cluster, progress: TimeSpan.FromSeconds(20), helm: HelmTool.Binary(major));
        var helm = await bench.InstallAsync(cluster, major, @namespace, Controller(1, "ghcr.io/jetscale/web:1") + "\n---\n" + Configuration(@namespace), Ct);
        await cluster.Api.PatchAsync<V1Deployment>(
            new V1ObjectMeta { Name = "check", NamespaceProperty = @namespace }, new { spec = new { replicas = 0 } }, PatchKind.Merge, Ct);
        await cluster.UntilAllAsync<V1Pod>(@namespace, all => all.Count == 0, Ct);
        var run = bench.Begin();

        Assert.IsType<StageResult.Changed>(await bench.UnblockAsync(run, Ct));

        Assert.Contains(bench.Remedies, remedy => remedy.Contains($"applied revision 1 of release {@namespace}/{helm} again"));
        Assert.Equal("Fail", await PolicyAsync(@namespace));
        Assert.Null(bench.Note);
        Assert.Equal(1, (await cluster.Api.FindAsync<V1Deployment>(@namespace, "check", Ct))!.Status.ReadyReplicas);

        // Nobody but the release owns its fields, so its next upgrade meets no conflict.
        await bench.UpgradeAsync(major, @namespace, Ct);
        await cluster.Api.DeleteAsync(ResourcePath.Of<V1ValidatingWebhookConfiguration>(), new V1ObjectMeta { Name = @namespace }, Ct);
    }

    private async Task<string?> PolicyAsync(string name) =>
        (await cluster.Api.FindAsync<V1ValidatingWebhookConfiguration>(null, name, Ct))?.Webhooks[0].FailurePolicy;

    private static string Controller(int replicas, string image) => $$"""
        apiVersion: v1
        kind: Service
        metadata: { name: check }
        spec: { selector: { app: check }, ports: [{ port: 443, targetPort: http }] }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: check }
        spec:
          replicas: {{replicas}}
          selector: { matchLabels: { app: check } }
          template:
            metadata: { labels: { app: check } }
            spec:
              containers:
                - name: check
                  image: {{image}}
                  ports: [{ name: http, containerPort: 8080 }]
                  readinessProbe: { httpGet: { path: /healthz, port: http } }
        """;

    private static string Configuration(string @namespace) => $$"""
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: { name: {{@namespace}} }
        webhooks:
          - name: check.{{@namespace}}.example.com
            admissionReviewVersions: [v1]
            sideEffects: None
            failurePolicy: Fail
            clientConfig: { service: { name: check, namespace: {{@namespace}} } }
            namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{@namespace}} } }
            rules: [{ apiGroups: [rbac.authorization.k8s.io], apiVersions: [v1], operations: [CREATE], resources: [roles] }]
        """;

    private static string Plain(V1ValidatingWebhookConfiguration found)
    {
        found.Metadata.ResourceVersion = null;
        found.Metadata.Generation = null;
        return k8s.KubernetesJson.Serialize(found);
    }

    private Task<V1Role> WriteAsync(string @namespace) =>
        cluster.Api.CreateAsync(new V1Role { Metadata = new V1ObjectMeta { GenerateName = "wish-", NamespaceProperty = @namespace } }, Ct);

    // Stands before the Roles of one namespace, so that tests do not stand in each other's way.
    private Task<V1ValidatingWebhookConfiguration> CreateAsync(string @namespace, string policy = "Fail", params string[] conditions) => cluster.Api.CreateAsync(
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
                    FailurePolicy = policy,
                    MatchConditions = [.. conditions.Select((text, index) => new V1MatchCondition { Name = $"c{index}", Expression = text })],
                    ClientConfig = new Admissionregistrationv1WebhookClientConfig { Service = new Admissionregistrationv1ServiceReference { Name = "check", NamespaceProperty = @namespace } },
                    NamespaceSelector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = @namespace } },
                    Rules = [new V1RuleWithOperations { ApiGroups = ["rbac.authorization.k8s.io"], ApiVersions = ["v1"], Operations = ["CREATE"], Resources = ["roles"] }],
                },
            ],
        },
        Ct);
}
