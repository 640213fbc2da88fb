using Mayfly.EndToEnd.Tests.Programs;
using Mayfly.GitHubStandIn;
using Mayfly.Workflow.Tests.Runner;

namespace Mayfly.Workflow.Tests.Life;

/// <summary>The first job, with the built program: who gets as far as the cloud, and with which commit. There is no cloud here.</summary>
public sealed class DecideTests : IAsyncLifetime
{
    private const string Head = "1111111111111111111111111111111111111111";

    private readonly Repository _stack = Repository.Copy();
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("mayfly-home");
    private Ground _ground = null!;

    private GitHubWorld World => _ground.GitHub.World;

    public async ValueTask InitializeAsync()
    {
        _ground = await Ground.StartAsync(_home.FullName, cloud: null);
        _ground.Commit(Ground.BaseCommit, _stack.Directory);
        World.Pulls[42] = new GitHubWorld.Pull(42) { Head = Head, Branch = "$(touch pwned)`touch pwned`\";touch\tpwned" };
    }

    public async ValueTask DisposeAsync()
    {
        await _ground.DisposeAsync();
        _stack.Dispose();
        _home.Delete(recursive: true);
    }

    [Fact]
    public async Task A_label_on_a_branch_of_the_repository_is_decided_for_its_own_commit_and_nothing_that_people_wrote_gets_out()
    {
        World.Pulls[42].Labels.Add("preview");
        var job = await DecideAsync("pull_request_target", Events.OfPull(World.Pulls[42], "labeled", "maintainer", "preview"));

        Assert.Equal("true", job.Outputs["acts"]!.ToString());
        Assert.Equal(Head, job.Outputs["checkout"]!.ToString());
        Assert.Equal("pr-42", job.Outputs["env_id"]!.ToString());
        Assert.Equal("mayfly-pr-42", job.Outputs["group"]!.ToString());
        Assert.DoesNotContain("pwned", job.Outputs.ToJsonString());
        Assert.DoesNotContain("pwned", job.Summary);
        Assert.All(job.Commands.All, command => Assert.Equal("add-mask", command.Name));
        Assert.DoesNotContain(Directory.EnumerateFiles(job.Workspace, "pwned", SearchOption.AllDirectories), _ => true);
        Clean(job);
    }

    [Fact]
    public async Task A_fork_s_push_waits_for_an_approval_and_an_approved_commit_brings_none_of_the_fork_s_files()
    {
        World.Pulls[42].IsFromFork = true;
        World.Pulls[42].Labels.Add("preview");
        var push = await DecideAsync("pull_request_target", Events.OfPull(World.Pulls[42], "synchronize", "stranger"));
        Assert.Equal("false", push.Outputs["acts"]!.ToString());
        Clean(push);

        var approved = await DecideAsync("pull_request_target", Events.OfPull(World.Pulls[42], "labeled", "maintainer", "preview"));
        Assert.Equal("true", approved.Outputs["acts"]!.ToString());
        Assert.Equal(Ground.BaseCommit, approved.Outputs["checkout"]!.ToString());
        Assert.All(_ground.CheckedOut, checkout => Assert.Equal((Ground.BaseCommit, "."), checkout));
        Clean(approved);
    }

    [Fact]
    public async Task A_stranger_s_command_reaches_no_cloud_and_what_is_no_command_starts_no_job()
    {
        var asked = await DecideAsync("issue_comment", Events.Comment(World, 42, "stranger", "/preview up; touch pwned"));
        Assert.Equal("false", asked.Outputs["acts"]!.ToString());
        Clean(asked);

        var run = _ground.Player.Trigger("issue_comment", Events.Comment(World, 42, "maintainer", "please /preview up"))!;
        await run.Ended;
        Assert.Empty(run.Jobs);
    }

    [Fact]
    public async Task What_writes_nothing_to_the_environment_waits_for_nobody()
    {
        var explained = await DecideAsync("issue_comment", Events.Comment(World, 42, "maintainer", "/preview explain"));

        Assert.Equal("true", explained.Outputs["acts"]!.ToString());
        Assert.StartsWith("mayfly-run-7", explained.Outputs["group"]!.ToString());
    }

    private async Task<JobRun> DecideAsync(string name, System.Text.Json.Nodes.JsonObject payload)
    {
        var run = _ground.Player.Trigger(name, payload)!;
        await run.Ended;
        var job = run.Jobs["decide"];
        Assert.True(job.Status == JobStatus.Success, job.Log);
        return job;
    }

    private void Clean(JobRun job)
    {
        Assert.Empty(_ground.GitHub.Violations);
        Assert.Empty(TokenUse.Beyond(job.Permissions, _ground.GitHub.Requests));
        Assert.DoesNotContain(_ground.GitHub.Token, job.Log);
    }
}
