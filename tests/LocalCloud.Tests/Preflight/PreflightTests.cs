using System.Text;
using System.Text.Json.Nodes;
using k8s.Models;
using Mayfly.Aws;
using Mayfly.Aws.SecretsManager.Model;
using Mayfly.Engine;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Clouds.Registry;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Secrets;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;
using Mayfly.LocalCloud.Kubernetes;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Operators.ExternalSecrets;
using Mayfly.LocalCloud.Tests.Operators;

namespace Mayfly.LocalCloud.Tests.Preflight;

/// <summary>The operator on a whole cluster, installed by the real helm, and a store of moto's.</summary>
public sealed class PreflightCloud : IAsyncLifetime
{
    public OperatorCloud Cloud { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        Cloud = await OperatorCloud.StartAsync(ct);
        await Cloud.InstallSecretsAsync("4", ct);
        await Cloud.Api.CreateAsync(OperatorTests.Store(), ct);
        await Cloud.EventuallyAsync(
            async () => (await Cloud.Api.FindAsync<ClusterSecretStore>(null, "aws-secrets-manager", ct))?.Status?.Conditions.Find(one => one.Type == "Ready"),
            condition => condition?.Status == "True", "the store is ready", ct);
    }

    public ValueTask DisposeAsync() => Cloud.DisposeAsync();

    internal sealed class Account(ClusterConnection admin) : IAwsAccount
    {
        public Task<string> AccountIdAsync(CancellationToken ct) => Task.FromResult("123456789012");

        public Task<AwsObservation<ClusterFacts>> ClusterAsync(string name, CancellationToken ct) =>
            Task.FromResult<AwsObservation<ClusterFacts>>(new AwsObservation<ClusterFacts>.Present(new ClusterFacts(
                name, "ACTIVE", admin.Endpoint.ToString(), Convert.ToBase64String(Encoding.ASCII.GetBytes(admin.AuthorityPem)), DateTimeOffset.UnixEpoch, name, null)));

        public Task<EksLogin> LoginAsync(string cluster, CancellationToken ct) => Task.FromResult(new EksLogin(admin.Token!, DateTimeOffset.MaxValue));
    }
}

/// <summary>What preflight finds and mends on the way from Secrets Manager to a Kubernetes secret.</summary>
public sealed class PreflightTests : IClassFixture<PreflightCloud>, IAsyncDisposable
{
    private static int _number = 500;

    private readonly OperatorCloud _cloud;
    private readonly int _pr = Interlocked.Increment(ref _number);
    private readonly string _folder = Directory.CreateTempSubdirectory("mayfly-preflight-").FullName;
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly HttpClient _http = new();
    private readonly List<IAsyncDisposable> _open = [];

    public PreflightTests(PreflightCloud cloud) => _cloud = cloud.Cloud;

    private string Env => $"pr-{_pr}";

    [Fact]
    public async Task A_secret_that_is_older_than_its_value_is_synced_and_then_nothing_is_done()
    {
        await SpaceAsync();
        await StoreValueAsync("db", """{"PASSWORD":"old-password"}""");
        await WishAsync("db");
        await UntilSyncedAsync("db");
        await _cloud.Secrets.PutSecretValueAsync(new PutSecretValueRequest { SecretId = $"{Env}/db", SecretString = """{"PASSWORD":"new-password"}""" }, _ct);
        var stage = Stage(Entry("db", "PASSWORD"));

        var first = await RunAsync(stage);
        var secret = await _cloud.Api.FindAsync<V1Secret>(Env, "db", _ct);
        var again = await RunAsync(stage);

        Assert.Equal("had the operator sync again", Assert.IsType<StageResult.Changed>(first).What);
        Assert.Equal("new-password", Encoding.UTF8.GetString(secret!.Data["PASSWORD"]));
        Assert.IsType<StageResult.Unchanged>(again);
    }

