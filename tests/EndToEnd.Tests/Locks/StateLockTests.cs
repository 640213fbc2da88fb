using System.Net;
using Mayfly.EndToEnd.Tests.Adoption;
using Mayfly.Engine;
using Mayfly.Engine.Events;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.EndToEnd.Tests.Locks;

/// <summary>A real terraform holding the real lock, of every kind: a dead run's is broken once, a live one's never.</summary>
public sealed class StateLockTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LockKind.File)]
    [InlineData(LockKind.Table)]
    [InlineData(LockKind.Both)]
    public async Task The_lock_of_a_run_is_broken_once_when_the_run_is_over_and_of_a_person_by_age_alone(LockKind kind)
    {
        using var stack = new SmallStack(moto.Session, kind, Ttl, TimeSpan.FromHours(2), "true");
        await stack.CreateAsync(Ct);
        await using var dead = Run(stack, "run-1", alive: _ => false);
        Assert.Null(await dead.Lease.EnsureHeldAsync(Ct));
        var terraform = await dead.OpenAsync(Ct);

        // A person's terraform runs: nothing is known of it but that it lives.
        var person = await HeldLock.CheckOutAsync(stack, Ct);
        await using (var held = await HeldLock.TakeAsync(stack, person, new Dictionary<string, string>(), Ct))
        {
            await using (var next = Run(stack, "run-2", alive: _ => false))
            {
                await next.LeavesAsync(stack, "may live", Ct);
            }

            // It was killed in the time of that run on that machine, so nothing tells it from the run's own any more.
            await held.KillAsync();
        }

        await using (var next = Run(stack, "run-3", alive: _ => false))
        {
            Assert.True(await next.BreakAsync(stack, Ct), next.Story);
            Assert.Contains("is over", next.Story);
            Assert.Equal((false, false), await stack.LockedAsync(Ct));

            // Terraform can lock again, and a second lock in the same run is left to people.
            await using var again = await HeldLock.TakeAsync(stack, person, new Dictionary<string, string>(), Ct);
            await again.KillAsync();
            await next.LeavesAsync(stack, "breaks no second one", Ct);
        }

        // Taken by a run that is not one of ours, on a machine that nobody can look at: its age decides.
        stack.Write(Ttl, TimeSpan.FromHours(2), "true");
        await using (var other = Run(stack, "run-4", alive: _ => false, fresh: true))
        {
            await other.LeavesAsync(stack, "may live", Ct);
        }

        if (kind is LockKind.File)
        {
            stack.Write(Ttl, TimeSpan.FromSeconds(1), "true");
            await Task.Delay(TimeSpan.FromSeconds(1.5), Ct);
            await using var old = Run(stack, "run-5", alive: _ => false, fresh: true);
            Assert.True(await old.BreakAsync(stack, Ct), old.Story);
            Assert.Contains("hours old", old.Story);
        }
    }

    [Fact]
    public async Task A_terraform_that_outlived_its_run_is_ended_before_its_lock_is_broken()
    {
        using var stack = new SmallStack(moto.Session, LockKind.File, Ttl, TimeSpan.FromHours(2), "true");
        await stack.CreateAsync(Ct);
        await using var dead = Run(stack, "run-1", alive: _ => false);
        Assert.Null(await dead.Lease.EnsureHeldAsync(Ct));
        var terraform = await dead.OpenAsync(Ct);
        await using var orphan = await HeldLock.TakeAsync(
            stack, terraform.Root.Directory, new Dictionary<string, string> { ["TF_DATA_DIR"] = terraform.Root.DataDirectory }, Ct);

        await using var next = Run(stack, "run-2", alive: _ => false);

        Assert.True(await next.BreakAsync(stack, Ct), next.Story);
        Assert.True(orphan.HasEnded);
        Assert.Equal((false, false), await stack.LockedAsync(Ct));
    }

    private static LockRun Run(SmallStack stack, string id, Func<int, bool> alive, bool fresh = false) => new(stack, id, alive, fresh);

    /// <summary>What a run has to do with locks: a lease, roots, and the story it tells.</summary>
    private sealed class LockRun : IAsyncDisposable
    {
        private readonly TerraformRoots _roots;
        private readonly StateLocks _locks;
        private readonly StageReporter _reporter;
        private readonly System.Threading.Channels.ChannelReader<RunEvent> _events;
        private readonly List<string> _story = [];

        public LockRun(SmallStack stack, string id, Func<int, bool> alive, bool fresh)
        {
            var (world, blueprint) = stack.Engine();
            var holder = new Holder(Dns.GetHostName(), "this-machine", 4711, alive);

            // A fresh one knows of no run before it.
            Lease = new RunLease(world.Store, fresh ? $"{id}/lease.json" : RunParts.LeaseKey(blueprint), new LeaseTerms(id, "up", holder, Ttl), world.Clock);
            _roots = new TerraformRoots(world, blueprint);
            _locks = new StateLocks(world, blueprint, Lease);
            var feed = new RunFeed(TimeProvider.System);
            _events = feed.Subscribe();
            _reporter = new StageReporter(new Run(id, blueprint.Environment, feed), "prune");
        }

        public RunLease Lease { get; }

        public string Story
        {
            get
            {
                while (_events.TryRead(out var happened))
                {
                    _story.Add(happened.ToString());
                }

                return string.Join('\n', _story);
            }
        }

        public async Task<Terraform> OpenAsync(CancellationToken ct)
        {
            var opened = await _roots.OpenAsync(_roots.Layers[0], _reporter, ct);
            Assert.True(opened.Is(out var terraform, out var failure), failure?.ToString());
            return terraform!;
        }

        public async Task<bool> BreakAsync(SmallStack stack, CancellationToken ct)
        {
            var outcome = await _locks.BreakDeadAsync(await OpenAsync(ct), stack.StateKey, _reporter, ct);
            Assert.True(outcome.Is(out var broke, out var failure), failure?.ToString());
            return broke;
        }

        public async Task LeavesAsync(SmallStack stack, string because, CancellationToken ct)
        {
            var before = await stack.LockedAsync(ct);
            Assert.False(await BreakAsync(stack, ct), Story);
            Assert.Contains(because, Story);
            Assert.Equal(before, await stack.LockedAsync(ct));
        }

        public ValueTask DisposeAsync() => Lease.DisposeAsync();
    }
}
