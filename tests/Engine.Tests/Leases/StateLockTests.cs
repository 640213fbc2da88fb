using CsCheck;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Leases;

namespace Mayfly.Engine.Tests.Leases;

public sealed class StateLockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);
    private static readonly HoldingSpan Run = new("run-1", "here.example.org", "m", Noon, Noon.AddMinutes(10));

    [Theory]
    [InlineData("taken while a run of that machine held the environment", "root@here.example.org", 5, true)]
    [InlineData("taken on another machine", "root@there", 5, false)]
    [InlineData("taken by a person on that machine before the run", "root@here.example.org", -30, false)]
    [InlineData("taken by a person on that machine after the run", "root@here.example.org", 11, false)]
    [InlineData("a name that ends alike", "root@nowhere.example.org", 5, false)]
    [InlineData("a user with an at sign in its name", "me@corp@here.example.org", 5, true)]
    public void A_lock_is_dead_when_the_run_that_took_it_is_over(string @case, string who, int minutes, bool dead) =>
        Assert.True(dead == (Lock(who, minutes).WhyDead([Run], TimeSpan.FromMinutes(1), Limit, LiveLook.Nothing) is not null), @case);

    [Fact]
    public void A_lock_without_any_lease_is_dead_by_age_alone()
    {
        Assert.Null(Lock("me@laptop", 0).WhyDead([], TimeSpan.FromMinutes(119), Limit, LiveLook.Nothing));
        Assert.Null(Lock("me@laptop", 0).WhyDead([Run], TimeSpan.FromMinutes(119), Limit, LiveLook.Nothing));
        Assert.NotNull(Lock("me@laptop", 0).WhyDead([], TimeSpan.FromMinutes(121), Limit, LiveLook.Nothing));
    }

    [Fact]
    public void A_persons_terraform_that_runs_on_the_machine_of_the_lock_may_hold_it_whatever_else_is_true() =>
        Assert.Null(Lock("root@here.example.org", 5).WhyDead([Run], TimeSpan.FromDays(1), Limit, new LiveLook([], HasStranger: true)));

    [Fact]
    public void A_terraform_that_outlived_its_run_holds_nothing_that_counts()
    {
        Assert.NotNull(Lock("root@here.example.org", 5).WhyDead([Run], TimeSpan.FromMinutes(1), Limit, new LiveLook([4711], false)));
        Assert.Null(Lock("root@here.example.org", 60).WhyDead([Run], TimeSpan.FromDays(1), Limit, new LiveLook([4711], false)));
    }

    [Fact]
    public void Clocks_that_differ_play_no_part_since_both_times_are_of_one_machine() =>
        Gen.Select(Gen.Int[-600, 600], Gen.Int[-60, 660]).Sample((skew, second) =>
        {
            var run = Run with { From = Run.From.AddSeconds(skew), To = Run.To.AddSeconds(skew) };
            var taken = new StateLock("id", "root@here.example.org", Noon.AddSeconds(skew + second), "OperationTypeApply");
            Assert.Equal(second is >= 0 and <= 600, taken.WhyDead([run], TimeSpan.FromMinutes(1), Limit, LiveLook.Nothing) is not null);
        });

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"ID":7}""")]
    [InlineData("""{"ID":""}""")]
    [InlineData("""{"ID":"x","Who":7,"Created":[],"Operation":{}}""")]
    public void What_is_no_lock_is_read_as_none_or_without_its_odd_parts(string text)
    {
        var read = StateLock.Read(System.Text.Encoding.UTF8.GetBytes(text));

        Assert.True(read is null || read is { Id: "x", Who: "", Operation: "" });
    }

    private static StateLock Lock(string who, int minutes) => new("id", who, Noon.AddMinutes(minutes), "OperationTypeApply");
}
