using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Engine;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;
using Mayfly.LocalCloud.Kubernetes.Api;

namespace Mayfly.LocalCloud.Tests.Deployment;

/// <summary>One environment's chart and the stage that deploys it with a real helm; and helm by hand, to leave things half done.</summary>
public sealed class DeployRig : IAsyncDisposable
{
    private readonly DeployCluster _cluster;
    private readonly string _folder = Directory.CreateTempSubdirectory("mayfly-deploy-").FullName;
    private readonly string _binary;
    private readonly HttpClient _http;

    // What hangs fails its test, and no other.
    private readonly CancellationTokenSource _limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private readonly Run _run;
    private readonly RunFeed _feed = new(TimeProvider.System);
    private readonly System.Threading.Channels.ChannelReader<RunEvent> _events;
    private readonly ClusterDoor _door;
    private readonly RunLease _lease;
    private readonly DeployRelease _stage;

    internal DeployRig(DeployCluster cluster, string major, int number, bool allowDataLoss, TimeSpan timeout)
    {
        (_cluster, Number) = (cluster, number);
        _limit.CancelAfter(TimeSpan.FromSeconds(90));
        _binary = Tool(major);
        Directory.CreateDirectory(Path.Combine(_folder, "chart", "templates"));
        File.WriteAllText(Path.Combine(_folder, "chart", "Chart.yaml"), "apiVersion: v2\nname: app\nversion: 1.0.0\n");
        var configuration = new MayflyConfiguration
        {
            Project = "demo",
            Directory = _folder,
            Helm = new HelmSettings { Binary = _binary, Chart = "chart", Timeout = timeout, AllowDataLoss = allowDataLoss },
        };
        var blueprint = new Blueprint(configuration, EnvironmentNames.Create(new PullRequest(number, "b", null), configuration));
        Name = blueprint.Release;
        var account = new DeployCluster.Account(cluster.Workloads);
        var store = new DirectoryStore(Path.Combine(_folder, "state"), TimeProvider.System);
        var world = new World(
            TimeProvider.System, Path.Combine(_folder, "home"), ToolEnvironment.OfThisProcess(), new ToolRunner(TimeProvider.System),
            AwsSession.For(new Uri("http://127.0.0.1:9"), "us-east-1", "key", "secret"), account, store, null!);
        _door = new ClusterDoor(account, "shared", Path.Combine(_folder, "kube"), TimeProvider.System);
        _lease = new RunLease(store, "lease", new LeaseTerms("run", "up", Holder.ThisProcess(), TimeSpan.FromMinutes(1)), TimeProvider.System);
        _stage = new DeployRelease(
            blueprint, _door, new ReleasePackage(blueprint, Path.Combine(_folder, "helm")), new HelmFactory(world, blueprint, _door, Path.Combine(_folder, "helm")),
            _lease, TimeProvider.System);
        _events = _feed.Subscribe();
        _run = new Run("run", blueprint.Environment, _feed);
        _http = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } })
        {
            BaseAddress = cluster.Workloads.Server.Endpoint,
        };
        _http.DefaultRequestHeaders.Authorization = new("Bearer", cluster.Workloads.Server.Admin.Token);
        File.WriteAllText(Kubeconfig, $$"""
            apiVersion: v1
            kind: Config
            current-context: c
            clusters: [{ name: c, cluster: { server: "{{cluster.Workloads.Server.Endpoint}}", certificate-authority-data: "{{Convert.ToBase64String(Encoding.ASCII.GetBytes(cluster.Workloads.Server.AuthorityPem))}}" } }]
            users: [{ name: u, user: { token: "{{cluster.Workloads.Server.Admin.Token}}" } }]
            contexts: [{ name: c, context: { cluster: c, user: u } }]
            """);
    }

    /// <summary>The pull request.</summary>
    public int Number { get; }

    /// <summary>Name of the release and of its namespace.</summary>
    public string Name { get; }

    /// <summary>What the last run of the stage reported, as text.</summary>
    public string Story { get; private set; } = "";

    public string Chart => Path.Combine(_folder, "chart");

    private string Kubeconfig => Path.Combine(_folder, "kubeconfig");

    private CancellationToken Ct => _limit.Token;

    /// <summary>Writes the chart's one template.</summary>
    public DeployRig Template(string yaml)
    {
        File.WriteAllText(Path.Combine(Chart, "templates", "all.yaml"), yaml);
        return this;
    }

    /// <summary>Writes a file of the chart.</summary>
    public DeployRig ChartFile(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Chart, path))!);
        File.WriteAllText(Path.Combine(Chart, path), text);
        return this;
    }

    /// <summary>Runs the stage once.</summary>
    public async Task<StageResult> DeployAsync()
    {
        var result = await _stage.RunAsync(_run, Ct);
        var story = new StringBuilder();
        while (_events.TryRead(out var happened))
        {
            story.Append(happened switch
            {
                Noticed noticed => $"notice: {noticed.Message}\n",
                ToolLine line => $"{line.Tool}: {line.Line}\n",
                _ => "",
            });
        }

        Story = story.ToString();
        return result;
    }

    /// <summary>Runs the stage and expects that it deployed; once more, it has nothing to do.</summary>
    public async Task HealsAsync()
    {
        var result = await DeployAsync();
        Assert.True(result is StageResult.Changed, Describe(result));
        var story = Story;
        var again = await DeployAsync();
        Assert.True(again is StageResult.Unchanged, Describe(again));
        Story = story;
    }

    /// <summary>Runs the stage and expects a failure.</summary>
    public async Task<Engine.Failures.Failure> FailsAsync()
    {
        var result = await DeployAsync();
        return Assert.IsType<StageResult.Failed>(result, exactMatch: true).Failure;
    }

    public string Describe(StageResult result) =>
        $"{(result is StageResult.Failed failed ? $"{failed.Failure.Rule}: {failed.Failure.Summary}\n{string.Join('\n', failed.Failure.Evidence)}" : result.ToString())}\n{Story}";

    /// <summary>Runs helm by hand; whether it succeeds is its own business.</summary>
    public async Task<string> HelmAsync(params string[] arguments)
    {
        using var helm = Start(arguments);
        var said = await helm.StandardError.ReadToEndAsync(Ct);
        await helm.WaitForExitAsync(Ct);
        return said;
    }

    /// <summary>Runs helm by hand and kills it, as when a machine dies, once the release has a status.</summary>
    public async Task KillHelmAsync(string status, params string[] arguments)
    {
        using var helm = Start(arguments);
        var said = helm.StandardError.ReadToEndAsync(Ct);
        while (await StatusAsync() != status)
        {
            Assert.False(helm.HasExited, $"helm {string.Join(' ', arguments)} ended: {(helm.HasExited ? await said : "")}");
            await Task.Delay(20, Ct);
        }

        helm.Kill(entireProcessTree: true);
        await helm.WaitForExitAsync(Ct);
        Assert.Equal(status, await StatusAsync());
    }

    /// <summary>The newest revision's status; null when there is no release.</summary>
    public async Task<string?> StatusAsync()
    {
        var list = await GetAsync($"api/v1/namespaces/{Name}/secrets?labelSelector=owner%3Dhelm,name%3D{Name}");
        return (list?["items"] as JsonArray ?? []).Select(item => item!["metadata"]!["labels"]!)
            .OrderByDescending(labels => int.Parse((string)labels["version"]!, System.Globalization.CultureInfo.InvariantCulture))
            .Select(labels => (string?)labels["status"]).FirstOrDefault();
    }

    /// <summary>An object of the environment's namespace by its path there, <c>apis/apps/v1 deployments web</c>; null when it is not there.</summary>
    public Task<JsonNode?> FindAsync(string api, string plural, string name) => GetAsync($"{api}/namespaces/{Name}/{plural}/{name}");

    /// <summary>What the API has at a path; null when it has nothing.</summary>
    public async Task<JsonNode?> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(path, Ct);
        if (answer.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }

        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text);
    }

    /// <summary>Sends something to the API as somebody else would.</summary>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, string body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, type) };
        using var answer = await _http.SendAsync(request, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Makes an object from YAML in the environment's namespace, which is made too.</summary>
    public async Task CreateAsync(string yaml)
    {
        await NamespaceAsync();
        await _cluster.Workloads.ApplyAsync(Name, yaml, Ct);
    }

    public async Task NamespaceAsync()
    {
        if (await GetAsync($"api/v1/namespaces/{Name}") is null)
        {
            await SendAsync(HttpMethod.Post, "api/v1/namespaces", "{\"metadata\":{\"name\":\"" + Name + "\"}}");
            await _cluster.Workloads.UntilAsync<k8s.Models.V1ServiceAccount>(Name, "default", account => account is not null, Ct);
        }
    }

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo(_binary, [.. arguments, "--kubeconfig", Kubeconfig])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        if (!arguments.Contains("--namespace"))
        {
            start.ArgumentList.Add("--namespace");
            start.ArgumentList.Add(Name);
        }

        var helm = Process.Start(start)!;
        helm.OutputDataReceived += (_, _) => { };
        helm.BeginOutputReadLine();
        return helm;
    }

    private static string Tool(string major) =>
        Environment.GetEnvironmentVariable($"MAYFLY_HELM{major}")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".mayfly", "tools", $"helm-{major}", "helm");

    public async ValueTask DisposeAsync()
    {
        await _lease.DisposeAsync();
        await _door.DisposeAsync();
        _http.Dispose();
        _limit.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
