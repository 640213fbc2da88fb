using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>The real kube-apiserver and etcd, where their binaries are at hand, in the place of the project's own server.</summary>
public sealed class RealApiServer : IKubernetesApi
{
    /// <summary>Names the folder with kube-apiserver and etcd; envtest's convention.</summary>
    public const string AssetsVariable = "KUBEBUILDER_ASSETS";

    // Cold, on a small machine, kube-apiserver takes some ten seconds.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly List<IAsyncDisposable> _parts = [];
    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
    private readonly string _folder;
    private FrontProxy _front = null!;

    private RealApiServer(KubernetesApiOptions options)
    {
        AuthorityPem = options.Authority.Pem;
        _folder = Path.Combine(Path.GetTempPath(),
            "mayfly-kube-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)));
    }

    /// <inheritdoc />
    public Uri Endpoint => _front.Endpoint;

    /// <inheritdoc />
    public string AuthorityPem { get; }

    /// <inheritdoc />
    public ClusterConnection Admin { get; private set; } = null!;

    /// <inheritdoc />
    public RequestLog Requests { get; } = new();

    /// <inheritdoc />
    public PodLogProvider? PodLogs
    {
        get => _front.PodLogs;
        set => _front.PodLogs = value;
    }

    /// <summary>The folder that has both binaries; null: use the project's own server.</summary>
    public static string? FindAssets(string? folder) =>
        !string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, "kube-apiserver"))
            && File.Exists(Path.Combine(folder, "etcd")) ? folder : null;

    /// <summary>Starts both; the API answers when this returns.</summary>
    public static async Task<RealApiServer> StartAsync(KubernetesApiOptions options, string assets,
        CancellationToken ct)
    {
        var server = new RealApiServer(options);
        try
        {
            await server.RunAsync(options, assets, ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // The last started goes first: the server before its store.
        foreach (var part in Enumerable.Reverse(_parts))
        {
            await part.DisposeAsync();
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task RunAsync(KubernetesApiOptions options, string assets, CancellationToken ct)
    {
        var (etcdPort, peerPort, port) = (FreePort(), FreePort(), FreePort());
        var upstream = new Uri($"https://127.0.0.1:{port}");
        var client = new HttpClient(ClusterTrust.Handler(options.Authority.Pem)) { BaseAddress = upstream };
        _parts.Add(new Owned(client));
        var addresses = new ClusterAddresses(client, _token);
        var webhook = await TokenWebhook.StartAsync(options.AuthenticateAsync, ct);
        _parts.Add(webhook);
        var files = new RealServerFiles(_folder);
        files.CreateFolder();
        var egress = EgressProxy.Start(files.EgressSocket, async (host, number, token) =>
            await options.DialServiceAsync(await addresses.FindAsync(host, number, token), token));
        _parts.Add(egress);
        await files.WriteAsync(options, _token, webhook.Address, ct);

        var etcd = ServerProcess.Start(Path.Combine(assets, "etcd"),
            RealServerArguments.Etcd(files, etcdPort, peerPort));
        _parts.Add(etcd);
        using var plain = new HttpClient();
        await ReadyAsync(etcd, plain, new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{etcdPort}/health"),
            options.Clock, ct);
        var api = ServerProcess.Start(Path.Combine(assets, "kube-apiserver"),
            RealServerArguments.Server(options, files, etcdPort, port));
        _parts.Add(api);
        await ReadyAsync(api, client, Authorized(HttpMethod.Get, new Uri(upstream, "/readyz")), options.Clock, ct);

        _front = await FrontProxy.StartAsync(options, upstream, Requests, ct);
        _parts.Add(_front);
        Admin = new ClusterConnection(options.ClusterName, _front.Endpoint, AuthorityPem, _token);
    }

    private HttpRequestMessage Authorized(HttpMethod method, Uri address)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        return request;
    }

    private static async Task ReadyAsync(ServerProcess process, HttpClient client, HttpRequestMessage ask,
        TimeProvider clock, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StartLimit);
        while (true)
        {
            if (process.Ended is { } code)
            {
                throw new InvalidOperationException($"{process.Name} ended with exit code {code}: {process.LastLines}");
            }

            try
            {
                using var again = new HttpRequestMessage(ask.Method, ask.RequestUri);
                again.Headers.Authorization = ask.Headers.Authorization;
                using var response = await client.SendAsync(again, limit.Token);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new TimeoutException(
                    $"{process.Name} is not ready after {StartLimit.TotalSeconds} seconds: {process.LastLines}");
            }

            await Task.Delay(Pause, clock, ct);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Owned(IDisposable thing) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            thing.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
