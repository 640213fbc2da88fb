using System.Text;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Lifetimes;
using Mayfly.Engine.Tests.Leases;
using Microsoft.Extensions.Time.Testing;

namespace Mayfly.Engine.Tests.Lifetimes;

public sealed class EnvironmentRecordTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly MemoryStore _store = new(new FakeTimeProvider(Now));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_written_once_and_read_as_it_was_written()
    {
        var record = new EnvironmentRecord(Now, Now.AddHours(72), false);

        await EnvironmentRecord.ChangeAsync(_store, "k", known => known ?? record, Ct);
        await EnvironmentRecord.ChangeAsync(_store, "k", known => known ?? record with { Sleeps = true }, Ct);

        Assert.Equal(record, await EnvironmentRecord.ReadAsync(_store, "k", Ct));
        Assert.Equal(1, _store.Writes);
    }

    [Fact]
    public async Task Two_who_change_it_at_once_both_have_their_way()
    {
        await EnvironmentRecord.ChangeAsync(_store, "k", _ => new EnvironmentRecord(Now, Now, false), Ct);

        var interrupted = false;
        await EnvironmentRecord.ChangeAsync(_store, "k", known =>
        {
            if (!interrupted)
            {
                interrupted = true;
                EnvironmentRecord.ChangeAsync(_store, "k", other => other! with { Sleeps = true }, Ct).GetAwaiter().GetResult();
            }

            return known! with { Ends = known.Ends + TimeSpan.FromHours(1) };
        }, Ct);

        Assert.Equal(new EnvironmentRecord(Now, Now.AddHours(1), true), await EnvironmentRecord.ReadAsync(_store, "k", Ct));
    }

    [Fact]
    public async Task What_cannot_be_read_is_written_anew()
    {
        await _store.PutAsync("k", Encoding.UTF8.GetBytes("{ half"), PutCondition.Always, Ct);

        Assert.Null(await EnvironmentRecord.ReadAsync(_store, "k", Ct));
        Assert.NotNull(await EnvironmentRecord.ChangeAsync(_store, "k", known => known ?? new EnvironmentRecord(Now, null, false), Ct));
    }
}
