using System.Text.Json;
using Mayfly.Aws;
using Mayfly.EndToEnd.Tests.Adoption;
using Mayfly.EndToEnd.Tests.Programs;
using Mayfly.Engine.Leases;

namespace Mayfly.EndToEnd.Tests.Locks;

/// <summary>A holder that comes back from a long pause, as real processes: it stops before its next write.</summary>
[Trait("Length", "long")]
public sealed class PauseTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LockKind.File)]
    [InlineData(LockKind.Table)]
    public async Task A_run_that_slept_longer_than_its_lease_ends_without_another_write(LockKind kind)
    {
        using var stack = new SmallStack(moto.Session, kind, leaseTtl: TimeSpan.FromSeconds(4), TimeSpan.FromHours(2), "touch \"$MAYFLY_HOME/started\"; sleep 60");
        await stack.CreateAsync(Ct);
        Directory.CreateDirectory(stack.Home);
        var mayfly = new MayflyProgram(stack.Home, stack.Folder) { Variables = stack.Variables };
        await using var sleeper = mayfly.StartAlone("stage", "apply", "--pr", "7", "--branch", "small");
        await WaitForFileAsync(Path.Combine(stack.Home, "started"));

        sleeper.SignalAll("STOP");
        stack.Write(TimeSpan.FromSeconds(4), TimeSpan.FromHours(2), "true");
        await WaitForExpiryAsync(stack);
        var prune = await mayfly.RunAsync(Ct, "stage", "prune", "--pr", "7", "--branch", "small");
        prune.Ended(0);
        Assert.Contains("broke the state lock", string.Join('\n', prune.Events.Select(e => e.GetRawText())));
        (await mayfly.RunAsync(Ct, "stage", "apply", "--pr", "7", "--branch", "small")).Ended(0);
        var store = new S3Store(stack.Session.CreateS3(), stack.Bucket, TimeProvider.System);
        var before = await store.GetAsync(stack.StateKey, Ct);

        sleeper.SignalAll("CONT");
        var end = await sleeper.EndAsync(Ct);

        end.Ended(4);
        Assert.Equal("lease_lost", end.Result.GetProperty("failure").GetProperty("class").GetString());
        Assert.Equal(before!.Version, (await store.GetAsync(stack.StateKey, Ct))!.Version);
        Assert.Equal((false, false), await stack.LockedAsync(Ct));
        var lease = JsonSerializer.Deserialize<JsonElement>((await store.GetAsync("mayfly/small/pr-7/lease.json", Ct))!.Content.Span);
        Assert.NotEqual(end.Events[0].GetProperty("run_id").GetString(), lease.GetProperty("run_id").GetString());
        (await mayfly.RunAsync(Ct, "stage", "apply", "--pr", "7", "--branch", "small")).Ended(0);
    }

    private static async Task WaitForExpiryAsync(SmallStack stack)
    {
        var store = new S3Store(stack.Session.CreateS3(), stack.Bucket, TimeProvider.System);
        while ((await store.GetAsync("mayfly/small/pr-7/lease.json", Ct))!.Written is var written && await store.NowAsync(Ct) - written <= TimeSpan.FromSeconds(5))
        {
            await Task.Delay(200, Ct);
        }
    }

    private static async Task WaitForFileAsync(string file)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (!File.Exists(file))
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