    [Fact]
    public async Task What_is_broken_is_one_table_that_says_where_and_what_to_do()
    {
        await SpaceAsync();
        await StoreValueAsync("db", """{"PASSWORD":"a-password"}""");
        await WishAsync("db", new ExternalSecretData { SecretKey = "OTHER", RemoteRef = new RemoteReference { Key = $"{Env}/db", Property = "PASSWORD" } });
        await UntilSyncedAsync("db");
        await WishAsync("never-made");
        await WishAsync("keyless", new ExternalSecretData { SecretKey = "A", RemoteRef = new RemoteReference { Key = $"{Env}/db", Property = "NO_SUCH_KEY" } });

        var failure = await FailsAsync(Stage(Entry("db", "PASSWORD")));

        Assert.Equal(3, failure.Evidence.Count);
        Assert.Contains(failure.Evidence, line => line.StartsWith("secret db, key PASSWORD (sync): ", StringComparison.Ordinal));
        Assert.Contains(failure.Evidence, line => line.StartsWith("ExternalSecret never-made (container): ", StringComparison.Ordinal));
        Assert.Contains(failure.Evidence, line => line.StartsWith("ExternalSecret keyless (value): ", StringComparison.Ordinal));
        Assert.Contains("mayfly secrets check", failure.Next);
        Assert.DoesNotContain(failure.Evidence, line => line.Contains("a-password", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_named_before_what_hangs_on_it()
    {
        await SpaceAsync();
        await WishAsync("db");

        var failure = await FailsAsync(Stage([], store: "no-such-store"));

        Assert.Equal("ClusterSecretStore no-such-store (access): is not there", Assert.Single(failure.Evidence));
    }

    [Fact]
    public async Task Webhooks_without_an_endpoint_stop_the_run()
    {
        await SpaceAsync();
        var webhook = (await _cloud.Api.FindAsync<V1Deployment>("external-secrets", "external-secrets-webhook", _ct))!;
        try
        {
            await ScaleAsync(webhook, 0, found => found?.Status?.Replicas is null or 0);

            var failure = await FailsAsync(Stage([]));

            Assert.Contains(failure.Evidence, line => line.Contains("external-secrets/external-secrets-webhook has no ready endpoint", StringComparison.Ordinal));
        }
        finally
        {
            await ScaleAsync(webhook, 1, found => found?.Status?.ReadyReplicas == 1);
        }
    }

    [Fact]
    public async Task A_pull_secret_that_is_no_JSON_is_a_row_of_its_own()
    {
        await SpaceAsync();
        await _cloud.Api.CreateAsync(
            new V1Secret
            {
                Metadata = new V1ObjectMeta { Name = $"{Env}-registry", NamespaceProperty = Env },
                Data = new Dictionary<string, byte[]> { [".dockerconfigjson"] = "hunter2-is-no-json"u8.ToArray() },
            },
            _ct);

        var broken = await FailsAsync(Stage([], registry: "{release}-registry"));
        var missing = await FailsAsync(Stage([], registry: "{release}-other"));

        Assert.Equal($"{Env}/{Env}-registry, key .dockerconfigjson (value): is no JSON", broken.Summary);
        Assert.Equal($"pull secret {Env}/{Env}-other: it is not there", missing.Summary);
    }

    private async Task SpaceAsync() => await _cloud.Api.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = Env } }, _ct);

    private Task StoreValueAsync(string name, string text) =>
        _cloud.Secrets.CreateSecretAsync(new CreateSecretRequest { Name = $"{Env}/{name}", SecretString = text }, _ct);

