using System.Text.Json;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests;

/// <summary>What the doctor finds out by asking: a permission that is missing is named before a run needs it.</summary>
public sealed class DoctorTests(LocalCloudFixture cloud) : IClassFixture<LocalCloudFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_may_not_change_node_groups_is_told_so_and_nothing_is_changed_to_find_out()
    {
        var before = await cloud.LastAwsRequestAsync(Ct);
        var fine = (await cloud.Mayfly.RunAsync(Ct, "doctor", "--local")).Ended(0);
        Assert.True(CheckOf(fine, "EKS node groups").GetProperty("holds").GetBoolean());
        var writes = await cloud.AwsWritesAsync(before, Ct);
        Assert.All(writes, write => Assert.Equal(404, write.GetProperty("status").GetInt32()));

        (await cloud.Mayfly.RunAsync(Ct, "local", "fault", "deny", "--service", "eks", "--action", "UpdateNodegroupConfig")).Ended(0);
        var denied = await cloud.Mayfly.RunAsync(Ct, "doctor", "--local");
        (await cloud.Mayfly.RunAsync(Ct, "local", "fault", "clear")).Ended(0);

        denied.Ended(3);
        Assert.True(CheckOf(denied, "EKS").GetProperty("holds").GetBoolean());
        Assert.False(CheckOf(denied, "EKS node groups").GetProperty("holds").GetBoolean());
        Assert.Contains("eks:UpdateNodegroupConfig", CheckOf(denied, "EKS node groups").GetProperty("next").GetString());
    }

    private static JsonElement CheckOf(MayflyRun run, string name) =>
        run.Result.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("check").GetString() == name);
}
