using System.Globalization;
using System.Text.Json;
using Mayfly.Aws;
using Mayfly.EndToEnd.Tests.Programs;
using Mayfly.Engine.Leases;

namespace Mayfly.EndToEnd.Tests.Locks;

/// <summary>
/// Two processes whose clocks are ten minutes apart, in both directions, on an AWS that refuses signatures of another time: the live
/// holder is never robbed, and a dead one's lock is broken once.
/// </summary>
[Trait("Length", "long")]
public sealed class ClockSkewTests(LocalCloudFixture cloud) : IClassFixture<LocalCloudFixture>
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(8);
    private static readonly string[] Environment = ["--pr", "7", "--branch", "small"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LockKind.File, 10, 0)]
    [InlineData(LockKind.File, -10, 0)]
    [InlineData(LockKind.File, 0, 10)]
    [InlineData(LockKind.File, 0, -10)]
    [InlineData(LockKind.Table, 10, 0)]
    [InlineData(LockKind.Table, -10, 0)]
    [InlineData(LockKind.Table, 0, 10)]
    [InlineData(LockKind.Table, 0, -10)]
    public async Task A_live_holder_is_not_robbed_and_a_dead_one_s_lock_is_broken_once(LockKind kind, int holderMinutes, int otherMinutes)
    {
        var session = AwsSession.For(new Uri(cloud.Cloud.GetProperty("aws").GetString()!), "us-east-1", "AKIATESTTESTTESTTEST", "test");
        using var stack = new SmallStack(session, kind, Ttl, TimeSpan.FromHours(2), "touch \"$MAYFLY_HOME/started\"; sleep 600");
        await stack.CreateAsync(Ct);
        Directory.CreateDirectory(stack.Home);
        var other = Program(stack, otherMinutes);
        await using var holder = Program(stack, holderMinutes).StartAlone(["stage", "apply", .. Environment]);
        await WaitAsync(() => Task.FromResult(File.Exists(Path.Combine(stack.Home, "started"))));

        // It lives by its heartbeat alone: its lease would have run out by now.
        var store = new S3Store(session.CreateS3(), stack.Bucket, TimeProvider.System);
        var first = await LeaseAsync(store);
        await WaitAsync(async () => await LeaseAsync(store) is var now && now.Written - first.Written > Ttl);
        var held = await stack.LockedAsync(Ct);
        Assert.Equal((kind is LockKind.File, kind is LockKind.Table), held);

        (await other.RunAsync(Ct, ["stage", "prune", .. Environment])).Ended(6);
        (await other.RunAsync(Ct, ["stage", "apply", .. Environment])).Ended(6);

        Assert.Equal(held, await stack.LockedAsync(Ct));
        Assert.Equal(first.RunId, (await LeaseAsync(store)).RunId);

        // terraform asks the kernel for the time and not the library: what its machine's clock would have written is put in its place.
        holder.KillAll();
        await holder.EndAsync(Ct);
        await stack.ShiftLockAsync(TimeSpan.FromMinutes(holderMinutes), Ct);
        stack.Write(Ttl, TimeSpan.FromHours(2), "true");

        var prune = (await other.RunAsync(Ct, ["stage", "prune", .. Environment])).Ended(0);

        Assert.Single(prune.Events, line => line.GetRawText().Contains("broke the state lock", StringComparison.Ordinal));
        Assert.Equal((false, false), await stack.LockedAsync(Ct));
        (await other.RunAsync(Ct, ["stage", "apply", .. Environment])).Ended(0);
    }

    private static MayflyProgram Program(SmallStack stack, int minutes)
    {
        var mayfly = new MayflyProgram(stack.Home, stack.Folder) { Variables = stack.Variables };
        return minutes == 0 ? mayfly : new MayflyProgram(stack.Home, stack.Folder)
        {
            Program = Path.Combine(AppContext.BaseDirectory, "clock-host"),
            Variables = new Dictionary<string, string>(stack.Variables) { ["CLOCK_MINUTES"] = minutes.ToString(CultureInfo.InvariantCulture) },
        };
    }

    private static async Task<(string? RunId, DateTimeOffset Written)> LeaseAsync(S3Store store)
    {
        var stored = (await store.GetAsync("mayfly/small/pr-7/lease.json", Ct))!;
        return (JsonSerializer.Deserialize<JsonElement>(stored.Content.Span).GetProperty("run_id").GetString(), stored.Written);
    }

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        while (!await condition())
        {
            await Task.Delay(100, limit.Token);
        }
    }
}
