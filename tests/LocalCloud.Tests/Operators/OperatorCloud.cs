using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Amazon.EC2;
using Amazon.EC2.Model;
using k8s;
using k8s.Models;
using Mayfly.Aws;
using Mayfly.Aws.CertificateManager;
using Mayfly.Aws.CertificateManager.Model;
using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.Aws.Route53;
using Mayfly.Aws.Route53.Model;
using Mayfly.Aws.SecretsManager;
using Mayfly.LocalCloud.Aws;
using Mayfly.LocalCloud.Charts;
using Mayfly.LocalCloud.Edge;
using Mayfly.LocalCloud.Edge.Dns;
using Mayfly.LocalCloud.Kubernetes.Api;
using Mayfly.LocalCloud.Kubernetes.Controllers;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;
using Mayfly.LocalCloud.Kubernetes.Images;
using Mayfly.LocalCloud.Kubernetes.Network;
using Mayfly.LocalCloud.Operators;
using Mayfly.LocalCloud.Tests.Charts;

namespace Mayfly.LocalCloud.Tests.Operators;

/// <summary>A moto, a whole cluster, the operators' images, the charts to install them by, and the public side before it all.</summary>
public sealed partial class OperatorCloud : IAsyncDisposable
{
    public const string Cluster = "pr-42";
    public const string Zone = "jetscale.ai";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly List<IAsyncDisposable> _parts = [];
    private readonly CertificateAuthority _authority = CertificateAuthority.Create("public", TimeProvider.System);
    private readonly string _home = Directory.CreateTempSubdirectory("mayfly-operators-").FullName;
    private readonly StringWriter _diagnostics = new();
    private ClusterNetwork _network = null!;
    private WebFixture _web = null!;

    public AwsSession Session { get; private set; } = null!;

    public ClusterApi Api { get; private set; } = null!;

    public Mayfly.LocalCloud.Kubernetes.ClusterConnection Admin { get; private set; } = null!;

    public PublicEdge Edge { get; private set; } = null!;

    public DnsServer Dns { get; private set; } = null!;

    public string Vpc { get; private set; } = "";

    public AmazonElasticLoadBalancingV2Client Balancing => new(Session);

    public AmazonSecretsManagerClient Secrets => new(Session);

    public static async Task<OperatorCloud> StartAsync(CancellationToken ct, OperatorOptions? options = null)
    {
        var cloud = new OperatorCloud();
        try
        {
            await cloud.RunAsync(options, ct);
            return cloud;
        }
        catch
        {
            await cloud.DisposeAsync();
            throw;
        }
    }

    private async Task RunAsync(OperatorOptions? options, CancellationToken ct)
    {
        var moto = Keep(await Moto.StartAsync(ct: ct));
        Session = AwsSession.For(moto.Endpoint, "us-east-1", "AKIATEST", "secret");
        var context = new CloudContext(moto.Endpoint, "us-east-1", "123456789012", _authority, TimeProvider.System);
        await PlantAsync(ct);

        _network = new ClusterNetwork();
        var authority = CertificateAuthority.Create("cluster", TimeProvider.System);
        var server = Keep(await KubernetesApiServer.StartAsync(
            new KubernetesApiOptions { ClusterName = Cluster, Authority = authority, DialServiceAsync = DialAsync }, ct));
        var images = OperatorImages.AddTo(new ImageCatalog().AddSampleImages(), options);
        var controllers = Keep(await ClusterControllers.StartAsync(server.Admin, context, images, _network, new ControllerOptions { TimeScale = 0.05, Diagnostics = TextWriter.Synchronized(_diagnostics) }, ct));
        await controllers.Nodes.AddNodeAsync("node-1", new Dictionary<string, string>(), new NodeCapacity(), ct);
        Admin = server.Admin;
        Api = new ClusterApi(server.Admin, "operator-tests");

        var seen = new PublicSide(context, IPAddress.Loopback, TimeSpan.Zero);
        Edge = Keep(await PublicEdge.StartAsync(
            new EdgeOptions { InterfaceInterval = TimeSpan.FromMilliseconds(300), InterfaceRelease = TimeSpan.FromMilliseconds(300) },
            context,
            seen,
            _network.Find,
            ct));
        Dns = DnsServer.Start(new IPEndPoint(IPAddress.Loopback, 0), seen.ZonesAsync);
        _web = Keep(await WebFixture.StartAsync(endpoints => endpoints.MapCharts(new ChartRepository())));
        await File.WriteAllTextAsync(Path.Combine(_home, "kubeconfig"), Kubeconfig(server.Admin), ct);
    }

    /// <summary>Installs one of the charts as the reference stack does.</summary>
    public Task InstallAsync(string major, string repository, string chart, string version, string @namespace, string values, CancellationToken ct, bool wait = true)
    {
        var file = Path.Combine(_home, $"{chart}.yaml");
        File.WriteAllText(file, values);
        return HelmAsync(
            major,
            ct,
            ["install", chart, chart, "--repo", $"{_web.Address}charts/{repository}", "--version", version, "--namespace", @namespace, "--create-namespace",
                "--values", file, .. wait ? new[] { "--wait", "--timeout", "120s" } : []]);
    }

    public Task<string> HelmAsync(string major, CancellationToken ct, params string[] arguments) =>
        HelmTool.RunAsync(major, _home, [.. arguments, "--kubeconfig", Path.Combine(_home, "kubeconfig")], ct);

    public Task InstallBalancingAsync(string major, CancellationToken ct) => InstallAsync(
        major, "eks", "aws-load-balancer-controller", "1.16.0", "kube-system", $"{{ clusterName: {Cluster}, region: us-east-1, vpcId: {Vpc}, replicaCount: 1 }}", ct);

