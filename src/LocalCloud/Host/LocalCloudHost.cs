using System.Diagnostics;
using System.Net;
using System.Text;
using Mayfly.LocalCloud.Aws;
using Mayfly.LocalCloud.Charts;
using Mayfly.LocalCloud.Edge;
using Mayfly.LocalCloud.Edge.Dns;
using Mayfly.LocalCloud.Host.Clusters;
using Mayfly.LocalCloud.Kubernetes.Images;
using Mayfly.LocalCloud.Kubernetes.Network;

namespace Mayfly.LocalCloud.Host;

/// <summary>The whole local cloud in this process: AWS, clusters, DNS, the public edge, charts, images, and the control API.</summary>
public sealed class LocalCloudHost : IAsyncDisposable
{
    private readonly List<Func<ValueTask>> _ends = [];
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LocalCloudOptions _options;
    private readonly StateFolder _folder;
    private readonly Lock _kubeconfig = new();
    private readonly DateTimeOffset _started;
    private Seeds? _seeds;

    private LocalCloudHost(LocalCloudOptions options, StateFolder folder)
    {
        _options = options;
        _folder = folder;
        _started = options.Clock.GetUtcNow();
    }

    /// <summary>What it tells about itself.</summary>
    public CloudDescription Description { get; private set; } = null!;

    /// <summary>Its AWS.</summary>
    public LocalAws Aws { get; private set; } = null!;

    /// <summary>Its clusters.</summary>
    public ClusterFleet Clusters { get; } = new();

    /// <summary>Its image registry.</summary>
    public ImageRegistry Registry { get; private set; } = null!;

    /// <summary>The authority behind the public side.</summary>
    public CertificateAuthority Authority { get; private set; } = null!;

    /// <summary>Ends when somebody asks it over the control API to stop, or moto died.</summary>
    public Task StopRequested => _stopRequested.Task;

