using CsCheck;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;
using Microsoft.Extensions.Time.Testing;

namespace Mayfly.Engine.Tests.Leases;

public sealed class LeaseTests : IDisposable
{
    private const string Key = "mayfly/p/pr-42/lease.json";
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(60);

    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly MemoryStore _store;

    public LeaseTests() => _store = new MemoryStore(_clock);

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_live_lease_turns_a_second_run_away_and_names_the_holder()
    {
        await using var first = Lease("run-1");
        await using var second = Lease("run-2", machine: "other");
        Assert.Null(await first.EnsureHeldAsync(Ct));

        var failure = await second.EnsureHeldAsync(Ct);

        Assert.Equal(LeaseFailures.HeldRule, failure!.Rule);
        Assert.Contains("run-1", failure.Summary, StringComparison.Ordinal);
        Assert.Contains("host-here", failure.Summary, StringComparison.Ordinal);
        Assert.False(second.IsHeld);
    }

    [Fact]
    public async Task A_run_that_only_looks_writes_nothing()
    {
        await using var lease = Lease("run-1");

        Assert.Null(await lease.LookAsync(Ct));

        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public async Task A_heartbeat_keeps_it_alive_for_hours()
    {
        await using var first = Lease("run-1");
        await using var second = Lease("run-2", machine: "other");
        await first.EnsureHeldAsync(Ct);

        for (var i = 0; i < 200; i++)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(30));
        }

