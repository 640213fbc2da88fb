using System.Net;
using System.Text;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Clouds.Http;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Teardown;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Tests.Stages;

public sealed class DecisionTests
{
    private static readonly DateTimeOffset Born = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
    private static readonly ClusterFacts Cluster = new("pr-42", "ACTIVE", "https://a", "QQ==", Born, "pr-42", "vpc-1");

    [Theory]
    [InlineData("", DeployRelease.Standing.Absent)]
    [InlineData("2 deployed f; 1 superseded e", DeployRelease.Standing.Current)]
    [InlineData("2 deployed e", DeployRelease.Standing.Outdated)]
    [InlineData("1 deployed -", DeployRelease.Standing.Outdated)]
    [InlineData("1 pending-install f", DeployRelease.Standing.NeverDeployed)]
    [InlineData("3 pending-upgrade f; 2 deployed e", DeployRelease.Standing.Interrupted)]
    [InlineData("3 pending-upgrade f; 2 superseded e", DeployRelease.Standing.Interrupted)]
    [InlineData("3 pending-rollback f; 2 failed e; 1 superseded e", DeployRelease.Standing.Interrupted)]
    [InlineData("1 failed f", DeployRelease.Standing.NeverDeployed)]
    [InlineData("2 failed f; 1 deployed e", DeployRelease.Standing.Outdated)]
    [InlineData("1 uninstalling f", DeployRelease.Standing.HalfRemoved)]
    public void A_release_stands_where_its_newest_revisions_say(string revisions, DeployRelease.Standing expected)
    {
        var read = revisions.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split(' '))
            .Select(parts => new ReleaseRevision(int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts[1], parts[2] == "-" ? null : parts[2], ""));

