using Mayfly.LocalCloud.Charts;
using YamlDotNet.RepresentationModel;

namespace Mayfly.LocalCloud.Tests.Charts;

public sealed class ChartRepositoryTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("mayfly-charts-").FullName;
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(HelmTool.Majors), MemberType = typeof(HelmTool))]
    public async Task Helm_renders_every_chart_from_its_repository(string major)
    {
        await using var web = await WebFixture.StartAsync(endpoints => endpoints.MapCharts(new ChartRepository()));

        var secrets = await RenderAsync(web, major, "external-secrets", "external-secrets", "1.1.0");
        var balancing = await RenderAsync(web, major, "eks", "aws-load-balancer-controller", "1.16.0", "--set", "clusterName=pr-42");
        var dns = await RenderAsync(web, major, "external-dns", "external-dns", "1.19.0", "--set", "policy=sync,txtOwnerId=pr-42");

        Assert.Superset(
            new HashSet<string>
            {
                "Deployment/external-secrets", "Deployment/external-secrets-webhook", "Deployment/external-secrets-cert-controller",
                "ValidatingWebhookConfiguration/secretstore-validate", "ValidatingWebhookConfiguration/externalsecret-validate",
                "CustomResourceDefinition/externalsecrets.external-secrets.io", "ServiceAccount/external-secrets",
            },
            secrets);
        Assert.Superset(
            new HashSet<string>
            {
                "Deployment/aws-load-balancer-controller", "IngressClass/alb", "Service/aws-load-balancer-webhook-service",
                "MutatingWebhookConfiguration/aws-load-balancer-webhook", "ValidatingWebhookConfiguration/aws-load-balancer-webhook",
                "CustomResourceDefinition/targetgroupbindings.elbv2.k8s.aws", "Secret/aws-load-balancer-tls",
            },
            balancing);
        Assert.Superset(new HashSet<string> { "Deployment/external-dns", "ServiceAccount/external-dns", "ClusterRole/external-dns" }, dns);
    }

    [Theory]
    [MemberData(nameof(HelmTool.Majors), MemberType = typeof(HelmTool))]
    public async Task The_load_balancer_controller_demands_the_clusters_name(string major)
    {
        await using var web = await WebFixture.StartAsync(endpoints => endpoints.MapCharts(new ChartRepository()));

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => RenderAsync(web, major, "eks", "aws-load-balancer-controller", "1.16.0"));

        Assert.Contains("Chart cannot be installed without a valid clusterName!", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_index_states_the_digest_of_each_archive()
    {
        var charts = new ChartRepository();

        foreach (var archive in charts.Repositories.SelectMany(charts.ChartsOf))
        {
            Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(archive.Bytes.Span)), archive.Digest);
            Assert.Contains(charts.Repositories, repository => charts.IndexOf(repository)!.Contains(archive.Digest, StringComparison.Ordinal));
        }
    }

    private async Task<HashSet<string>> RenderAsync(
        WebFixture web, string major, string repository, string chart, string version, params string[] more)
    {
        var yaml = await HelmTool.RunAsync(
            major,
            _home,
            ["template", chart, chart, "--repo", $"{web.Address}charts/{repository}", "--version", version, "--include-crds", .. more],
            _ct);
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents
            .Select(document => document.RootNode)
            .OfType<YamlMappingNode>()
            .Select(node => $"{node["kind"]}/{node["metadata"]["name"]}")];
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);
}
