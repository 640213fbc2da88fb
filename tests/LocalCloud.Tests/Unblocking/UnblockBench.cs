using Mayfly.Aws;
using Mayfly.Engine;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Secrets;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;
using Mayfly.Engine.Unblocking;
using Mayfly.LocalCloud.Tests.Charts;
using Mayfly.LocalCloud.Tests.Kubernetes;

namespace Mayfly.LocalCloud.Tests.Unblocking;

/// <summary>The engine's parts of one environment on a cluster of the tests, its store a folder.</summary>
public sealed class UnblockBench : IAsyncDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("mayfly-unblock-").FullName;
    private readonly Account _account;
    private readonly MayflyConfiguration _configuration;
    private readonly List<RunParts> _runs = [];

    public UnblockBench(WorkloadCluster cluster, TimeSpan? progress = null, string? helm = null)
    {
        _account = new Account(cluster);
        _configuration = new MayflyConfiguration
        {
            Project = "unblock",
            Directory = _home,
            State = new StateSettings { Path = "store" },
            Helm = new HelmSettings { Binary = helm ?? "helm" },
            Budget = new BudgetSettings { Progress = progress ?? TimeSpan.FromSeconds(2) },
        };
    }

    /// <summary>What the runs so far told.</summary>
    public List<RunEvent> Events { get; } = [];

    public IEnumerable<string> Remedies => Events.OfType<Remedied>().Select(remedy => $"{remedy.Target}: {remedy.What}");

    /// <summary>The notes beside the state.</summary>
    public string? Note => File.Exists(NotePath) ? File.ReadAllText(NotePath) : null;

    private string NotePath => Path.Combine(_home, "store", "mayfly", "unblock", "pr-42", "webhooks.json");

    /// <summary>Ends a run as a kill does: nothing is put back, no lease is returned.</summary>
    public async Task KillAsync(RunParts run)
    {
        _runs.Remove(run);
        await run.DisposeAsync();
    }

    /// <summary>Parts of a new run, whose process cannot be found.</summary>
    public RunParts Begin()
    {
        var identity = EnvironmentNames.Create(new PullRequest(42, "feature/login", null), _configuration);
        var world = World.Of(_configuration, new ToolEnvironment(new Dictionary<string, string> { ["MAYFLY_HOME"] = _home, ["HOME"] = _home, ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "" }), TimeProvider.System) with { Account = _account };
        var terms = new LeaseTerms(Guid.NewGuid().ToString("n"), "up", Holder.ThisProcess() with { Pid = int.MaxValue }, TimeSpan.FromMinutes(1));
        var parts = new RunParts(world, new Blueprint(_configuration, identity), new NoSecrets(), terms);
        _runs.Add(parts);
        return parts;
    }

    /// <summary>Runs the stage that unblocks.</summary>
    public Task<StageResult> UnblockAsync(RunParts parts, CancellationToken ct) =>
        RunAsync(new UnblockCluster(parts.Door, parts.Unblocking.Menders, parts.Plans), ct);

    /// <summary>Runs the stage that puts webhooks back.</summary>
    public Task<StageResult> RestoreAsync(RunParts parts, CancellationToken ct) =>
        RunAsync(new RestoreWebhooks(parts.Door, parts.Unblocking.Gate, parts.Unblocking.Webhooks, parts.Lease), ct);

    /// <summary>Looks on as a teardown does while terraform waits; what it found.</summary>
    public async Task<Failure?> WatchAsync(RunParts parts, CancellationToken ct)
    {
        var looking = new LookingOn(parts);
        await RunAsync(looking, ct);
        return looking.Found;
    }

    /// <summary>Runs a stage and keeps what it told.</summary>
    public async Task<StageResult> RunAsync(IStage stage, CancellationToken ct)
    {
        var feed = new RunFeed(TimeProvider.System, new Redactor());
        var reader = feed.Subscribe();
        var run = new Run("run", EnvironmentNames.Create(new PullRequest(42, "feature/login", null), _configuration), feed);
        var result = await stage.RunAsync(run, ct);
        feed.Complete();
        await foreach (var happened in reader.ReadAllAsync(ct))
        {
            Events.Add(happened);
        }

        return result;
    }

    /// <summary>Installs a chart of some manifests with the real helm; the release's name.</summary>
    public async Task<string> InstallAsync(WorkloadCluster cluster, string major, string @namespace, string manifests, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.Combine(_home, "chart", "templates"));
        await File.WriteAllTextAsync(Path.Combine(_home, "chart", "Chart.yaml"), "{ apiVersion: v2, name: check, version: 1.0.0 }", ct);
        await File.WriteAllTextAsync(Path.Combine(_home, "chart", "templates", "all.yaml"), manifests, ct);
        await File.WriteAllTextAsync(Path.Combine(_home, "kubeconfig"), $$"""
            apiVersion: v1
            kind: Config
            current-context: local
            contexts: [{ name: local, context: { cluster: local, user: local } }]
            clusters: [{ name: local, cluster: { server: "{{cluster.Server.Admin.Endpoint}}", certificate-authority-data: {{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(cluster.Server.Admin.AuthorityPem))}} } }]
            users: [{ name: local, user: { token: "{{cluster.Server.Admin.Token}}" } }]
            """, ct);
        await HelmTool.RunAsync(major, _home, ["install", "check", Path.Combine(_home, "chart"), "--namespace", @namespace, "--kubeconfig", Path.Combine(_home, "kubeconfig"), "--wait"], ct);
        return "check";
    }

    /// <summary>Upgrades it to the same chart.</summary>
    public Task UpgradeAsync(string major, string @namespace, CancellationToken ct) => HelmTool.RunAsync(
        major, _home, ["upgrade", "check", Path.Combine(_home, "chart"), "--namespace", @namespace, "--kubeconfig", Path.Combine(_home, "kubeconfig")], ct);

    public async ValueTask DisposeAsync()
    {
        foreach (var run in _runs)
        {
            await run.DisposeAsync();
        }

        Directory.Delete(_home, recursive: true);
    }

    private sealed class LookingOn(RunParts parts) : IStage
    {
        public string Name => "destroy:cluster";

        public Failure? Found { get; private set; }

        public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
        {
            Found = await parts.Unblocking.Watch.WatchAsync((await parts.Door.FindAsync(ct))!, new StageReporter(run, Name), ct);
            return new StageResult.Unchanged("looked on");
        }
    }

    private sealed class Account(WorkloadCluster cluster) : IAwsAccount
    {
        public Task<string> AccountIdAsync(CancellationToken ct) => Task.FromResult("123456789012");

        public Task<AwsObservation<ClusterFacts>> ClusterAsync(string name, CancellationToken ct) =>
            Task.FromResult<AwsObservation<ClusterFacts>>(new AwsObservation<ClusterFacts>.Present(new ClusterFacts(
                name, "ACTIVE", cluster.Server.Admin.Endpoint.ToString(),
                Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(cluster.Server.Admin.AuthorityPem)), null, "pr-42", null)));

        public Task<EksLogin> LoginAsync(string name, CancellationToken ct) => Task.FromResult(new EksLogin(cluster.Server.Admin.Token, DateTimeOffset.MaxValue));
    }

    private sealed class NoSecrets : ISecretContract
    {
        public Task<IReadOnlyList<SecretFinding>> CheckAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<SecretFinding>>([]);

        public IReadOnlyDictionary<string, DateTimeOffset> Written { get; } = new Dictionary<string, DateTimeOffset>();

        public Task<Outcome<string[]>> EnsureAsync(Func<CancellationToken, Task<Failure?>> beforeWrite, CancellationToken ct) =>
            Task.FromResult<Outcome<string[]>>(Array.Empty<string>());
    }
}
