using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests;

/// <summary>A Terraform directory that cannot be read is refused by name, file and line, before anything of the environment exists.</summary>
public sealed class BrokenRootTests(LocalCloudFixture cloud) : IClassFixture<LocalCloudFixture>
{
    [Fact]
    public async Task A_terraform_directory_that_does_not_parse_is_refused_and_nothing_is_touched()
    {
        var ct = TestContext.Current.CancellationToken;
        cloud.Repository.Change("infra/main.tf", "  env_id             = var.env_id", "  env_id             = ");
        var before = cloud.Repository.Fingerprint();
        var asked = await cloud.LastAwsRequestAsync(ct);

        var run = await cloud.Mayfly.RunAsync(ct, "up", "--local", "--pr", "42", "--branch", "feature/login");

        run.Ended(2);
        var failure = run.Result.GetProperty("failure");
        Assert.Equal("config_invalid", failure.GetProperty("class").GetString());
        Assert.Contains("main.tf line ", failure.GetProperty("evidence").GetRawText());
        Assert.DoesNotContain("Exception", run.Story);
        Assert.Equal(before, cloud.Repository.Fingerprint());
        Assert.Empty(await cloud.AwsWritesAsync(asked, ct));
    }
}
