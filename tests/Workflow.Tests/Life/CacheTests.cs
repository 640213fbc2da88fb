using Mayfly.EndToEnd.Tests.Programs;
using Mayfly.GitHubStandIn;
using Mayfly.Workflow.Tests.Runner;

namespace Mayfly.Workflow.Tests.Life;

/// <summary>The composite action on a runner whose cache does not have the program: it builds it, saves it, and the next one finds it.</summary>
[Trait("Length", "long")]
public sealed class CacheTests : IAsyncLifetime
{
    private readonly Repository _stack = Repository.Copy();
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("mayfly-home");
    private Ground _ground = null!;

    public async ValueTask InitializeAsync()
    {
        _ground = await Ground.StartAsync(_home.FullName, cloud: null);
        _ground.Commit(Ground.BaseCommit, _stack.Directory);
        _ground.Cache = new ProgramCache(Path.Combine(_home.FullName, "cache"));
        _ground.GitHub.World.Pulls[42] = new GitHubWorld.Pull(42);
        _ground.GitHub.World.Pulls[42].Labels.Add("preview");
    }

    public async ValueTask DisposeAsync()
    {
        await _ground.DisposeAsync();
        _stack.Dispose();
        _home.Delete(recursive: true);
    }

    [Fact]
    public async Task What_the_cache_does_not_have_is_built_and_saved_once_and_decides_as_ever()
    {
        foreach (var hits in (int[])[0, 1])
        {
            var run = _ground.Player.Trigger("pull_request_target", Events.OfPull(_ground.GitHub.World.Pulls[42], "labeled", "maintainer", "preview"))!;
            await run.Ended;

            Assert.True(run.Jobs["decide"].Status == JobStatus.Success, run.Story);
            Assert.Equal(hits == 0, run.Jobs["decide"].Log.Contains("building Mayfly", StringComparison.Ordinal));
            Assert.Equal("true", run.Jobs["decide"].Outputs["acts"]!.ToString());
            Assert.Equal((hits, 1), (_ground.Cache!.Hits, _ground.Cache.Saves));
        }
    }
}
