using System.Text;
using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Engine;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Events;
using Mayfly.Engine.Tools;
using Mayfly.LocalCloud.Kubernetes.Api;
using Mayfly.LocalCloud.Tests.Kubernetes.Api;

namespace Mayfly.LocalCloud.Tests.Pruning;

/// <summary>What prune writes: everything at once, after a backup, and nothing on a doubt. On the real terraform and a real API.</summary>
public sealed class PruneStageTests : IClassFixture<ApiFixture>, IDisposable
{
    private readonly ApiFixture _api;
    private readonly PruneRig _rig = new();

    public PruneStageTests(ApiFixture api) => _api = api;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _api.Fault = _ => null;
        _rig.Dispose();
    }

    [Fact]
    public async Task Everything_of_a_cluster_that_is_gone_leaves_the_state_in_one_write_after_a_backup()
    {
        _rig.LayState([.. InCluster("pr-42", 300), ("aws_sqs_queue", "a", new JsonObject { ["name"] = "pr-42" })]);
        var before = TerraformState.Read(_rig.State);

        var end = await _rig.PruneAsync(new Account(new AwsObservation<ClusterFacts>.NotFound()), Ct);

        Assert.Equal(Ending.Holds, end.Ending);
        Assert.Equal(600, _rig.Events.OfType<Pruned>().Count());
        Assert.All(_rig.Events.OfType<Pruned>(), pruned => Assert.Equal("its cluster does not exist", pruned.Why));
        AssertWritten(before, ["aws_sqs_queue.this[\"a\"]"]);
    }

    [Fact]
    public async Task What_lay_in_namespaces_that_are_gone_leaves_the_state_in_one_write_and_the_rest_stays()
    {
        var kept = await _api.NamespaceAsync();
        _rig.LayState([.. InCluster(kept, 5), .. Enumerable.Range(0, 40).SelectMany(i => InCluster($"{kept}-gone-{i}", 2))]);
        var before = TerraformState.Read(_rig.State);

        var end = await _rig.PruneAsync(Alive(), Ct);

        Assert.Equal(Ending.Holds, end.Ending);
        Assert.Equal(160, _rig.Events.OfType<Pruned>().Count());
        Assert.All(_rig.Events.OfType<Pruned>(), pruned => Assert.Contains("-gone-", pruned.Why));
        AssertWritten(before, [.. before.Managed.Select(one => one.Address).Where(address => !address.Contains("-gone-"))]);
    }

    // Kubernetes has no namespace that is called so, so all of them are gone; none of it may lead anywhere else, in a path, an argument, a state.
    [Fact]
    public async Task Whatever_keys_and_namespaces_are_called_just_what_is_gone_leaves_the_state()
    {
        const string Alphabet = "ab\"\\$%{}()`'\n\t:#&*!|<>[]. -é/?;=,~\u0001";
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var chance = new Random(seed);
        var kept = await _api.NamespaceAsync();
        string Name() => new([.. Enumerable.Range(0, chance.Next(1, 24)).Select(_ => Alphabet[chance.Next(Alphabet.Length)])]);
        string[] gone =
        [
            .. new[] { "${path.module}", "$(touch pwned)", "a\"]${x}", "a: b", "../secrets", $"../{kept}", $"{kept}/secrets", $"{kept}?x=y", $"{kept}#x", $"{kept}%2F..", "--help", "{{ .Values }}" },
            .. Enumerable.Range(0, 40).Select(_ => Name()).Where(name => name.Trim('.').Length > 0),
        ];
        _rig.LayState([.. InCluster(kept, 2), .. gone.Distinct(StringComparer.Ordinal).SelectMany(name => InCluster(name, 1))]);
        var before = TerraformState.Read(_rig.State);

        var end = await _rig.PruneAsync(Alive(), Ct);

        Assert.True(end.Ending is Ending.Holds, $"seed {seed}: {end.Failure?.Summary}");
        AssertWritten(before, [.. before.Managed.Where(one => (one.Text("namespace") ?? one.Attributes.GetProperty("metadata")[0].GetProperty("namespace").GetString()) == kept).Select(one => one.Address)]);
    }

    [Fact]
    public async Task Where_nothing_is_gone_nothing_is_written_and_no_backup_made()
    {
        _rig.LayState(InCluster(await _api.NamespaceAsync(), 5));
        var before = _rig.State;

        var end = await _rig.PruneAsync(Alive(), Ct);

        Assert.Equal((Ending.Holds, false), (end.Ending, end.Changed));
        AssertUntouched(before);
    }

    [Theory]
    [InlineData("ThrottlingException", "Rate exceeded", "aws_throttled")]
    [InlineData("AccessDeniedException", "User is not authorized to perform: eks:DescribeCluster", "aws_access_denied")]
    [InlineData("RequestTimeout", "no answer in 30 s", "aws_transient")]
    public async Task Who_could_not_ask_AWS_writes_nothing(string code, string message, string @class)
    {
        _rig.LayState(InCluster("pr-42", 5));
        var before = _rig.State;
        var doubt = new AwsException(code, message) { Service = "EKS", Operation = "DescribeCluster" };

        var end = await _rig.PruneAsync(new Account(new AwsObservation<ClusterFacts>.Unknown(doubt)), Ct);

        Assert.Equal(@class, end.Failure?.Class);
        Assert.False(end.Changed);
        AssertUntouched(before);
    }

    // Some namespaces are surely gone, and the answer about one of them does not come.
    [Theory]
    [InlineData(429, "too many requests", false)]
    [InlineData(403, "namespaces is forbidden", false)]
    [InlineData(503, "the server is currently unable to handle the request", false)]
    [InlineData(0, "", true)]
    public async Task Who_could_not_ask_the_cluster_about_one_namespace_writes_nothing_about_any(int status, string message, bool reset)
    {
        var name = await _api.NamespaceAsync();
        _rig.LayState(Enumerable.Range(0, 30).SelectMany(i => InCluster($"{name}-gone-{i}", 1)));
        var before = _rig.State;
        _api.Fault = request => request.Path == $"/api/v1/namespaces/{name}-gone-17"
            ? new ApiFault(Status: reset ? null : status, Message: message, Reset: reset) : null;

        var end = await _rig.PruneAsync(Alive(), Ct);

        Assert.NotEqual(Ending.Holds, end.Ending);
        Assert.NotNull(end.Failure);
        Assert.False(end.Changed);
        AssertUntouched(before);
    }

    private void AssertWritten(TerraformState before, string[] left)
    {
        Assert.Equal([("rm", true)], _rig.Writes);
        var after = TerraformState.Read(_rig.State);
        Assert.Equal(left.Order(StringComparer.Ordinal), Addresses(after));
        Assert.Equal((before.Serial + 1, before.Lineage), (after.Serial, after.Lineage));

        var backup = Assert.Single(_rig.Backups);
        var saved = TerraformState.Read(File.ReadAllBytes(backup));
        Assert.Equal((before.Serial, before.Lineage), (saved.Serial, saved.Lineage));
        Assert.Equal(Addresses(before), Addresses(saved));
        Assert.Contains(_rig.Events.OfType<Noticed>(), noticed => noticed.Message.EndsWith(backup, StringComparison.Ordinal));
    }

    private void AssertUntouched(byte[] before)
    {
        Assert.Empty(_rig.Writes);
        Assert.Empty(_rig.Backups);
        Assert.Empty(_rig.Events.OfType<Pruned>());
        Assert.Equal(before, _rig.State);
    }

    private static IEnumerable<string> Addresses(TerraformState state) => state.Managed.Select(one => one.Address).Order(StringComparer.Ordinal);

    // Secrets and releases; keys as people write them, and worse.
    private static IEnumerable<(string Type, string Key, JsonObject Attributes)> InCluster(string ns, int each) => Enumerable.Range(0, each).SelectMany(i =>
        new (string, string, JsonObject)[]
        {
            ("kubernetes_secret", $"{ns}/a\"]${{x}} {i}", new JsonObject { ["metadata"] = new JsonArray(new JsonObject { ["name"] = $"s{i}", ["namespace"] = ns }) }),
            ("helm_release", $"{ns}/{i}", new JsonObject { ["name"] = $"r{i}", ["namespace"] = ns }),
        });

    private Account Alive() => new(new AwsObservation<ClusterFacts>.Present(new ClusterFacts(
        "pr-42", "ACTIVE", _api.Server.Endpoint.ToString(), Convert.ToBase64String(Encoding.ASCII.GetBytes(_api.Server.AuthorityPem)), null, "pr-42", null)))
    {
        Token = _api.Server.Admin.Token,
    };

    private sealed class Account(AwsObservation<ClusterFacts> seen) : IAwsAccount
    {
        public string Token { get; init; } = "";

        public Task<string> AccountIdAsync(CancellationToken ct) => Task.FromResult("123456789012");

        public Task<AwsObservation<ClusterFacts>> ClusterAsync(string name, CancellationToken ct) => Task.FromResult(seen);

        public Task<EksLogin> LoginAsync(string cluster, CancellationToken ct) => Task.FromResult(new EksLogin(Token, DateTimeOffset.MaxValue));
    }
}
