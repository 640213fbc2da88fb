using k8s;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes;
using Mayfly.LocalCloud.Kubernetes.Api;
using Mayfly.LocalCloud.Kubernetes.Controllers;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;
using Mayfly.LocalCloud.Kubernetes.Images;
using Mayfly.LocalCloud.Kubernetes.Network;

namespace Mayfly.LocalCloud.Tests.Kubernetes;

/// <summary>A whole cluster: the project's API server, its controllers, two nodes; the kubelet's waits a fiftieth of the real ones.</summary>
public sealed class WorkloadCluster : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly StringWriter _diagnostics = new();
    private readonly TimeProvider _clock;
    private readonly int _nodes;
    private CertificateAuthority? _authority;
    private KubernetesApiServer? _server;
    private ClusterControllers? _controllers;
    private Informers? _informers;
    private int _namespaces;

    public WorkloadCluster()
        : this(TimeProvider.System, 2)
    {
    }

    internal WorkloadCluster(TimeProvider clock, int nodes)
    {
        _clock = clock;
        _nodes = nodes;
    }

    public ClusterNetwork Network { get; } = new();

    public ClusterControllers Controllers => _controllers!;

    public KubernetesApiServer Server => _server!;

    internal ClusterApi Api { get; private set; } = null!;

    /// <summary>What the registry says to a pull; tests change it.</summary>
    public Func<string, IReadOnlyList<PullCredential>, PullResult> Registry { get; set; } = (_, _) => new PullResult.Pulled();

    /// <summary>What goes wrong with requests.</summary>
    internal Func<ApiRequestInfo, ApiFault?> Fault { get; set; } = _ => null;

    internal bool ServeKubelets { get; init; }

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        _authority = CertificateAuthority.Create("workloads", _clock);
        _server = await KubernetesApiServer.StartAsync(
            new KubernetesApiOptions { ClusterName = "workloads", Authority = _authority, Clock = _clock, Fault = request => Fault(request) }, ct);
        await StartControllersAsync(ct);
        Api = new ClusterApi(_server.Admin, "tests");
        _informers = new Informers(Api, TimeProvider.System);
    }

    /// <summary>Stops the controllers and starts them anew, as when their process was killed; the nodes stay.</summary>
    internal async Task RestartControllersAsync(CancellationToken ct)
    {
        await _controllers!.DisposeAsync();
        await StartControllersAsync(ct);
    }

    private async Task StartControllersAsync(CancellationToken ct)
    {
        var cloud = new CloudContext(new Uri("http://127.0.0.1:9"), "us-east-1", "123456789012", _authority!, _clock);
        _controllers = await ClusterControllers.StartAsync(
            _server!.Admin,
            cloud,
            new ImageCatalog().AddSampleImages(),
            Network,
            new ControllerOptions
            {
                TimeScale = 0.02,
                ServeKubelets = ServeKubelets,
                Diagnostics = TextWriter.Synchronized(_diagnostics),
                Puller = (image, credentials, _) => Task.FromResult(Registry(image, credentials)),
            },
            ct);
        for (var node = 1; node <= _nodes; node++)
        {
            await _controllers.Nodes.AddNodeAsync($"node-{node}", new Dictionary<string, string> { ["pool"] = "main" }, new NodeCapacity(Pods: 100), ct);
        }
    }

    /// <summary>A new namespace with its service account.</summary>
    public async Task<string> NamespaceAsync(CancellationToken ct)
    {
        var name = $"test-{Interlocked.Increment(ref _namespaces)}";
        await Api.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name } }, ct);
        await UntilAsync<V1ServiceAccount>(name, "default", account => account is not null, ct);
        return name;
    }

    /// <summary>Creates objects from YAML.</summary>
    public async Task ApplyAsync(string @namespace, string yaml, CancellationToken ct)
    {
        foreach (var item in KubernetesYaml.LoadAllFromString(yaml).Cast<IKubernetesObject<V1ObjectMeta>>())
        {
            item.Metadata.NamespaceProperty = item is V1StorageClass or V1CustomResourceDefinition ? null : @namespace;
            var create = typeof(ClusterApi).GetMethod(nameof(ClusterApi.CreateAsync))!.MakeGenericMethod(item.GetType());
            await (Task)create.Invoke(Api, [item, ct])!;
        }
    }

    /// <summary>Waits for an object to be as wanted, by watching it; the value is what it was then.</summary>
    public async Task<T> UntilAsync<T>(string? @namespace, string name, Func<T?, bool> wanted, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var key = @namespace is null ? name : $"{@namespace}/{name}";
        return (await UntilAsync<T>(all => wanted(all.Find(item => ObjectStore<T>.KeyOf(item.Metadata) == key)), key, ct))
            .Find(item => ObjectStore<T>.KeyOf(item.Metadata) == key)!;
    }

    /// <summary>Waits until the objects of a namespace are as wanted.</summary>
    public async Task<List<T>> UntilAllAsync<T>(string @namespace, Func<List<T>, bool> wanted, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        List<T> In(List<T> all) => all.FindAll(item => item.Metadata.NamespaceProperty == @namespace);
        return In(await UntilAsync<T>(all => wanted(In(all)), @namespace, ct));
    }

    /// <summary>Waits until the objects of any kind are as wanted.</summary>
    public Task UntilMetadataAsync(ResourcePath path, Func<List<MetadataOnly>, bool> wanted, CancellationToken ct) =>
        UntilAsync(_informers!.ForMetadata(path), wanted, "", ct);

    private Task<List<T>> UntilAsync<T>(Func<List<T>, bool> wanted, string about, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta> => UntilAsync(_informers!.For<T>(), wanted, about, ct);

    private async Task<List<T>> UntilAsync<T>(Informer<T> informer, Func<List<T>, bool> wanted, string about, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        await informer.Synced.WaitAsync(ct);
        var reached = new TaskCompletionSource<List<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            var all = informer.Store.List();
            if (wanted(all))
            {
                reached.TrySetResult(all);
            }
        }

        informer.OnChange((_, _) => Look());
        Look();
        try
        {
            return await reached.Task.WaitAsync(Patience, ct);
        }
        catch (TimeoutException)
        {
            var space = about.Split('/')[0];
            var last = string.Join('\n', informer.Store.List().Where(item => space.Length == 0 || item.Metadata.NamespaceProperty == space || item.Metadata.Name == space).Select(item => KubernetesJson.Serialize(item)));
            var live = await Api.SendAsync<ObjectList<V1Pod>>(HttpMethod.Get, ResourcePath.Of<V1Pod>().Path(space), null, null, ct);
            var pods = string.Join('\n', live.Items.Select(pod => $"{pod.Metadata.Name} on {pod.Spec.NodeName}: {KubernetesJson.Serialize(pod.Status)}"));
            Assert.Fail($"{typeof(T).Name} {about} did not get there; the last was\n{last}\npods:\n{pods}\ndiagnostics:\n{_diagnostics}");
            throw;
        }
    }

    /// <summary>Calls a handler at each change of a kind.</summary>
    public void Watch<T>(Action<T?, T?> handler)
        where T : class, IKubernetesObject<V1ObjectMeta> => _informers!.For<T>().OnChange(handler);

    /// <summary>What is known of a kind in a namespace now.</summary>
    public List<T> Known<T>(string @namespace)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        _informers!.For<T>().Store.List().FindAll(item => item.Metadata.NamespaceProperty == @namespace);

    /// <summary>Waits until an address in the cluster answers with a text; a service follows its pods a moment later.</summary>
    public async Task UntilServedAsync(string url, string text, CancellationToken ct)
    {
        using var client = Network.CreateHttpClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        var last = "";
        while (!last.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(limit.IsCancellationRequested, $"{url} does not answer with {text}, but with {last}");
            try
            {
                using var answer = await client.GetAsync(url, limit.Token);
                last = $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(limit.Token)}";
            }
            catch (HttpRequestException failure)
            {
                last = failure.GetBaseException().Message;
            }

            await Task.Delay(10, CancellationToken.None);
        }
    }

    /// <summary>Waits for an event about an object.</summary>
    public async Task<Corev1Event> EventAsync(string @namespace, string reason, string message, CancellationToken ct)
    {
        bool Fits(Corev1Event told) => told.Reason == reason && told.Message.Contains(message, StringComparison.Ordinal);
        return (await UntilAllAsync<Corev1Event>(@namespace, all => all.Exists(Fits), ct)).First(Fits);
    }

    public async ValueTask DisposeAsync()
    {
        if (_informers is not null)
        {
            await _informers.DisposeAsync();
        }

        Api?.Dispose();
        if (_controllers is not null)
        {
            await _controllers.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _authority?.Dispose();
    }
}
