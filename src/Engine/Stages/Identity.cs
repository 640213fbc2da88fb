using Mayfly.Engine.Failures;
using Mayfly.Engine.Infrastructure;
using Mayfly.Engine.Leases;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Finds out in whose account the run is, and whether it may work there.
/// Looks at: the terraform roots, whether they can be read; the caller's identity, the object store, the lease. May change: the store itself, which it makes when it is missing;
/// the lease, which it takes at once where work is certain. Proof: the account is the configured one and no other run lives.
/// </summary>
public sealed class Identity(World world, Blueprint blueprint, RunLease lease, TerraformRoots roots) : IStage
{
    /// <inheritdoc />
    public string Name => StageNames.Identity;

    /// <summary>True: the command writes in any case (a teardown), so the lease is taken here.</summary>
    public bool WillWrite { get; init; }

    /// <summary>True: the command only looks; it may run beside another and makes nothing.</summary>
    public bool ReadOnly { get; init; }

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        foreach (var layer in roots.RootLayers)
        {
            if (await roots.CheckAsync(layer, ct) is { } unusable)
            {
                return new StageResult.Failed(unusable);
            }
        }

        var account = await world.Account.AccountIdAsync(ct);
        if (blueprint.Configuration.Aws.Account is { } wanted && wanted != account)
        {
            return new StageResult.Failed(WrongAccount(wanted, account));
        }

        blueprint.Account = account;
        var who = $"{blueprint.Environment.Id} in account {account}, {blueprint.Configuration.Aws.Region}";
        if (ReadOnly)
        {
            return new StageResult.Unchanged(who);
        }

        var madeStore = await world.Store.EnsureExistsAsync(ct);
        if (await lease.LookAsync(ct) is { } held)
        {
            return new StageResult.Failed(held);
        }

        // Without a state there is certainly something to write; with one the lease waits for the first write.
        if ((WillWrite || !await HasStateAsync(ct)) && await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return new StageResult.Failed(lost);
        }

        return madeStore ? new StageResult.Changed($"{who}; made {world.Store.Location}") : new StageResult.Unchanged(who);
    }

    private async Task<bool> HasStateAsync(CancellationToken ct)
    {
        var keys = await world.Store.ListAsync(blueprint.StatePrefix + "/", ct);
        return roots.StateKeys.All(keys.Contains);
    }

    private static Failure WrongAccount(string wanted, string account) => Failure.Of(
        "wrong-account", "aws_credentials", Disposition.FailPermanentUser,
        $"the credentials belong to account {account}, and aws.account says {wanted}",
        "Use credentials of the configured account, or correct aws.account in mayfly.yaml.");
}
