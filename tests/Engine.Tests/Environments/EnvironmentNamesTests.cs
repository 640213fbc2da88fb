using CsCheck;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;

namespace Mayfly.Engine.Tests.Environments;

public sealed class EnvironmentNamesTests
{
    private static readonly MayflyConfiguration Defaults = new() { Project = "demo" };

    // Branches as people name them, as attackers do, and close relatives of each other.
    private static readonly Gen<string> Branches = Gen.OneOf(
        Gen.String[Gen.Char["abAB01-_/."], 0, 12],
        Gen.String[Gen.Char["a-"], 0, 80],
        Gen.String[Gen.Char[' ', '~'], 0, 300],
        Gen.String[0, 100],
        Gen.Select(Gen.String[Gen.Char["ab-/"], 0, 60], Gen.String[Gen.Char["0123456789abcdef"], 10, 10], (head, tail) => $"{head}-{tail}"));

    [Fact]
    public void Names_follow_the_pull_request()
    {
        var identity = EnvironmentNames.Create(new PullRequest(42, "login", null), Defaults);

        Assert.Equal("pr-42", identity.Id);
        Assert.Equal("login", identity.BranchSlug);
        Assert.Equal("pr-42-login-unstable.jetscale.ai", identity.PublicHost);
    }

    [Theory]
    [InlineData("feature/login", "feature-login-")]
    [InlineData("Feature-Login", "feature-login-")]
    [InlineData("trailing-", "trailing-")]
    [InlineData("--a--b--", "a-b-")]
    [InlineData("größe", "gr-e-")]
    [InlineData("日本語", "branch-")]
    [InlineData("!!!", "branch-")]
    [InlineData("", "branch-")]
    [InlineData("fix-0123456789", "fix-0123456789-")]
    public void A_branch_that_loses_something_ends_in_a_hash(string branch, string start)
    {
        var slug = EnvironmentNames.Create(new PullRequest(7, branch, null), Defaults).BranchSlug;

        Assert.Matches($"^{start}[0-9a-f]{{10}}$", slug);
    }

    [Fact]
    public void A_long_branch_is_cut_to_exactly_the_room_that_is_left()
    {
        var identity = EnvironmentNames.Create(new PullRequest(42, new string('a', 300), null), Defaults);

        Assert.Equal(63, identity.PublicHost.Split('.')[0].Length);
    }

    [Fact]
    public void Every_branch_gets_a_valid_host() =>
        Gen.Select(Branches, Gen.Int[1, int.MaxValue]).Sample((branch, number) =>
        {
            var identity = EnvironmentNames.Create(new PullRequest(number, branch, null), Defaults);

            Assert.Matches("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z]([a-z0-9-]{0,61}[a-z0-9])?)+$", identity.PublicHost);
            Assert.DoesNotContain("--", identity.PublicHost);
            Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", identity.BranchSlug);
        });

    [Fact]
    public void Two_branches_never_share_a_host_and_one_always_has_the_same() =>
        Gen.Select(Branches, Branches).Sample((one, other) =>
        {
            var first = EnvironmentNames.Create(new PullRequest(1, one, null), Defaults).PublicHost;

            Assert.Equal(one == other, first == EnvironmentNames.Create(new PullRequest(1, other, null), Defaults).PublicHost);
            Assert.Equal(first, EnvironmentNames.Create(new PullRequest(1, one, "c0ffee"), Defaults).PublicHost);
        });

    [Fact]
    public void The_slug_of_a_branch_is_a_branch_with_another_host() =>
        Branches.Sample(branch =>
        {
            var slug = BranchSlug.Of(branch, 40);

            Assert.Equal(branch == slug, BranchSlug.Of(slug, 40) == slug);
        });

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void A_number_that_is_no_pull_request_is_refused(int number)
    {
        var refused = Assert.Throws<InvalidInputException>(() => EnvironmentNames.Create(new PullRequest(number, "a", null), Defaults));

        Assert.Contains("no pull request", refused.Problems[0]);
    }

    [Theory]
    [InlineData("{branch_slug}.{env_id}.{zone}", "login.pr-42.jetscale.ai")]
    [InlineData("{env_id}.{zone}", "pr-42.jetscale.ai")]
    [InlineData("Web-{pr}.{project}.jetscale.ai", "web-42.demo.jetscale.ai")]
    public void The_host_is_a_template(string template, string host)
    {
        var configuration = Defaults with { Environment = new EnvironmentSettings { PublicHost = template } };

        Assert.Equal(host, EnvironmentNames.Create(new PullRequest(42, "login", null), configuration).PublicHost);
    }

    [Theory]
    [InlineData("an-extremely-long-prefix-that-leaves-hardly-any-room-at-all-{branch_slug}.a.b", "leaves")]
    [InlineData("{env_id}_x.jetscale.ai", "no host name")]
    [InlineData("{env_id}..jetscale.ai", "empty")]
    [InlineData("{brunch_slug}.jetscale.ai", "did you mean '{branch_slug}'")]
    [InlineData("{env_id.jetscale.ai", "starts no variable")]
    public void A_template_that_gives_no_host_is_refused_with_the_reason(string template, string reason)
    {
        var configuration = Defaults with { Environment = new EnvironmentSettings { PublicHost = template } };

        var refused = Assert.Throws<InvalidInputException>(
            () => EnvironmentNames.Create(new PullRequest(42, "login", null), configuration));

        Assert.Contains(reason, refused.Problems[0]);
    }
}
