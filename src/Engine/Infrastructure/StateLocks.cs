using System.Net;
using System.Text;
using Amazon.DynamoDBv2.Model;
using Mayfly.Aws;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Infrastructure;

/// <summary>
/// Finds terraform's lock on a root's state, as an object beside the state or as a row of a lock table, and breaks it when its
/// holder is certainly dead; at most once for a state in a run. A lock of a live holder is left alone; terraform itself then says
/// who holds it.
/// </summary>
public sealed class StateLocks(World world, Blueprint blueprint, RunLease lease)
{
    // A row of a table carries its holder's time alone. Clocks differ by minutes at times; for what they may, the lock gets older.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(15);

    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);
    private readonly string _folder = Path.Combine(world.Home, "work", blueprint.Configuration.Project, blueprint.Environment.Id);

    /// <summary>Breaks a dead holder's lock; true when it did.</summary>
    public async Task<Outcome<bool>> BreakDeadAsync(Terraform terraform, string stateKey, StageReporter reporter, CancellationToken ct)
    {
        var found = await FindAsync(world, blueprint, stateKey, ct);
        if (found.Count == 0)
        {
            return false;
        }

        if (await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return lost;
        }

        // One holder has the object and the row, or two have one each: then both have to be dead.
        var here = found.Any(one => one.Lock.Host == Dns.GetHostName())
            ? new LiveTerraforms(terraform.Root.Backend, _folder).Look() : LiveLook.Nothing;
        var judged = found.Select(one => (one.Lock, Why: WhyDead(one, here))).ToList();
        if (judged.FirstOrDefault(one => one.Why is null) is { Lock: { } live })
        {
            reporter.Notice($"the state is locked by {live.Who} ({live.Operation}) since {live.Created:u}; the holder may live");
            return false;
        }

        if (!_broken.Add(stateKey))
        {
            reporter.Notice($"the state is locked again, by {judged[0].Lock.Who}; this run has broken one lock on it and breaks no second one");
            return false;
        }

        // A terraform that outlived its run would write on without its lock.
        LiveTerraforms.End(here.Orphans);
        foreach (var id in judged.Select(one => one.Lock.Id).Distinct())
        {
            // Terraform frees what it finds, and complains when only one of the two places has the lock: what counts is the look after.
            var unlocked = await terraform.UnlockAsync(id, ct);
            if (unlocked.Failure is { } failure && (await FindAsync(world, blueprint, stateKey, ct)).Any(one => one.Lock.Id == id))
            {
                return failure;
            }
        }

        reporter.Notice($"broke the state lock of {judged[0].Lock.Who}: {judged[0].Why}");
        return true;
    }

    private string? WhyDead(FoundLock one, LiveLook here) => one.Lock.WhyDead(
        lease.Spans, one.Age, blueprint.Configuration.State.LockAge, one.Lock.Host == Dns.GetHostName() ? here : LiveLook.Nothing);

    /// <summary>The locks on a state: none, one, or one of each kind.</summary>
    public static async Task<IReadOnlyList<FoundLock>> FindAsync(World world, Blueprint blueprint, string stateKey, CancellationToken ct)
    {
        var state = blueprint.Configuration.State;
        if (state.Bucket is null)
        {
            // A lock on a file is the operating system's, and ends with the process.
            return [];
        }

        var found = new List<FoundLock>();
        if (await world.Store.GetAsync(stateKey + ".tflock", ct) is { } file && StateLock.Read(file.Content.Span) is { } native)
        {
            found.Add(new FoundLock(native, await world.Store.NowAsync(ct) - file.Written));
        }

        if (state.LockTable is { } table && await RowAsync(world, blueprint, table, $"{state.Bucket}/{stateKey}", ct) is { } row)
        {
            found.Add(new FoundLock(row, await world.Store.NowAsync(ct) - row.Created - ClockSkew));
        }

        return found;
    }

    private static async Task<StateLock?> RowAsync(World world, Blueprint blueprint, string table, string id, CancellationToken ct)
    {
        using var dynamo = world.Session.CreateDynamoDb(blueprint.Configuration.State.Region);
        var key = new Dictionary<string, AttributeValue> { ["LockID"] = new() { S = id } };
        try
        {
            var item = await dynamo.GetItemAsync(new GetItemRequest { TableName = table, Key = key, ConsistentRead = true }, ct);
            return item.Item?.GetValueOrDefault("Info")?.S is { } info ? StateLock.Read(Encoding.UTF8.GetBytes(info)) : null;
        }
        catch (ResourceNotFoundException)
        {
            // No table, no lock: terraform says so where it matters.
            return null;
        }
    }

    /// <summary>A lock that is there, and how old it is.</summary>
    public sealed record FoundLock(StateLock Lock, TimeSpan Age);
}
