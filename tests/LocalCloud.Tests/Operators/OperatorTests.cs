using System.Net;
using System.Text;
using DnsClient;
using k8s.Models;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.Aws.SecretsManager.Model;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Operators;
using Mayfly.LocalCloud.Operators.ExternalSecrets;
using Mayfly.LocalCloud.Tests.Charts;

namespace Mayfly.LocalCloud.Tests.Operators;

/// <summary>The operators on a whole cluster, installed by the real helm.</summary>
public sealed class OperatorTests
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(HelmTool.Majors), MemberType = typeof(HelmTool))]
    public async Task An_Ingress_becomes_a_page_over_DNS_and_HTTPS_and_leaves_nothing_behind(string major)
    {
        await using var cloud = await OperatorCloud.StartAsync(_ct);
        await cloud.InstallBalancingAsync(major, _ct);
        await cloud.InstallAsync(
            major, "external-dns", "external-dns", "1.19.0", "external-dns",
            "{ policy: sync, txtOwnerId: pr-42, sources: [ingress], domainFilters: [jetscale.ai], interval: 1s }", _ct);
        var host = $"pr-42.{OperatorCloud.Zone}";
        await cloud.CreateApplicationAsync("web", host, _ct);

        var ingress = await cloud.EventuallyAsync(
            async () => (await cloud.Api.FindAsync<V1Ingress>("default", "web", _ct))!,
            found => found.Status?.LoadBalancer?.Ingress is { Count: 1 },
            "the Ingress has a load balancer",
            _ct);
        Assert.Matches("^k8s-default-web-[0-9a-f]{10}-1\\.us-east-1\\.elb\\.amazonaws\\.com$", ingress.Status.LoadBalancer.Ingress[0].Hostname);
        Assert.Contains("ingress.k8s.aws/resources", ingress.Metadata.Finalizers);

        var resolver = new LookupClient(new LookupClientOptions(cloud.Dns.Endpoint) { UseCache = false, ThrowDnsErrors = false });
        await cloud.EventuallyAsync(
            async () => (await resolver.QueryAsync(host, QueryType.A, cancellationToken: _ct)).Answers.ARecords().Count(),
            count => count == 1,
            "DNS knows the host",
            _ct);
        using var client = cloud.CreateClient();
        await cloud.EventuallyAsync(
            async () => (await client.GetAsync($"https://{host}/", _ct)).StatusCode, status => status == HttpStatusCode.OK, "the page answers", _ct);
        var redirect = await client.GetAsync($"http://{host}/a?b=c", _ct);
        Assert.Equal($"https://{host}:{cloud.Edge.Https.Port}/a?b=c", redirect.Headers.Location!.ToString());
        await cloud.EventuallyAsync(() => cloud.BalancerInterfacesAsync(_ct), interfaces => interfaces.Count == 2, "an interface in each subnet", _ct);

        await cloud.Api.DeleteAsync(ResourcePath.Of<V1Ingress>(), ingress.Metadata, _ct);

        await cloud.EventuallyAsync(
            () => cloud.Api.FindAsync<V1Ingress>("default", "web", _ct), found => found is null, "the Ingress is gone", _ct);
        Assert.Empty((await cloud.Balancing.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest(), _ct)).LoadBalancers);
        Assert.Empty((await cloud.Balancing.DescribeTargetGroupsAsync(new DescribeTargetGroupsRequest(), _ct)).TargetGroups);
        Assert.Empty(await cloud.BalancerInterfacesAsync(_ct));
        await cloud.EventuallyAsync(() => cloud.RecordsAsync(_ct), records => records.Count == 0, "the records are gone", _ct);
    }

    [Theory]
    [MemberData(nameof(HelmTool.Majors), MemberType = typeof(HelmTool))]
    public async Task An_ExternalSecret_says_what_is_missing_and_syncs_once_it_is_there(string major)
    {
        await using var cloud = await OperatorCloud.StartAsync(_ct);
        await cloud.InstallSecretsAsync(major, _ct);
        await cloud.Api.CreateAsync(Store(), _ct);
        await cloud.Api.CreateAsync(Wish("db-secret", "pr-42-ephemeral/application/db"), _ct);

        var failed = await ConditionAsync(cloud, "db-secret", condition => condition.Status == "False" && condition.Reason == "SecretSyncedError"
            && condition.Message == "could not get secret data from provider");
        Assert.NotNull(failed);
        await cloud.EventuallyAsync(
            () => cloud.EventsAsync("default", "db-secret", _ct),
            events => events.Exists(item => item.Reason == "UpdateFailed" && item.Message == "error processing spec.dataFrom[0].extract, err: Secret does not exist"),
            "the event names what is missing",
            _ct);

        await cloud.Secrets.CreateSecretAsync(
            new CreateSecretRequest { Name = "pr-42-ephemeral/application/db", SecretString = "{\"DB_USER\":\"jetscale\",\"DB_PORT\":5432}" }, _ct);
        await ForceSyncAsync(cloud, "db-secret", "1");

        await ConditionAsync(cloud, "db-secret", condition => condition is { Status: "True", Reason: "SecretSynced", Message: "secret synced" });
        var secret = (await cloud.Api.FindAsync<V1Secret>("default", "db-secret", _ct))!;
        Assert.Equal("jetscale", Encoding.UTF8.GetString(secret.Data["DB_USER"]));
        Assert.Equal("5432", Encoding.UTF8.GetString(secret.Data["DB_PORT"]));

        await cloud.Secrets.PutSecretValueAsync(
            new PutSecretValueRequest { SecretId = "pr-42-ephemeral/application/db", SecretString = "{\"DB_USER\":\"changed\"}" }, _ct);
        await ForceSyncAsync(cloud, "db-secret", "2");

        await cloud.EventuallyAsync(
            async () => (await cloud.Api.FindAsync<V1Secret>("default", "db-secret", _ct))!.Data,
            data => data.Count == 1 && Encoding.UTF8.GetString(data["DB_USER"]) == "changed",
            "the new value is there",
            _ct);
    }

    [Fact]
    public async Task A_webhook_refuses_what_is_wrong_and_fails_closed_without_endpoints()
    {
        await using var cloud = await OperatorCloud.StartAsync(_ct);
        await cloud.InstallSecretsAsync("3", _ct);
        await cloud.InstallBalancingAsync("4", _ct);

        var empty = Wish("empty", "unused");
        empty.Spec.DataFrom = null;
        var refused = await Assert.ThrowsAsync<ClusterApiException>(() => cloud.Api.CreateAsync(empty, _ct));
        var unknownClass = await Assert.ThrowsAsync<ClusterApiException>(
            () => cloud.Api.CreateAsync(OperatorCloud.Ingress("web", "a.jetscale.ai", "albx"), _ct));
        var controller = (await cloud.Api.FindAsync<V1Deployment>("kube-system", "aws-load-balancer-controller", _ct))!;
        await cloud.Api.PatchAsync<V1Deployment>(controller.Metadata, new { spec = new { replicas = 0 } }, PatchKind.Merge, _ct);
        var unanswered = await cloud.EventuallyAsync(
            async () => await Record.ExceptionAsync(() => cloud.Api.CreateAsync(OperatorCloud.Ingress($"web-{Guid.NewGuid():N}", "a.jetscale.ai"), _ct)),
            // The pod goes before its endpoint does: for a moment the connection is refused instead.
            failure => failure?.Message.Contains("no endpoints", StringComparison.Ordinal) is true,
            "nobody answers the webhook",
            _ct);

        Assert.Contains(
            "admission webhook \"validate.externalsecret.external-secrets.io\" denied the request: either data or dataFrom should be specified",
            refused.Message,
            StringComparison.Ordinal);
        Assert.Contains("invalid ingress class: IngressClass.networking.k8s.io \"albx\" not found", unknownClass.Message, StringComparison.Ordinal);
        Assert.Contains("failed calling webhook \"vingress.elbv2.k8s.aws\"", unanswered!.Message, StringComparison.Ordinal);
        Assert.Contains("no endpoints available for service \"aws-load-balancer-webhook-service\"", unanswered.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_fresh_cluster_every_ExternalSecret_is_refused_until_the_certificate_is_there()
    {
        await using var cloud = await OperatorCloud.StartAsync(_ct, new OperatorOptions { WebhookCertificateDelay = TimeSpan.FromSeconds(4) });
        await cloud.InstallSecretsAsync("4", _ct, wait: false);

        var early = await Assert.ThrowsAsync<ClusterApiException>(() => cloud.Api.CreateAsync(Wish("early", "x"), _ct));
        var late = await cloud.EventuallyAsync(
            async () => await Record.ExceptionAsync(() => cloud.Api.CreateAsync(Wish("late", "x"), _ct)), failure => failure is null, "the webhook lets it in", _ct);

        Assert.Contains("failed calling webhook \"validate.externalsecret.external-secrets.io\"", early.Message, StringComparison.Ordinal);
        Assert.Null(late);
    }

    [Fact]
    public async Task An_Ingress_without_a_certificate_or_subnets_says_so_in_its_events()
    {
        await using var cloud = await OperatorCloud.StartAsync(_ct);
        await cloud.InstallBalancingAsync("3", _ct);
        await cloud.Api.CreateAsync(OperatorCloud.Ingress("stray", "app.example.org"), _ct);
        var inside = OperatorCloud.Ingress("inside", "in.jetscale.ai");
        inside.Metadata.Annotations["alb.ingress.kubernetes.io/scheme"] = "internal";
        await cloud.Api.CreateAsync(inside, _ct);

        var stray = await cloud.EventuallyAsync(() => cloud.EventsAsync("default", "stray", _ct), events => events.Count > 0, "an event", _ct);
        var subnets = await cloud.EventuallyAsync(() => cloud.EventsAsync("default", "inside", _ct), events => events.Count > 0, "an event", _ct);

        Assert.Equal("FailedBuildModel", stray[0].Reason);
        Assert.Equal("Failed build model due to ingress: default/stray: no certificate found for host: app.example.org", stray[0].Message);
        Assert.Equal(
            "Failed build model due to couldn't auto-discover subnets: unable to resolve at least one subnet (0 match VPC and tags: [kubernetes.io/role/internal-elb])",
            subnets[0].Message);
    }

    [Fact]
    public async Task An_Ingress_hangs_by_its_finalizer_while_its_controller_is_away()
    {
        await using var cloud = await OperatorCloud.StartAsync(_ct);
        await cloud.InstallBalancingAsync("4", _ct);
        var created = await cloud.Api.CreateAsync(OperatorCloud.Ingress("web", "web.jetscale.ai"), _ct);
        await cloud.EventuallyAsync(
            async () => (await cloud.Balancing.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest(), _ct)).LoadBalancers.Count,
            count => count == 1,
            "a load balancer",
            _ct);

        await cloud.HelmAsync("4", _ct, "uninstall", "aws-load-balancer-controller", "--namespace", "kube-system", "--wait");
        await cloud.EventuallyAsync(
            () => cloud.Api.SendAsync<V1PodList>(HttpMethod.Get, "api/v1/namespaces/kube-system/pods", null, null, _ct),
            pods => pods.Items.Count == 0,
            "the controller's pod has ended",
            _ct);
        await cloud.Api.DeleteAsync(ResourcePath.Of<V1Ingress>(), created.Metadata, _ct);

        var hanging = await cloud.Api.FindAsync<V1Ingress>("default", "web", _ct);
        Assert.NotNull(hanging!.Metadata.DeletionTimestamp);
        Assert.Single((await cloud.Balancing.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest(), _ct)).LoadBalancers);

        await cloud.InstallBalancingAsync("4", _ct);

        await cloud.EventuallyAsync(() => cloud.Api.FindAsync<V1Ingress>("default", "web", _ct), found => found is null, "the Ingress goes after all", _ct);
        Assert.Empty((await cloud.Balancing.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest(), _ct)).LoadBalancers);
    }

    internal static ClusterSecretStore Store() => new()
    {
        Metadata = new V1ObjectMeta { Name = "aws-secrets-manager" },
        Spec = new SecretStoreSpec
        {
            Provider = new StoreProvider
            {
                Aws = new AwsProvider
                {
                    Service = "SecretsManager",
                    Region = "us-east-1",
                    Auth = new AwsAuth
                    {
                        Jwt = new JwtAuth { ServiceAccountRef = new ServiceAccountReference { Name = "external-secrets", Namespace = "external-secrets" } },
                    },
                },
            },
        },
    };

    private static ExternalSecret Wish(string name, string key) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default" },
        Spec = new ExternalSecretSpec
        {
            RefreshInterval = "1h",
            SecretStoreRef = new StoreReference { Kind = "ClusterSecretStore", Name = "aws-secrets-manager" },
            DataFrom = [new ExternalSecretDataFrom { Extract = new RemoteReference { Key = key } }],
        },
    };

    private Task ForceSyncAsync(OperatorCloud cloud, string name, string stamp) => cloud.Api.PatchAsync<ExternalSecret>(
        new V1ObjectMeta { Name = name, NamespaceProperty = "default" },
        new { metadata = new { annotations = new Dictionary<string, string> { ["force-sync"] = stamp } } },
        PatchKind.Merge,
        _ct);

    private async Task<StatusCondition> ConditionAsync(OperatorCloud cloud, string name, Func<StatusCondition, bool> isSo)
    {
        var found = await cloud.EventuallyAsync(
            async () => (await cloud.Api.FindAsync<ExternalSecret>("default", name, _ct))?.Status?.Conditions.Find(condition => condition.Type == "Ready"),
            condition => condition is not null && isSo(condition),
            $"the condition of {name}",
            _ct);
        return found!;
    }
}
