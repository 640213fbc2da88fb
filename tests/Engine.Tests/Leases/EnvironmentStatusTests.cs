using System.Text;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Events;
using Mayfly.Engine.Leases;
using Microsoft.Extensions.Time.Testing;

namespace Mayfly.Engine.Tests.Leases;

/// <summary>What is known of environments from the objects beside their states: until when, and who wrote last.</summary>
public sealed class EnvironmentStatusTests
{
    private const string Folder = "mayfly/demo/pr-7";

    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly MemoryStore _store = new(new FakeTimeProvider(Noon));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_time_of_one_whose_first_run_was_killed_counts_from_its_beginning()
    {
        await PutAsync("/journal.jsonl", RunEventJson.Line(new RunStarted("r", "up", "pr-7", "h", null) { Sequence = 1, Time = Noon }) + "\n");

        var status = await ReadAsync();

        Assert.Equal(Noon + Day, status.EndsAfter(Day));
        Assert.Null(status.EndsAfter(null));
    }

    [Fact]
    public async Task What_is_remembered_counts_and_not_what_is_configured_since()
    {
        await PutAsync("/journal.jsonl", RunEventJson.Line(new RunStarted("r", "up", "pr-7", "h", null) { Sequence = 1, Time = Noon }) + "\n");
        await PutAsync("/record.json", """{"created":"2030-01-01T12:00:00+00:00","ends":"2030-01-09T12:00:00+00:00","sleeps":false}""");

        Assert.Equal(Noon.AddDays(8), (await ReadAsync()).EndsAfter(Day));

        await PutAsync("/record.json", """{"created":"2030-01-01T12:00:00+00:00","ends":null,"sleeps":false}""");

        Assert.Null((await ReadAsync()).EndsAfter(Day));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://github.com/o/r/actions/runs/7/attempts/1")]
    public async Task A_released_lease_still_tells_whether_a_workflow_wrote_last(string? url)
    {
        var lease = new Lease("r", "up", "h", "m", 1, 60, 3, Released: true) { Url = url };
        await _store.PutAsync(Folder + "/lease.json", lease.ToBytes(), PutCondition.Always, Ct);

        var status = await ReadAsync();

        Assert.Equal((url, null), (status.Workflow, status.Holder));
        Assert.Null(status.EndsAfter(Day));
    }

    private Task PutAsync(string name, string text) => _store.PutAsync(Folder + name, Encoding.UTF8.GetBytes(text), PutCondition.Always, Ct);

    private async Task<EnvironmentStatus> ReadAsync() =>
        Assert.Single(await EnvironmentStatus.ReadAsync(new MayflyConfiguration { Project = "demo" }, _store, null, Ct));
}