        Assert.Equal(expected, DeployRelease.Classify([.. read], "f"));
    }

    [Fact]
    public void What_lives_in_a_cluster_that_is_gone_is_a_zombie_and_nothing_else_is()
    {
        var zombies = PruneZombies.Classify(State("https://a", Born), null, new HashSet<string>());

        Assert.Equal(["helm_release.a", "kubernetes_namespace_v1.n", "kubernetes_secret_v1.s"], zombies.Select(zombie => zombie.Address).Order());
    }

    [Fact]
    public void The_same_cluster_has_no_zombies() =>
        Assert.Empty(PruneZombies.Classify(State("https://a", Born), Cluster, new HashSet<string>()));

    [Theory]
    [InlineData("https://other", 0)]
    [InlineData("https://a", 60)]
    public void Another_incarnation_of_the_name_makes_zombies(string endpoint, int secondsLater)
    {
        var zombies = PruneZombies.Classify(State(endpoint, Born.AddSeconds(secondsLater)), Cluster, new HashSet<string>());

        Assert.Equal(3, zombies.Count);
        Assert.All(zombies, zombie => Assert.Contains("another one of the same name", zombie.Why, StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_namespace_takes_what_was_in_it_but_not_its_own_entry() =>
        Assert.Equal(
            ["helm_release.a", "kubernetes_secret_v1.s"],
            PruneZombies.Classify(State("https://a", Born), Cluster, new HashSet<string> { "pr-42" }).Select(zombie => zombie.Address).Order());

    [Theory]
    [InlineData("the name does not resolve", ProbeStep.Dns, 0, "verify-dns")]
    [InlineData("nothing listens", ProbeStep.Connect, 0, "verify-connect")]
    [InlineData("a stranger's certificate", ProbeStep.Tls, 0, "verify-tls")]
    [InlineData("no answer", ProbeStep.Http, 0, "verify-http")]
    [InlineData("a gateway's error", ProbeStep.Answered, 503, "verify-status")]
    [InlineData("the wrong commit", ProbeStep.Answered, 200, "verify-commit")]
    public void The_first_broken_link_is_named(string @case, ProbeStep step, int status, string rule)
    {
        var answer = new ProbeAnswer(step, @case, [IPAddress.Loopback], status, new Dictionary<string, string> { ["x-commit"] = "0000000" }, "");

        Assert.Equal(rule, VerifyReachable.Judge(answer, new VerifySettings { CommitHeader = "X-Commit" }, "abcdef1234567")?.Rule);
    }

    [Theory]
    [InlineData("abcdef1234567890", true)]
    [InlineData("abcdef1", true)]
    [InlineData("abcdef", false)]
    [InlineData("", false)]
    public void A_page_may_name_its_commit_by_seven_digits_or_more(string shown, bool good)
    {
        var answer = new ProbeAnswer(ProbeStep.Answered, "", [], 200, new Dictionary<string, string>(), $"<p>commit {shown}</p>");

        Assert.Equal(good, VerifyReachable.Judge(answer, new VerifySettings { CommitPattern = "commit ([0-9a-f]*)" }, "abcdef1234567890") is null);
    }

    [Fact]
    public void The_last_layer_of_a_root_takes_everything_and_the_others_only_their_own()
    {
        var aws = new LayerSettings { Name = "aws", Root = "infra", Targets = ["module.aws"] };
        var cluster = new LayerSettings { Name = "cluster", Root = "infra", NeedsCluster = true };
        var state = State("https://a", Born);

        Assert.Equal(3, DestroyLayer.Doomed(state, cluster, [aws, cluster]).Count);
        Assert.Equal(4, DestroyLayer.Doomed(state, aws, [aws, cluster]).Count);
    }

    [Theory]
    [InlineData("module.cluster.helm_release.a[\"x.y\"]", "module.cluster")]
    [InlineData("module.m[\"k\"].aws_vpc.v", "module.m")]
    [InlineData("aws_vpc.v[0]", "aws_vpc.v")]
    [InlineData("aws_vpc.v", "aws_vpc.v")]
    public void Destruction_aims_at_the_outermost_address(string address, string expected) =>
        Assert.Equal(expected, DestroyLayer.Prefix(address));

    [Theory]
    [InlineData("module.aws.aws_vpc.this", true)]
    [InlineData("module.aws[0].aws_vpc.this", true)]
    [InlineData("module.aws", true)]
    [InlineData("module.awsome.aws_vpc.this", false)]
    [InlineData("aws_vpc.this", false)]
    public void A_target_holds_what_is_inside_it(string address, bool inside) => Assert.Equal(inside, LayerPlans.IsIn(address, ["module.aws"]));

    [Theory]
    [InlineData("its own tag", "mayfly:environment=pr-42", "pr-42")]
    [InlineData("another environment's tag", "mayfly:environment=pr-43", null)]
    [InlineData("a longer number", "mayfly:environment=pr-421", null)]
    [InlineData("another installation's tag", "mayfly:environment=pr-42,mayfly:project=other", null)]
    [InlineData("the load balancer controller's", "elbv2.k8s.aws/cluster=pr-42", "pr-42")]
    [InlineData("the CSI driver's", "kubernetes.io/cluster/pr-42=owned", "pr-42")]
    [InlineData("a shared subnet's", "kubernetes.io/cluster/pr-42=shared", null)]
    [InlineData("nobody's", "Name=pr-42", null)]
    public void Tags_say_whose_a_thing_is(string @case, string tags, string? owner)
    {
        var pairs = tags.Split(',').Select(pair => pair.Split('=')).Select(pair => KeyValuePair.Create(pair[0], pair[1]));

        Assert.True(Ownership.Of("p", "pr-42").ByTags(pairs)?.Owner == owner, @case);
    }

    [Theory]
    [InlineData("/aws/eks/pr-42/cluster", true)]
    [InlineData("pr-42-ephemeral/application/db", true)]
    [InlineData("pr-42", true)]
    [InlineData("/aws/eks/pr-421/cluster", false)]
    [InlineData("my-pr-42", false)]
    [InlineData("pr-42-production", false)]
    public void Only_names_that_no_one_else_can_have_say_whose_a_thing_is(string name, bool ours) =>
        Assert.Equal(ours, Ownership.Of("p", "pr-42").ByName(name) is not null);

    private static TerraformState State(string endpoint, DateTimeOffset created)
    {
        static string Entry(string module, string type, string name, string provider, string attributes) =>
            $$"""{"mode":"managed",{{module}}"type":"{{type}}","name":"{{name}}","provider":"provider[\"registry.terraform.io/hashicorp/{{provider}}\"]","instances":[{"attributes":{{attributes}}}]}""";

        var json = $$"""
            {"version":4,"serial":7,"lineage":"l","resources":[
            {{Entry("\"module\":\"module.aws\",", "aws_eks_cluster", "this", "aws", $$"""{"name":"pr-42","endpoint":"{{endpoint}}","created_at":"{{created:O}}"}""")}},
            {{Entry("", "helm_release", "a", "helm", """{"namespace":"pr-42"}""")}},
            {{Entry("", "kubernetes_namespace_v1", "n", "kubernetes", """{"metadata":[{"name":"pr-42"}]}""")}},
            {{Entry("", "kubernetes_secret_v1", "s", "kubernetes", """{"metadata":[{"namespace":"pr-42"}]}""")}}]}
            """;
        return TerraformState.Read(Encoding.UTF8.GetBytes(json));
    }
}
