using System.Text;
using Mayfly.Aws;
using Mayfly.Engine.Adoption;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Tools;
using Mayfly.LocalCloud.Kubernetes.Api;
using Mayfly.LocalCloud.Tests.Kubernetes.Api;
using Reply = Mayfly.Engine.Adoption.Reply;

namespace Mayfly.LocalCloud.Tests.Adoption;

/// <summary>Planned objects of a cluster: many of a kind are read off lists, the others are asked for side by side, never too many at once.</summary>
public sealed class ClusterListTests : IClassFixture<ApiFixture>, IDisposable
{
    private const int Planned = 60, Existing = 55, Slice = 10;

    private static readonly Dictionary<string, string> Names = new() { ["env"] = "pr-42", ["account"] = "123456789012", ["region"] = "us-east-1", ["partition"] = "aws" };

    private readonly ApiFixture _api;
    private readonly Cluster _cluster;
    private readonly ClusterQuestions _questions;
    private int _asked, _inFlight, _most;

    public ClusterListTests(ApiFixture api)
    {
        _api = api;
        var account = new Account(api.Server.Admin.Token);
        _cluster = Cluster.Open(
            new ClusterFacts("pr-42", "ACTIVE", api.Server.Endpoint.ToString(), Convert.ToBase64String(Encoding.ASCII.GetBytes(api.Server.AuthorityPem)), null, "pr-42", null),
            account, TimeProvider.System);
        _questions = new ClusterQuestions(_cluster);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    public static TheoryData<string, string, string, string, string> Kinds => new()
    {
        { "kubernetes_namespace", Metadata(""), "/api/v1/namespaces", "{}", "NAME" },
        { "kubernetes_secret_v1", Metadata("NS"), "/api/v1/namespaces/NS/secrets", """{"stringData":{"a":"b"}}""", "NS/NAME" },
        { "kubernetes_config_map", Metadata("NS"), "/api/v1/namespaces/NS/configmaps", """{"data":{"a":"b"}}""", "NS/NAME" },
        { "kubernetes_service_account_v1", Metadata("NS"), "/api/v1/namespaces/NS/serviceaccounts", "{}", "NS/NAME" },
        { "kubernetes_role", Metadata("NS"), "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles", """{"rules":[]}""", "NS/NAME" },
        { "kubernetes_role_binding_v1", Metadata("NS"), "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings", Reference("Role"), "NS/NAME" },
        { "kubernetes_cluster_role", Metadata(""), "/apis/rbac.authorization.k8s.io/v1/clusterroles", """{"rules":[]}""", "NAME" },
        { "kubernetes_cluster_role_binding", Metadata(""), "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", Reference("ClusterRole"), "NAME" },
        { "kubernetes_storage_class_v1", Metadata(""), "/apis/storage.k8s.io/v1/storageclasses", """{"provisioner":"ebs.csi.aws.com"}""", "NAME" },
        { "helm_release", """{"namespace":"NS","name":"NAME"}""", "/api/v1/namespaces/NS/secrets", """{"type":"helm.sh/release.v1","metadata":{"name":"sh.helm.release.v1.NAME.v1","labels":{"owner":"helm","name":"NAME"}}}""", "NS/NAME" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_list_says_what_asking_one_by_one_says(string type, string planned, string path, string body, string id)
    {
        var ns = await _api.NamespaceAsync();
        string Named(string text, int i) => text.Replace("NAME", $"{ns}-{i:000}").Replace("NS", ns);
        for (var i = 0; i < Existing; i++)
        {
            var thing = System.Text.Json.Nodes.JsonNode.Parse(Named(body, i))!.AsObject();
            thing.TryAdd("metadata", new System.Text.Json.Nodes.JsonObject { ["name"] = $"{ns}-{i:000}" });
            var made = await _api.PostAsync(path.Replace("NS", ns), thing.ToJsonString());
            Assert.True(made.Status == 201, made.Text);
        }

        var changes = Enumerable.Range(0, Planned).Select(i => (type, Key: $"{i:000}", After: Named(planned, i))).ToList();
        var all = await LookAsync(changes);
        var calls = _asked;
        var slices = new List<OrphanFindings>();
        foreach (var slice in changes.Chunk(Slice))
        {
            slices.Add(await LookAsync(slice));
        }

        Assert.Empty(all.Doubts.Select(doubt => $"{doubt.Question} {doubt.Cause?.Message}"));
        Assert.Equal(Enumerable.Range(0, Existing).Select(i => Named(id, i)), all.Orphans.Select(orphan => orphan.ImportId));
        Assert.Equal(slices.SelectMany(slice => slice.Orphans), all.Orphans);
        Assert.Equal(1, calls);
        Assert.Equal(Planned, _asked - calls);
    }

    [Fact]
    public async Task A_thousand_objects_cost_a_list_for_each_kind_and_namespace()
    {
        string[] spaces = [await _api.NamespaceAsync(), await _api.NamespaceAsync()];
        foreach (var ns in spaces)
        {
            await Parallel.ForAsync(0, 20, Ct, async (i, _) => await _api.PostAsync($"/api/v1/namespaces/{ns}/configmaps", $$$"""{"metadata":{"name":"c{{{i:000}}}"}}"""));
        }

        var found = await LookAsync([.. spaces.SelectMany(ns => new[] { "kubernetes_config_map", "kubernetes_secret" }.SelectMany(type =>
            Enumerable.Range(0, 250).Select(i => (type, $"{ns} {i}", Metadata(ns).Replace("NAME", $"c{i:000}")))))]);

        Assert.Empty(found.Doubts);
        Assert.Equal(40, found.Orphans.Count);
        Assert.Equal(4, _asked);
    }

    // Each waits until all that are let in at once are there: one after the other, none would ever end.
    [Fact]
    public async Task What_no_list_answers_is_asked_for_side_by_side_and_never_more_than_eight_at_once()
    {
        var ns = await _api.NamespaceAsync();
        var full = new TaskCompletionSource();
        async Task<Reply> AskAsync(Question question, CancellationToken ct)
        {
            if (Volatile.Read(ref _inFlight) >= 8)
            {
                full.TrySetResult();
            }

            await full.Task.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, ct);
            return await _questions.AskAsync(question, ct);
        }

        // Some in each of many namespaces, too few of a kind for a list.
        var found = await LookAsync([.. Enumerable.Range(0, 1000).Select(i =>
            ("kubernetes_secret", $"{i}", Metadata($"{ns}-{i % 100}").Replace("NAME", $"s{i}")))], AskAsync);

        Assert.True(found.IsClean);
        Assert.Equal((1000, 8), (_asked, _most));
    }

    [Fact]
    public async Task Who_may_look_at_each_and_list_none_looks_at_each()
    {
        var ns = await _api.NamespaceAsync();
        await _api.PostAsync($"/api/v1/namespaces/{ns}/secrets", """{"metadata":{"name":"s003"}}""");
        await _api.PostAsync($"/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles", """{"metadata":{"name":"look"},"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}]}""");
        await _api.PostAsync($"/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings", """
            {"metadata":{"name":"look"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"look"},
             "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"looker"}]}
            """);
        using var looker = Cluster.Open(_cluster.Facts, new Account("user:looker"), TimeProvider.System);
        var plan = Enumerable.Range(0, 25).Select(i => ("kubernetes_secret", $"{i}", Metadata(ns).Replace("NAME", $"s{i:000}"))).ToList();

        var found = await LookAsync(plan, new ClusterQuestions(looker).AskAsync);

        Assert.Empty(found.Doubts);
        Assert.Equal([$"{ns}/s003"], found.Orphans.Select(orphan => orphan.ImportId));
        Assert.Equal(1 + 25, _asked);
    }

    [Fact]
    public async Task A_list_that_fails_leaves_a_doubt_about_each_and_nothing_else()
    {
        var ns = await _api.NamespaceAsync();
        _api.Fault = request => request.Path == $"/api/v1/namespaces/{ns}/secrets" ? new ApiFault(Status: 429, Message: "slow down") : null;
        try
        {
            var found = await LookAsync([.. Enumerable.Range(0, 25).Select(i => ("kubernetes_secret", $"{i:00}", Metadata(ns).Replace("NAME", $"s{i:000}")))]);

            Assert.Equal((0, 25), (found.Orphans.Count, found.Doubts.Count));
        }
        finally
        {
            _api.Fault = _ => null;
        }
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public async Task A_name_that_would_lead_to_another_thing_is_not_asked_for(string name)
    {
        var ns = await _api.NamespaceAsync();

        var found = await LookAsync([("kubernetes_secret", "x", Metadata(ns).Replace("NAME", name))]);

        Assert.True(found.IsClean, string.Join(", ", found.Orphans));
        Assert.Equal(0, _asked);
    }

    private static string Metadata(string ns) => $$"""{"metadata":[{"name":"NAME"{{(ns.Length > 0 ? $",\"namespace\":\"{ns}\"" : "")}}}]}""";

    private static string Reference(string kind) => $$$"""{"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"{{{kind}}}","name":"x"}}""";

    private Task<OrphanFindings> LookAsync(IReadOnlyList<(string Type, string Key, string After)> created, Func<Question, CancellationToken, Task<Reply>>? ask = null)
    {
        var changes = created.Select(one =>
            $$$$"""{"address":"{{{{one.Type}}}}.x[\"{{{{one.Key}}}}\"]","type":"{{{{one.Type}}}}","change":{"actions":["create"],"after":{{{{one.After}}}},"after_unknown":{}}}""");
        var plan = Plan.Read("plan", [], Encoding.UTF8.GetBytes($$"""{"resource_changes":[{{string.Join(',', changes)}}]}"""));
        return new OrphanSearch(new IdentityRules([]), (_, _) => throw new AwsException("Unexpected", "AWS was asked"), Count(ask ?? _questions.AskAsync), Names).LookAsync(plan, Ct);
    }

    private Func<Question, CancellationToken, Task<Reply>> Count(Func<Question, CancellationToken, Task<Reply>> ask) => async (question, ct) =>
    {
        Interlocked.Increment(ref _asked);
        var now = Interlocked.Increment(ref _inFlight);
        InterlockedMax(ref _most, now);
        try
        {
            return await ask(question, ct);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    };

    private static void InterlockedMax(ref int most, int now)
    {
        for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, now, seen);
        }
    }

    private sealed class Account(string token) : IAwsAccount
    {
        public Task<string> AccountIdAsync(CancellationToken ct) => Task.FromResult("123456789012");

        public Task<AwsObservation<ClusterFacts>> ClusterAsync(string name, CancellationToken ct) => throw new InvalidOperationException("not asked here");

        public Task<EksLogin> LoginAsync(string cluster, CancellationToken ct) => Task.FromResult(new EksLogin(token, DateTimeOffset.MaxValue));
    }
}