    /// <summary>Starts everything; when it returns, all of it answers and <c>cloud.json</c> is written.</summary>
    /// <exception cref="StateFolderHeldException">Another one lives in the folder.</exception>
    /// <exception cref="MotoException">moto is missing or does not start.</exception>
    public static async Task<LocalCloudHost> StartAsync(LocalCloudOptions options, CancellationToken ct = default)
    {
        var folder = StateFolder.Take(options.StateDirectory);
        var host = new LocalCloudHost(options, folder);
        host._ends.Add(() => Done(folder.Dispose));
        try
        {
            await host.StartAsync(ct);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>True when moto ended by itself: AWS is gone, and with it the cloud.</summary>
    public bool MotoEnded => Aws.Moto.Ended.IsCompleted;

    /// <summary>Makes <see cref="StopRequested"/> end.</summary>
    public void RequestStop() => _stopRequested.TrySetResult();

    /// <summary>Makes zones and buckets that are not there yet.</summary>
    public Task PlantAsync(IReadOnlyList<string> zones, IReadOnlyList<string> buckets, CancellationToken ct) =>
        _seeds!.PlantAsync(zones, buckets, ct);

    /// <summary>How it is.</summary>
    public CloudStatus Status()
    {
        using var self = Process.GetCurrentProcess();
        var clusters = Aws.Eks.Clusters.Select(cluster => new ClusterStatus(
            cluster.Name, cluster.Status, cluster.Endpoint, Clusters.Find(cluster.Name)?.NodeCount ?? 0,
            Clusters.Find(cluster.Name)?.Api.Requests.Writes ?? 0));
        return new CloudStatus(Environment.ProcessId, _started, self.WorkingSet64, Aws.Moto.ProcessId, Description.Aws, Description.Edge,
            Description.Dns, _seeds!.Zones, [.. clusters], Aws.Proxy.Faults.Rules.Count, Aws.Proxy.Log.Last);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // In the reverse order of the start, so that nothing loses what it stands on.
        for (var index = _ends.Count - 1; index >= 0; index--)
        {
            await _ends[index]();
        }

        _ends.Clear();
    }

    private async Task StartAsync(CancellationToken ct)
    {
        Authority = CertificateAuthority.LoadOrCreate(_folder.In("authority.p12"), "Mayfly local cloud", _options.Clock);
        _ends.Add(() => Done(Authority.Dispose));
        var authority = _folder.Write("authority.pem", Encoding.ASCII.GetBytes(Authority.Pem));
        var kubeconfig = WriteKubeconfig();
        var terraform = ProviderMirror.Write(_folder, _options.ProviderProgram ?? Path.Combine(AppContext.BaseDirectory, "mayfly-provider"));

        Aws = await LocalAws.StartAsync(
            new LocalAwsOptions
            {
                Backend = Clusters,
                Region = _options.Region,
                Port = Usual(4566),
                Moto = new MotoOptions { Account = _options.Account, Clock = _options.Clock },
                Eks = _options.Eks,
                Clock = _options.Clock,
            }, ct);
        _ends.Add(Aws.DisposeAsync);
        _ = Aws.Moto.Ended.ContinueWith(_ => RequestStop(), TaskScheduler.Default);
        var cloud = new CloudContext(Aws.Proxy.Endpoint, _options.Region, _options.Account, Authority, _options.Clock);
        _seeds = new Seeds(cloud.OpenSession("local-cloud", maxAttempts: 3), Authority);
        await _seeds.PlantAsync(_options.Zones, _options.Buckets, ct);

        var catalog = LocalImages.Catalog();
        Registry = new ImageRegistry(LocalImages.Store(), _options.Clock);
        Clusters.Open(new ClusterSurroundings(cloud, Aws, catalog, Registry, new AddressPool(), _options));
        Clusters.Changed += () => WriteKubeconfig();
        _ends.Add(Clusters.DisposeAsync);

        var (edge, dns) = await StartPublicSideAsync(cloud, ct);
        var content = await ContentServer.StartAsync(Usual(4571), Registry, ct);
        _ends.Add(content.DisposeAsync);
        var control = await ControlApi.StartAsync(Usual(4570), this, ct);
        _ends.Add(control.DisposeAsync);

        Description = new CloudDescription
        {
            Pid = Environment.ProcessId,
            Control = Text(control.Endpoint),
            Aws = Text(cloud.AwsEndpoint),
            Region = _options.Region,
            Account = _options.Account,
            Authority = authority,
            Dns = dns.ToString(),
            Edge = edge.ToString(),
            Charts = $"{Text(content.Endpoint)}/charts",
            Registry = content.Endpoint.Authority,
            TerraformCliConfig = terraform,
            Environment = CloudVariables.Create(cloud.AwsEndpoint, _options.Region, terraform, kubeconfig),
        };
        _folder.Write("cloud.json", Description.ToJson());
    }

    private async Task<(IPEndPoint Edge, IPEndPoint Dns)> StartPublicSideAsync(CloudContext cloud, CancellationToken ct)
    {
        var seen = new PublicSide(cloud, IPAddress.Loopback);
        _ends.Add(() => Done(seen.Dispose));
        Aws.Proxy.Log.Added += entry =>
        {
            if (entry.IsWrite && entry.Service is "route53" or "elasticloadbalancing" or "acm")
            {
                seen.Changed();
            }
        };

        var dns = DnsServer.Start(new IPEndPoint(IPAddress.Loopback, Usual(5353)), seen.ZonesAsync);
        _ends.Add(() => Done(dns.Dispose));
        var options = new EdgeOptions
        {
            Https = new IPEndPoint(IPAddress.Loopback, Usual(443, 8443)),
            Http = new IPEndPoint(IPAddress.Loopback, Usual(80, 8080)),

            // The proxy makes and takes them with the load balancer; nobody has to look again and again.
            InterfaceInterval = Timeout.InfiniteTimeSpan,
        };
        var edge = await PublicEdge.StartAsync(options, cloud, seen, Clusters.FindPod, ct);
        _ends.Add(edge.DisposeAsync);
        return (edge.Https, dns.Endpoint);
    }

    private string WriteKubeconfig()
    {
        // Two clusters may come at once; the last one to write must know both.
        lock (_kubeconfig)
        {
            return _folder.Write("kubeconfig", Kubeconfig.Write([.. Clusters.Clusters.Select(cluster => cluster.Api.Admin)]), isPrivate: true);
        }
    }

    private int Usual(params ReadOnlySpan<int> ports) => _options.UsualPorts ? LoopbackPorts.Choose(ports) : 0;

    private static string Text(Uri uri) => uri.AbsoluteUri.TrimEnd('/');

    private static ValueTask Done(Action end)
    {
        end();
        return ValueTask.CompletedTask;
    }
}