    private Task WishAsync(string name, ExternalSecretData? data = null) => _cloud.Api.CreateAsync(
        new ExternalSecret
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = Env },
            Spec = new ExternalSecretSpec
            {
                RefreshInterval = "1h",
                SecretStoreRef = new StoreReference { Kind = "ClusterSecretStore", Name = "aws-secrets-manager" },
                Data = data is null ? null : [data],
                DataFrom = data is null ? [new ExternalSecretDataFrom { Extract = new RemoteReference { Key = $"{Env}/{name}" } }] : null,
            },
        },
        _ct);

    private Task UntilSyncedAsync(string name) => _cloud.EventuallyAsync(
        async () => (await _cloud.Api.FindAsync<ExternalSecret>(Env, name, _ct))?.Status?.Conditions.Find(one => one.Type == "Ready"),
        condition => condition?.Status == "True", $"{name} is synced", _ct);

    private async Task ScaleAsync(V1Deployment deployment, int replicas, Func<V1Deployment?, bool> isSo)
    {
        await _cloud.Api.PatchAsync<V1Deployment>(deployment.Metadata, new { spec = new { replicas } }, PatchKind.Merge, _ct);
        await _cloud.EventuallyAsync(
            () => _cloud.Api.FindAsync<V1Deployment>("external-secrets", deployment.Metadata.Name, _ct), isSo, $"{replicas} replicas", _ct);
    }

    private static SecretSettings[] Entry(string name, params string[] keys) =>
        [new SecretSettings { Id = $"{{env_id}}/{name}", Kubernetes = name, Keys = [.. keys.Select(key => new SecretKeySettings { Name = key })] }];

    private Engine.Stages.Preflight Stage(SecretSettings[] secrets, string store = "aws-secrets-manager", string? registry = null)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "chart"));
        File.WriteAllText(Path.Combine(_folder, "chart", "Chart.yaml"), "apiVersion: v2\nname: app\nversion: 1.0.0\n");
        var configuration = new MayflyConfiguration
        {
            Project = "demo",
            Directory = _folder,
            Helm = new HelmSettings { Chart = "chart" },
            Secrets = secrets,
            Preflight = new PreflightSettings { SecretStore = store, RegistrySecret = registry, Timeout = TimeSpan.FromSeconds(secrets.Length > 0 && registry is null ? 8 : 2) },
        };
        var blueprint = new Blueprint(configuration, EnvironmentNames.Create(new PullRequest(_pr, "b", null), configuration));
        var account = new PreflightCloud.Account(_cloud.Admin);
        var objects = new DirectoryStore(Path.Combine(_folder, "state"), TimeProvider.System);
        var world = new World(
            TimeProvider.System, Path.Combine(_folder, "home"), ToolEnvironment.OfThisProcess(), new ToolRunner(TimeProvider.System), _cloud.Session, account, objects, null!);
        var door = new ClusterDoor(account, Env, Path.Combine(_folder, "kube"), TimeProvider.System);
        var lease = new RunLease(objects, "lease", new LeaseTerms("run", "up", Holder.ThisProcess(), TimeSpan.FromMinutes(1)), TimeProvider.System);
        _open.AddRange([door, lease]);
        var helms = new HelmFactory(world, blueprint, door, Path.Combine(_folder, "helm"));
        var pulls = new PullCheck(blueprint, new ReleasePackage(blueprint, Path.Combine(_folder, "helm")), helms, new RegistryClient(_http), _cloud.Session);
        var contract = new SecretContract(_cloud.Session.CreateSecretsManager(), blueprint, new Dictionary<string, string>(), new Redactor());
        return new Engine.Stages.Preflight(blueprint, door, contract, pulls, lease, TimeProvider.System);
    }

    private Task<StageResult> RunAsync(Engine.Stages.Preflight stage)
    {
        var identity = EnvironmentNames.Create(new PullRequest(_pr, "b", null), new MayflyConfiguration { Project = "demo" });
        return stage.RunAsync(new Run("run", identity, new RunFeed(TimeProvider.System)), _ct);
    }

    private async Task<Failure> FailsAsync(Engine.Stages.Preflight stage)
    {
        var result = await RunAsync(stage);
        return Assert.IsType<StageResult.Failed>(result).Failure;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in _open)
        {
            await one.DisposeAsync();
        }

        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
