using System.Text;
using Amazon.DynamoDBv2.Model;
using Mayfly.Aws;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Infrastructure;

/// <summary>
/// Finds terraform's lock on a root's state and breaks it when its holder is certainly dead. A lock of a live holder is left alone;
/// terraform itself then says who holds it.
/// </summary>
public sealed class StateLocks(World world, Blueprint blueprint, RunLease lease)
{
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);

    /// <summary>Breaks a dead holder's lock, once for each lock; true when it did.</summary>
    public async Task<Outcome<bool>> BreakDeadAsync(Terraform terraform, string stateKey, StageReporter reporter, CancellationToken ct)
    {
        if (await FindAsync(stateKey, ct) is not { } found)
        {
            return false;
        }

        if (await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return lost;
        }

        var why = found.Lock.WhyDead(lease.Previous, await world.Store.NowAsync(ct) - found.Written, blueprint.Configuration.State.LockAge);
        if (why is null || !_broken.Add(found.Lock.Id))
        {
            reporter.Notice($"the state is locked by {found.Lock.Who} ({found.Lock.Operation}) since {found.Lock.Created:u}; the holder may live");
            return false;
        }

        if (!(await terraform.UnlockAsync(found.Lock.Id, ct)).Is(out _, out var failure))
        {
            return failure;
        }

        reporter.Notice($"broke the state lock of {found.Lock.Who}: {why}");
        return true;
    }

    private async Task<(StateLock Lock, DateTimeOffset Written)?> FindAsync(string stateKey, CancellationToken ct)
    {
        var state = blueprint.Configuration.State;
        if (state.Bucket is null)
        {
            // A lock on a file is the operating system's, and ends with the process.
            return null;
        }

        if (await world.Store.GetAsync(stateKey + ".tflock", ct) is { } file && StateLock.Read(file.Content.Span) is { } native)
        {
            return (native, file.Written);
        }

        if (state.LockTable is not { } table)
        {
            return null;
        }

        using var dynamo = world.Session.CreateDynamoDb();
        var key = new Dictionary<string, AttributeValue> { ["LockID"] = new() { S = $"{state.Bucket}/{stateKey}" } };
        var item = await dynamo.GetItemAsync(new GetItemRequest { TableName = table, Key = key, ConsistentRead = true }, ct);
        return item.Item?.GetValueOrDefault("Info")?.S is { } info && StateLock.Read(Encoding.UTF8.GetBytes(info)) is { } row
            ? (row, row.Created)
            : null;
    }
}
