using Mayfly.LocalCloud.Tests.Aws;

namespace Mayfly.LocalCloud.Tests.ProvidersAws;

/// <summary>The stand-in for hashicorp/aws with the types beyond a plain EKS stack.</summary>
public sealed class OtherTypesTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    [Fact]
    public async Task They_are_applied_once_imported_as_they_are_and_destroyed_without_a_trace()
    {
        var before = await Leftovers.CountAsync(aws);
        using var root = await AwsRoot.CreateAsync(aws, OtherTypes.Configuration("other"), "{ Env = \"pr-42\" }");
        await root.ApplyAsync();
        var mark = aws.Aws.Proxy.Log.Last;
        Assert.False(await root.HasChangesAsync());
        Assert.Empty(aws.Aws.Proxy.Log.WritesSince(mark));

        var count = await root.ForgetAndImportAsync();
        var changes = (await root.PlanAsync()).Where(change => !change.Key.StartsWith("data.", StringComparison.Ordinal)).ToList();
        Assert.Equal(count, changes.Count(change => change.Value.TryGetProperty("importing", out _)));
        Assert.Empty(changes.Where(change => change.Value.Actions() != "no-op").Select(change => $"{change.Key}: {change.Value.Actions()}"));

        await root.ApplyAsync();
        Assert.False(await root.HasChangesAsync());
        await root.MustAsync("destroy", "-no-color", "-auto-approve");
        Assert.Equal(before, await Leftovers.CountAsync(aws));
    }

    [Fact]
    public async Task Those_with_contents_are_imported_without_a_replacement()
    {
        using var root = await AwsRoot.CreateAsync(aws, StatefulTypes.Configuration("contents"));
        await root.ApplyAsync();
        Assert.False(await root.HasChangesAsync());
        Assert.Equal("15", (await root.StateAsync("aws_db_instance.this")).Text("engine_version"));

        await root.ForgetAndImportAsync();
        var changes = await root.PlanAsync();
        Assert.All(changes.Values, change => Assert.Contains(change.Actions(), (string[])["no-op", "update"]));

        await root.ApplyAsync();
        Assert.False(await root.HasChangesAsync());
        await root.MustAsync("destroy", "-no-color", "-auto-approve");
    }
}
