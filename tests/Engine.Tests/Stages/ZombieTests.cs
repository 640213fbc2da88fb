using System.Text;
using Mayfly.Aws;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Tests.Stages;

/// <summary>What makes an entry of the state a zombie, and what does not.</summary>
public sealed class ZombieTests
{
    private static readonly DateTimeOffset Born = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
    private static readonly ClusterFacts Real = new("pr-42", "ACTIVE", "https://a", "QQ==", Born, "pr-42", "vpc-1");

    [Theory]
    [InlineData("another endpoint", "managed", "https://b", "QQ==", 0, 1)]
    [InlineData("another authority", "managed", "https://a", "Qg==", 0, 1)]
    [InlineData("made at another time", "managed", "https://a", "QQ==", 3600, 1)]
    [InlineData("the same", "managed", "https://a", "QQ==", 0, 0)]
    [InlineData("only read by this root, another authority", "data", "https://a", "Qg==", 0, 1)]
    [InlineData("only read by this root, the same", "data", "https://a", "QQ==", 0, 0)]
    public void A_cluster_is_another_one_by_its_endpoint_authority_or_birth(
        string @case, string mode, string endpoint, string authority, int secondsEarlier, int zombies)
    {
        var found = PruneZombies.Classify(State(mode, endpoint, authority, Born.AddSeconds(-secondsEarlier)), Real, new HashSet<string>());

        Assert.True(found.Count == zombies, @case);
    }

    [Theory]
    [InlineData("CREATING", "", 0)]
    [InlineData("DELETING", "https://a", 0)]
    [InlineData("FAILED", "https://a", 0)]
    [InlineData("PENDING", "", 0)]
    public async Task A_cluster_that_cannot_be_talked_to_is_not_gone(string status, string endpoint, int zombies)
    {
        var facts = Real with { Status = status, Endpoint = endpoint, AuthorityData = endpoint.Length > 0 ? Real.AuthorityData : "" };
        await using var door = new ClusterDoor(new Account(new AwsObservation<ClusterFacts>.Present(facts)), "pr-42", Path.GetTempPath(), TimeProvider.System);

        Assert.Null(await door.FindAsync(TestContext.Current.CancellationToken));
        var seen = await door.LookAsync(TestContext.Current.CancellationToken);
        Assert.Equal(zombies, PruneZombies.Classify(State("managed", "https://a", "QQ==", Born), seen, new HashSet<string>()).Count);
    }

    [Theory]
    [InlineData("ThrottlingException")]
    [InlineData("AccessDeniedException")]
    [InlineData("RequestTimeout")]
    public async Task Who_could_not_look_does_not_say_that_it_is_gone(string code)
    {
        var doubt = new AwsException(code, "no");
        await using var door = new ClusterDoor(new Account(new AwsObservation<ClusterFacts>.Unknown(doubt)), "pr-42", Path.GetTempPath(), TimeProvider.System);

        Assert.Same(doubt, await Assert.ThrowsAsync<AwsException>(() => door.LookAsync(TestContext.Current.CancellationToken)));
    }

    private static TerraformState State(string mode, string endpoint, string authority, DateTimeOffset created) => TerraformState.Read(Encoding.UTF8.GetBytes($$"""
        {"version":4,"serial":7,"lineage":"l","resources":[
        {"mode":"{{mode}}","type":"aws_eks_cluster","name":"this","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{"attributes":
          {"name":"pr-42","endpoint":"{{endpoint}}","created_at":"{{created:O}}","certificate_authority":[{"data":"{{authority}}"}] } }]},
        {"mode":"managed","type":"helm_release","name":"a","provider":"provider[\"registry.terraform.io/hashicorp/helm\"]","instances":[{"attributes":{"namespace":"x"} }] }]}
        """));

    private sealed class Account(AwsObservation<ClusterFacts> seen) : IAwsAccount
    {
        public Task<string> AccountIdAsync(CancellationToken ct) => Task.FromResult("123456789012");

        public Task<AwsObservation<ClusterFacts>> ClusterAsync(string name, CancellationToken ct) => Task.FromResult(seen);

        public Task<EksLogin> LoginAsync(string cluster, CancellationToken ct) => Task.FromResult(new EksLogin("token", DateTimeOffset.MaxValue));
    }
}
