using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests;

/// <summary>What cannot be right is refused before anything is touched: exit 2, a clear word, no cloud started, no file written.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly Repository _repository = Repository.Copy();
    private readonly string _home = Directory.CreateTempSubdirectory("mayfly-home").FullName;

    public void Dispose()
    {
        _repository.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("forty-two")]
    [InlineData("")]
    [InlineData("99999999999999999999")]
    [InlineData("42; rm -rf /")]
    public async Task A_pull_request_number_that_is_none_is_refused(string number) =>
        await RefusedAsync("--pr", ["up", "--local", .. number.StartsWith('-') ? (string[])[$"--pr={number}"] : ["--pr", number], "--branch", "feature/login"]);

    [Fact]
    public async Task A_branch_that_is_empty_is_refused() =>
        await RefusedAsync("branch", "up", "--local", "--pr", "42", "--branch", "");

    [Theory]
    [InlineData("projct: jetscale", "project")]
    [InlineData("projects: jetscale", "project")]
    public async Task An_unknown_key_is_refused_with_the_nearest_known_one(string line, string nearest)
    {
        _repository.Change("mayfly.yaml", "project: jetscale", line);

        await RefusedAsync(nearest, "up", "--local", "--pr", "42", "--branch", "b");
    }

    [Fact]
    public async Task A_tab_is_refused_with_its_place()
    {
        _repository.Change("mayfly.yaml", "aws:\n  region: us-east-1", "aws:\n\tregion: us-east-1");

        await RefusedAsync("mayfly.yaml", "up", "--local", "--pr", "42", "--branch", "b");
    }

    [Fact]
    public async Task A_chart_that_is_not_there_is_refused()
    {
        _repository.Change("mayfly.yaml", "chart: charts/app", "chart: charts/absent");

        await RefusedAsync("charts/absent", "up", "--local", "--pr", "42", "--branch", "b");
    }

    [Fact]
    public async Task A_configuration_that_is_not_there_is_refused()
    {
        File.Delete(_repository.PathOf("mayfly.yaml"));

        await RefusedAsync("mayfly.yaml", "up", "--local", "--pr", "42", "--branch", "b");
    }

    [Fact]
    public async Task A_word_that_is_no_command_is_refused_with_the_nearest_one()
    {
        var run = await new MayflyProgram(_home, _repository.Directory).RunAsync(TestContext.Current.CancellationToken, "upp");

        run.Ended(2);
        Assert.Contains("up", run.Error);
    }

    [Theory]
    [InlineData("!!!???")]
    [InlineData("größe/straße")]
    [InlineData("feature/login-")]
    [InlineData("- -")]
    [InlineData("🚀")]
    public async Task A_strange_branch_still_has_a_host_of_its_own(string branch)
    {
        var run = await new MayflyProgram(_home, _repository.Directory).RunAsync(
            TestContext.Current.CancellationToken, "values", "--pr", "42", $"--branch={branch}");

        run.Ended(0);
        Assert.Matches(@"pr-42-[a-z0-9]([a-z0-9-]*[a-z0-9])?-unstable\.jetscale\.ai", run.Story);
    }

    [Fact]
    public async Task A_branch_of_three_hundred_characters_still_has_a_host_of_its_own()
    {
        var run = await new MayflyProgram(_home, _repository.Directory).RunAsync(
            TestContext.Current.CancellationToken, "values", "--pr", "42", "--branch", new string('x', 300));

        run.Ended(0);
    }

    private async Task RefusedAsync(string names, params string[] arguments)
    {
        var before = _repository.Fingerprint();

        var run = await new MayflyProgram(_home, _repository.Directory).RunAsync(TestContext.Current.CancellationToken, arguments);

        run.Ended(2);
        Assert.Contains(names, run.Error);
        Assert.DoesNotContain("Exception", run.Error);
        Assert.DoesNotContain("   at ", run.Error);
        Assert.Equal(before, _repository.Fingerprint());
        Assert.False(Directory.Exists(Path.Combine(_home, "local")), "a local cloud was started");
        Assert.False(Directory.Exists(Path.Combine(_home, "work")), "something was written");
    }
}