        Assert.NotNull(await second.LookAsync(Ct));
        Assert.False(first.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task An_expired_lease_is_taken_over_and_its_old_holder_stops_before_it_writes()
    {
        await using var first = Lease("run-1");
        await using var second = Lease("run-2", machine: "other");
        await first.EnsureHeldAsync(Ct);

        // The holder is paused: its heartbeat does not reach the store, and the store's time goes on.
        _store.Unreachable = true;
        await AdvanceAsync(Ttl + TimeSpan.FromSeconds(1));
        _store.Unreachable = false;

        Assert.Null(await second.EnsureHeldAsync(Ct));
        Assert.Equal(LeaseFailures.LostRule, (await first.EnsureHeldAsync(Ct))!.Rule);
        Assert.True(first.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_holder_that_comes_back_before_it_expired_goes_on()
    {
        await using var first = Lease("run-1");
        await first.EnsureHeldAsync(Ct);

        _store.Unreachable = true;
        await AdvanceAsync(Ttl - TimeSpan.FromSeconds(5));
        _store.Unreachable = false;

        Assert.Null(await first.EnsureHeldAsync(Ct));
    }

    [Fact]
    public async Task The_lease_of_a_dead_process_of_this_machine_needs_no_waiting()
    {
        await using var dead = Lease("run-1", alive: _ => false);
        await using var next = Lease("run-2", alive: _ => false);
        await dead.EnsureHeldAsync(Ct);

        Assert.Null(await next.EnsureHeldAsync(Ct));
    }

    [Fact]
    public async Task A_clock_that_is_ten_minutes_off_robs_nobody()
    {
        foreach (var skew in new[] { TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(-10) })
        {
            var ours = new FakeTimeProvider(_clock.GetUtcNow() + skew);
            var store = new MemoryStore(_clock);
            await using var first = new RunLease(store, Key, Terms("run-1"), _clock);
            await using var second = new RunLease(store, Key, Terms("run-2", machine: "other"), ours);
            Assert.Null(await first.EnsureHeldAsync(Ct));

            Assert.Equal(LeaseFailures.HeldRule, (await second.EnsureHeldAsync(Ct))!.Rule);
        }
    }

    [Fact]
    public async Task A_machine_that_slept_asks_the_store_before_it_writes_although_its_steady_clock_stood_still()
    {
        var sleeper = new SleepingClock(_clock);
        await using var first = new RunLease(_store, Key, Terms("run-1"), sleeper);
        await using var second = Lease("run-2", machine: "other");
        await first.EnsureHeldAsync(Ct);
        sleeper.IsAsleep = true;
        await AdvanceAsync(Ttl + TimeSpan.FromSeconds(1));
        Assert.Null(await second.EnsureHeldAsync(Ct));

        sleeper.IsAsleep = false;

        Assert.Equal(LeaseFailures.LostRule, (await first.EnsureHeldAsync(Ct))!.Rule);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_costs_the_lease_when_its_time_is_up()
    {
        await using var lease = Lease("run-1");
        await lease.EnsureHeldAsync(Ct);

        _store.Hangs = true;
        await AdvanceAsync(Ttl - TimeSpan.FromSeconds(10));
        Assert.False(lease.Lost.IsCancellationRequested);
        await AdvanceAsync(TimeSpan.FromSeconds(20));

        Assert.True(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task The_runs_before_it_are_known_also_when_the_next_one_was_killed_too()
    {
        await using var first = Lease("run-1", machine: "a");
        await using var second = Lease("run-2", machine: "b");
        await using var third = Lease("run-3", machine: "c");
        await first.EnsureHeldAsync(Ct);
        _store.Unreachable = true;
        await AdvanceAsync(Ttl + TimeSpan.FromSeconds(1));
        _store.Unreachable = false;
        await second.EnsureHeldAsync(Ct);
        _store.Unreachable = true;
        await AdvanceAsync(Ttl + TimeSpan.FromSeconds(1));
        _store.Unreachable = false;

        Assert.Null(await third.EnsureHeldAsync(Ct));

        Assert.Equal(["run-1", "run-2", "run-3"], third.Spans.Select(span => span.RunId));
        Assert.All(third.Spans, span => Assert.True(span.From <= span.To));
    }

    [Fact]
    public async Task The_lease_of_a_workflow_run_that_has_ended_needs_no_waiting()
    {
        var variables = new Dictionary<string, string>
        {
            ["GITHUB_SERVER_URL"] = "https://github.example",
            ["GITHUB_REPOSITORY"] = "o/r",
            ["GITHUB_RUN_ID"] = "7",
            ["GITHUB_RUN_ATTEMPT"] = "2",
        };
        using var http = new HttpClient();
        var workflows = new WorkflowRuns(http, new ToolEnvironment(variables));
        Assert.Equal("https://github.example/o/r/actions/runs/7/attempts/2", workflows.Own);

        // The same run's attempt before this one is over; a job of the same attempt, another repository and an unknown run may live.
        Assert.Null(await TurnedAwayAsync("https://github.example/o/r/actions/runs/7/attempts/1"));
        Assert.NotNull(await TurnedAwayAsync("https://github.example/o/r/actions/runs/7/attempts/2"));
        Assert.NotNull(await TurnedAwayAsync("https://github.example/o/other/actions/runs/7/attempts/1"));
        Assert.NotNull(await TurnedAwayAsync("https://github.example/o/r/actions/runs/6/attempts/1"));

        async Task<Engine.Failures.Failure?> TurnedAwayAsync(string url)
        {
            var store = new MemoryStore(_clock);
            await using var first = new RunLease(store, Key, Terms("run-1") with { Url = url }, _clock);
            await using var second = new RunLease(store, Key, Terms("run-2", machine: "other") with { Workflows = workflows }, _clock);
            await first.EnsureHeldAsync(Ct);
            return await second.EnsureHeldAsync(Ct);
        }
    }

    [Fact]
    public async Task A_released_lease_is_free_at_once()
    {
        await using var first = Lease("run-1");
        await using var second = Lease("run-2", machine: "other");
        await first.EnsureHeldAsync(Ct);
        await first.ReleaseAsync(Ct);

        Assert.Null(await second.EnsureHeldAsync(Ct));
    }

    [Fact]
    public async Task An_answer_that_was_lost_on_the_way_back_is_recognised_as_our_own_write()
    {
        await using var lease = Lease("run-1");
        _store.LoseNextAnswer = true;

        Assert.Null(await lease.EnsureHeldAsync(Ct));
        Assert.True(lease.IsHeld);
    }

    [Fact]
    public async Task Of_many_runs_at_once_exactly_one_holds_it_in_a_directory_too()
    {
        var store = new DirectoryStore(_folder.Path, TimeProvider.System);
        var runs = Enumerable.Range(0, 16).Select(i => new RunLease(store, Key, Terms($"run-{i}", $"machine-{i}"), TimeProvider.System)).ToList();

        var answers = await Task.WhenAll(runs.Select(run => Task.Run(() => run.EnsureHeldAsync(Ct))));

        Assert.Single(answers, answer => answer is null);
        foreach (var run in runs)
        {
            await run.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_lease_of_a_version_that_noted_less_is_taken_over_like_any_other()
    {
        var store = new MemoryStore(_clock);
        await store.PutAsync(
            Key, """{"run_id":"old","command":"up","host":"h","machine":"m","pid":1,"ttl":60,"beat":9,"released":true}"""u8.ToArray(), PutCondition.Always, Ct);
        await using var lease = new RunLease(store, Key, Terms("new"), _clock);

        Assert.Null(await lease.EnsureHeldAsync(Ct));
        Assert.Equal("old", lease.Previous!.Lease.RunId);
    }

    [Fact]
    public void A_lease_is_live_exactly_as_long_as_its_ttl() =>
        Gen.Select(Gen.Int[0, 600], Gen.Int[1, 300], Gen.Bool).Sample((age, ttl, released) =>
        {
            var lease = new Lease("r", "up", "h", "elsewhere", 1, ttl, 0, released);
            var standing = lease.Judge(TimeSpan.FromSeconds(age), new Holder("x", "here", 2, _ => true));
            Assert.Equal(released ? LeaseStanding.Released : age > ttl ? LeaseStanding.Expired : LeaseStanding.Live, standing);
        });

    private RunLease Lease(string run, string machine = "here", Func<int, bool>? alive = null) => new(_store, Key, Terms(run, machine, alive), _clock);

    private static LeaseTerms Terms(string run, string machine = "here", Func<int, bool>? alive = null) =>
        new(run, "up", new Holder($"host-{machine}", machine, 7, alive ?? (_ => true)), Ttl);

    /// <summary>A machine's clocks: while it sleeps the steady one stands still and no timer fires, and the wall clock goes on.</summary>
    private sealed class SleepingClock(FakeTimeProvider real) : TimeProvider
    {
        private readonly long _born = real.GetTimestamp();

        public bool IsAsleep { get; set; }

        public override long TimestampFrequency => real.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => real.GetUtcNow();

        public override long GetTimestamp() => _born;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            real.CreateTimer(_ => Fire(callback, state), null, dueTime, period);

        private void Fire(TimerCallback callback, object? state)
        {
            if (!IsAsleep)
            {
                callback(state);
            }
        }
    }

    private async Task AdvanceAsync(TimeSpan time)
    {
        for (var gone = TimeSpan.Zero; gone < time; gone += TimeSpan.FromSeconds(5))
        {
            _clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(1, Ct);
        }
    }
}
