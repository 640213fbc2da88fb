using System.Text;
using System.Text.Json;
using Mayfly.Aws;
using Mayfly.Engine.Adoption;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Tools;
using Mayfly.LocalCloud.Tests.Aws;
using Mayfly.LocalCloud.Tests.Kubernetes.Api;
using Mayfly.TerraformProviders.Aws;
using Mayfly.TerraformProviders.Helm;
using Mayfly.TerraformProviders.Kubernetes;
using Plan = Mayfly.Engine.Tools.Plan;
using TerraformRoot = Mayfly.LocalCloud.Tests.Providers.TerraformRoot;

namespace Mayfly.LocalCloud.Tests.Adoption;

/// <summary>
/// Every type with an identity rule, in real plans of a real terraform with the real schemas, in nested modules with keys and counts:
/// what is there is found by exactly the id it has to be imported by, and what is not there is not.
/// </summary>
public sealed class EveryTypeTests(LocalAwsFixture aws, ApiFixture api) : IClassFixture<LocalAwsFixture>, IClassFixture<ApiFixture>
{
    /// <summary>Planned like all others, and cannot be made here; the rule's question and why it has no answer.</summary>
    private static readonly Dictionary<string, string> CannotBeMade = new()
    {
        ["aws_eks_identity_provider_config"] = "eks ListIdentityProviderConfigs: neither moto nor the local cloud's EKS knows it",
        ["aws_placement_group"] = "ec2 DescribePlacementGroups: moto has no placement groups",
        ["aws_s3_bucket_policy"] = "s3 GetBucketPolicyStatus: moto does not know it",
    };

    private static readonly HashSet<string> Importable =
        [.. new AwsProvider().Resources.Keys, .. new KubernetesProvider().Resources.Keys, .. new HelmProvider().Resources.Keys];

    private static readonly Dictionary<string, string> Names = new() { ["env"] = "pr-42", ["account"] = "123456789012", ["region"] = "us-east-1", ["partition"] = "aws" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Length", "long")]
    public async Task Each_is_found_by_its_import_id_in_real_plans_and_what_is_not_there_is_not_found()
    {
        var world = new EveryTypeWorld(aws.Aws.Session, api, Ct);
        await world.MakeAsync();
        using var root = await RootAsync();
        using var cluster = Cluster.Open(
            new ClusterFacts("pr-42", "ACTIVE", api.Server.Endpoint.ToString(), Convert.ToBase64String(Encoding.ASCII.GetBytes(api.Server.AuthorityPem)), null, "pr-42", null),
            new Account(api.Server.Admin.Token), TimeProvider.System);

        // As the stage does: each plan with import blocks knows the ids of what it found, and more can be looked for.
        var claims = new Dictionary<string, Orphan>(StringComparer.Ordinal);
        var doubts = new Dictionary<string, Doubt>(StringComparer.Ordinal);
        Plan plan;
        do
        {
            plan = await PlanAsync(root, claims.Values);
            var found = await new OrphanSearch(new IdentityRules([]), new AwsQuestions(aws.Aws.Session).AskAsync, new ClusterQuestions(cluster).AskAsync, Names).LookAsync(plan, Ct);
            Assert.Empty(found.Strangers);
            found.Doubts.ToList().ForEach(doubt => doubts[doubt.Address] = doubt);
            if (!found.Orphans.Aggregate(false, (more, orphan) => claims.TryAdd(orphan.Address, orphan) || more))
            {
                break;
            }
        }
        while (true);

        var planned = plan.Changes.Select(change => change.Type).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(IdentityRules.BuiltIn.SelectMany(rule => rule.Types).Except(planned));
        Assert.Equal(Lines(world.Expected), Lines(claims.ToDictionary(claim => claim.Key, claim => claim.Value.ImportId)));
        Assert.Empty(doubts.Values.Where(doubt => !CannotBeMade.ContainsKey(TypeOf(doubt.Address))).Select(doubt => $"{doubt.Address} {doubt.Question} {doubt.Cause?.Message} {doubt.Matches}"));
        Assert.Equal(CannotBeMade.Keys.Order(), IdentityRules.BuiltIn.SelectMany(rule => rule.Types).Except(world.Expected.Keys.Select(TypeOf)).Order());

        // All that the providers can import, terraform took in one plan; the rest it would still create.
        var imported = world.Expected.Where(one => Importable.Contains(TypeOf(one.Key))).ToDictionary();
        Assert.Equal(Lines(imported), Lines(plan.Changes.Where(change => change.ImportId is not null).ToDictionary(change => change.Address, change => change.ImportId!)));
        Assert.All(plan.Changes, change => Assert.Equal(imported.ContainsKey(change.Address), !change.IsCreate));
        Assert.True(imported.Count >= 60, $"{imported.Count}");
    }

    private async Task<TerraformRoot> RootAsync()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Adoption", "EveryType");
        var root = new TerraformRoot(await File.ReadAllTextAsync(Path.Combine(source, "main.tf"), Ct));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(source, "stack"), "*", SearchOption.AllDirectories))
        {
            root.Write(Path.GetRelativePath(source, file), await File.ReadAllTextAsync(file, Ct));
        }

        root.Set("AWS_ENDPOINT_URL", aws.Aws.Proxy.Endpoint.AbsoluteUri);
        root.Set("AWS_ACCESS_KEY_ID", CloudContext.AccessKey);
        root.Set("AWS_SECRET_ACCESS_KEY", CloudContext.SecretKey);
        root.Set("TF_VAR_cluster", JsonSerializer.Serialize(new { host = api.Server.Endpoint.ToString(), token = api.Server.Admin.Token, authority = api.Server.AuthorityPem }));
        await root.InitAsync();
        return root;
    }

    private static async Task<Plan> PlanAsync(TerraformRoot root, IEnumerable<Orphan> claims)
    {
        root.Write("imports.tf", ImportBlocks.Write(claims.Where(claim => Importable.Contains(TypeOf(claim.Address)))));
        await root.MustAsync("plan", "-no-color", "-input=false", "-lock=false", "-out=plan");
        return Plan.Read("plan", [], Encoding.UTF8.GetBytes(await root.MustAsync("show", "-json", "plan")));
    }

    private static IEnumerable<string> Lines(Dictionary<string, string> ids) => ids.Select(pair => $"{pair.Key} = {pair.Value}").Order(StringComparer.Ordinal);

    private static string TypeOf(string address) => address[..address.LastIndexOf(".this[", StringComparison.Ordinal)].Split('.')[^1];

    private sealed class Account(string token) : IAwsAccount
    {
        public Task<string> AccountIdAsync(CancellationToken ct) => Task.FromResult("123456789012");

        public Task<AwsObservation<ClusterFacts>> ClusterAsync(string name, CancellationToken ct) => throw new InvalidOperationException("not asked here");

        public Task<EksLogin> LoginAsync(string cluster, CancellationToken ct) => Task.FromResult(new EksLogin(token, DateTimeOffset.MaxValue));
    }
}
