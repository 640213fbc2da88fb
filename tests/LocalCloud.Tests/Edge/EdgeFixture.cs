using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Amazon.EC2.Model;
using Mayfly.Aws;
using Mayfly.Aws.CertificateManager;
using Mayfly.Aws.CertificateManager.Model;
using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.Aws.Route53;
using Mayfly.Aws.Route53.Model;
using Mayfly.LocalCloud.Aws;
using Mayfly.LocalCloud.Edge;
using Mayfly.LocalCloud.Edge.Dns;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Action = Mayfly.Aws.ElasticLoadBalancingV2.Model.Action;

namespace Mayfly.LocalCloud.Tests.Edge;

/// <summary>A moto, the public side before it, and pods behind it.</summary>
public sealed class EdgeFixture : IAsyncLifetime
{
    private readonly ConcurrentDictionary<(IPAddress, int), IPEndPoint> _pods = new();
    private readonly List<WebApplication> _servers = [];
    private readonly CertificateAuthority _authority = CertificateAuthority.Create("test authority", TimeProvider.System);
    private Moto _moto = null!;
    private PublicSide _public = null!;
    private int _nextPod;

    public AwsSession Session { get; private set; } = null!;

    public PublicEdge Edge { get; private set; } = null!;

    public DnsServer Dns { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _moto = await Moto.StartAsync();
        Session = AwsSession.For(_moto.Endpoint, "us-east-1", "AKIATEST", "secret");
        var cloud = new CloudContext(_moto.Endpoint, "us-east-1", "123456789012", _authority, TimeProvider.System);
        _public = new PublicSide(cloud, IPAddress.Loopback, TimeSpan.Zero);
        Edge = await PublicEdge.StartAsync(new EdgeOptions(), cloud, _public, (address, port) => _pods.GetValueOrDefault((address, port)), CancellationToken.None);
        Dns = DnsServer.Start(new IPEndPoint(IPAddress.Loopback, 0), _public.ZonesAsync);
    }

    /// <summary>A pod that answers.</summary>
    public async Task<TargetDescription> StartPodAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        server.UseWebSockets();
        server.Run(answer);
        await server.StartAsync();
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var pod = NewPod();
        lock (_servers)
        {
            _servers.Add(server);
        }

        _pods[(IPAddress.Parse(pod.Id), pod.Port!.Value)] = new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
        return pod;
    }

    /// <summary>A pod's address at which nothing listens.</summary>
    public TargetDescription NewPod() => new($"10.0.1.{Interlocked.Increment(ref _nextPod)}", 8080);

    /// <summary>A load balancer with HTTPS for some certificates' names; what is forwarded goes to the pods.</summary>
    public async Task<(LoadBalancer Balancer, string Listener, string Group)> CreateBalancerAsync(
        string name, string[] certificates, params TargetDescription[] pods)
    {
        var balancing = new AmazonElasticLoadBalancingV2Client(Session);
        var acm = new AmazonCertificateManagerClient(Session);
        var subnets = (await Session.CreateEc2().DescribeSubnetsAsync(new DescribeSubnetsRequest())).Subnets;
        var balancer = (await balancing.CreateLoadBalancerAsync(new CreateLoadBalancerRequest
        {
            Name = name,
            Subnets = [.. subnets.Take(2).Select(subnet => subnet.SubnetId)],
        })).LoadBalancers[0];
        var group = (await balancing.CreateTargetGroupAsync(new CreateTargetGroupRequest
        {
            Name = name,
            Protocol = "HTTP",
            Port = 8080,
            TargetType = "ip",
            VpcId = subnets[0].VpcId,
        })).TargetGroups[0].TargetGroupArn;
        if (pods.Length > 0)
        {
            await balancing.RegisterTargetsAsync(new RegisterTargetsRequest(group, [.. pods]));
        }

        var arns = new List<string>();
        foreach (var certificate in certificates)
        {
            arns.Add((await acm.RequestCertificateAsync(new RequestCertificateRequest(certificate))).CertificateArn!);
        }

        var listener = (await balancing.CreateListenerAsync(new CreateListenerRequest
        {
            LoadBalancerArn = balancer.LoadBalancerArn,
            Port = 443,
            Protocol = "HTTPS",
            CertificateArns = [arns[0]],
            DefaultActions = [new Action { Type = "fixed-response", FixedResponseConfig = new("404", "text/plain", "") }],
        })).Listeners[0].ListenerArn;
        if (arns.Count > 1)
        {
            await balancing.AddListenerCertificatesAsync(new AddListenerCertificatesRequest(listener, arns[1..]));
        }

        return (balancer, listener, group);
    }

    public Task AddRuleAsync(string listener, int priority, string host, string path, Action action) =>
        new AmazonElasticLoadBalancingV2Client(Session).CreateRuleAsync(new CreateRuleRequest
        {
            ListenerArn = listener,
            Priority = priority,
            Conditions = [new RuleCondition("host-header", [host]), new RuleCondition("path-pattern", [path])],
            Actions = [action],
        });

    /// <summary>Writes a record into a zone, which is made when it is not there.</summary>
    public async Task WriteRecordAsync(string zone, ResourceRecordSet set)
    {
        var route53 = new AmazonRoute53Client(Session);
        var zones = await route53.ListHostedZonesAsync(new ListHostedZonesRequest());
        var id = zones.HostedZones.Find(hosted => hosted.Name == zone + ".")?.Id
            ?? (await route53.CreateHostedZoneAsync(new CreateHostedZoneRequest(zone, Guid.NewGuid().ToString()))).HostedZone.Id;
        await route53.ChangeResourceRecordSetsAsync(new ChangeResourceRecordSetsRequest(id, new ChangeBatch([new Change("UPSERT", set)])));
    }

    /// <summary>A client that trusts the cloud's authority and finds every host at the edge.</summary>
    public HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        SslOptions = TrustingTheAuthority(),
        ConnectCallback = async (context, ct) =>
        {
            var endpoint = context.DnsEndPoint.Port == 443 ? Edge.Https : Edge.Http;
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            await socket.ConnectAsync(endpoint, ct);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        },
    });

    public SslClientAuthenticationOptions TrustingTheAuthority() => new()
    {
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { X509Certificate2.CreateFromPem(_authority.Pem) },
        },
    };

    public async ValueTask DisposeAsync()
    {
        Dns.Dispose();
        await Edge.DisposeAsync();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _public.Dispose();
        _authority.Dispose();
        await _moto.DisposeAsync();
    }
}