    public Task InstallSecretsAsync(string major, CancellationToken ct, bool wait = true) => InstallAsync(
        major,
        "external-secrets",
        "external-secrets",
        "1.1.0",
        "external-secrets",
        """
        installCRDs: true
        serviceAccount:
          annotations: { eks.amazonaws.com/role-arn: "arn:aws:iam::123456789012:role/external-secrets" }
        """,
        ct,
        wait);


    /// <summary>Looks until something is so, and fails with what was seen last.</summary>
    public async Task<T> EventuallyAsync<T>(Func<Task<T>> look, Func<T, bool> isSo, string what, CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (isSo(seen))
            {
                return seen;
            }

            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                var last = seen switch { null => "nothing", Exception failure => failure.Message, _ => KubernetesJson.Serialize(seen) };
                Assert.Fail($"It never came to be: {what}. Last seen: {last}\n{_diagnostics}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        }
    }

    /// <summary>The events about an object.</summary>
    public async Task<List<Corev1Event>> EventsAsync(string @namespace, string name, CancellationToken ct)
    {
        var list = await Api.SendAsync<Corev1EventList>(HttpMethod.Get, $"api/v1/namespaces/{@namespace}/events", null, null, ct);
        return [.. list.Items.Where(item => item.InvolvedObject.Name == name)];
    }

    /// <summary>A client that finds hosts through the cloud's DNS, as the world does, and trusts its authority.</summary>
    public HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { X509Certificate2.CreateFromPem(_authority.Pem) },
            },
        },
        ConnectCallback = async (connection, ct) =>
        {
            var resolver = new DnsClient.LookupClient(new DnsClient.LookupClientOptions(Dns.Endpoint) { UseCache = false });
            var answer = await resolver.QueryAsync(connection.DnsEndPoint.Host, DnsClient.QueryType.A, cancellationToken: ct);
            var address = answer.Answers.OfType<DnsClient.Protocol.ARecord>().First().Address;
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, connection.DnsEndPoint.Port == 443 ? Edge.Https.Port : Edge.Http.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    public async Task<List<NetworkInterface>> BalancerInterfacesAsync(CancellationToken ct)
    {
        using var ec2 = Session.CreateEc2();
        var all = (await ec2.DescribeNetworkInterfacesAsync(new DescribeNetworkInterfacesRequest(), ct)).NetworkInterfaces ?? [];
        return all.FindAll(item => item.Description?.StartsWith("ELB app/", StringComparison.Ordinal) is true);
    }

    public async Task<List<ResourceRecordSet>> RecordsAsync(CancellationToken ct)
    {
        var route53 = new AmazonRoute53Client(Session);
        var zone = (await route53.ListHostedZonesAsync(new ListHostedZonesRequest(), ct)).HostedZones[0];
        var records = (await route53.ListResourceRecordSetsAsync(new ListResourceRecordSetsRequest(zone.Id), ct)).ResourceRecordSets;
        return records.FindAll(record => record.Type is not ("NS" or "SOA"));
    }

    // A VPC with two public subnets, a zone, and a certificate for it: what the reference stack and a platform team have made before.
    private async Task PlantAsync(CancellationToken ct)
    {
        using var ec2 = Session.CreateEc2();
        Vpc = (await ec2.CreateVpcAsync(new CreateVpcRequest { CidrBlock = "10.42.0.0/16" }, ct)).Vpc.VpcId;
        foreach (var (zone, index) in new[] { "us-east-1a", "us-east-1b" }.Select((zone, index) => (zone, index)))
        {
            var subnet = await ec2.CreateSubnetAsync(
                new CreateSubnetRequest { VpcId = Vpc, AvailabilityZone = zone, CidrBlock = $"10.42.{index}.0/24" }, ct);
            await ec2.CreateTagsAsync(
                new CreateTagsRequest { Resources = [subnet.Subnet.SubnetId], Tags = [new Amazon.EC2.Model.Tag("kubernetes.io/role/elb", "1")] }, ct);
        }

        await new AmazonRoute53Client(Session).CreateHostedZoneAsync(new CreateHostedZoneRequest($"{Zone}.", "tests"), ct);
        using var certificate = _authority.Issue($"*.{Zone}", Zone);
        await new AmazonCertificateManagerClient(Session).ImportCertificateAsync(
            new ImportCertificateRequest
            {
                Certificate = System.Text.Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()),
                PrivateKey = System.Text.Encoding.ASCII.GetBytes(certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()),
                CertificateChain = System.Text.Encoding.ASCII.GetBytes(_authority.Pem),
            },
            ct);
    }

    private async ValueTask<Stream> DialAsync(ServiceTarget target, CancellationToken ct)
    {
        try
        {
            return await _network.DialAsync($"{target.Name}.{target.Namespace}.svc", target.Port, ct);
        }
        catch (ClusterDialException failure)
        {
            throw new ServiceUnreachableException(failure.Message);
        }
    }

    private static string Kubeconfig(Mayfly.LocalCloud.Kubernetes.ClusterConnection admin) => $$"""
        apiVersion: v1
        kind: Config
        current-context: local
        contexts: [{ name: local, context: { cluster: local, user: local } }]
        clusters:
        - name: local
          cluster:
            server: {{admin.Endpoint}}
            certificate-authority-data: {{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(admin.AuthorityPem))}}
        users: [{ name: local, user: { token: "{{admin.Token}}" } }]
        """;

    private T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }

    public async ValueTask DisposeAsync()
    {
        Dns?.Dispose();
        Api?.Dispose();
        for (var index = _parts.Count - 1; index >= 0; index--)
        {
            await _parts[index].DisposeAsync();
        }

        _authority.Dispose();
        Directory.Delete(_home, recursive: true);
    }
}
