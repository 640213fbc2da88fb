using Mayfly.Aws;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Teardown;

/// <summary>The search for what is left, over every kind of thing that an environment can leave behind.</summary>
public sealed class Sweep(IReadOnlyList<ILeftovers> kinds)
{
    /// <summary>The searches for an account and a zone, in the order in which things can go.</summary>
    public static Sweep Of(AwsSession session, string zone) => new(
    [
        new LoadBalancerLeftovers(session.CreateElasticLoadBalancingV2()),
        new RecordLeftovers(session.CreateRoute53(), zone),
        new ClusterLeftovers(session.CreateEks()),
        new NetworkLeftovers(session.CreateEc2()),
        new IdentityLeftovers(session.CreateIam()),
        new SecretLeftovers(session.CreateSecretsManager()),
        new LogLeftovers(session.CreateCloudWatchLogs()),
        new OtherLeftovers(session.CreateResourceGroupsTagging()),
    ]);

    /// <summary>Everything that it looks at, for the list that a teardown shows.</summary>
    public IEnumerable<string> Looks => kinds.Select(kind => kind.Looks);

    /// <summary>Looks everywhere. A kind that could not be looked at is a doubt, and a doubt is not "nothing".</summary>
    public async Task<SweepResult> FindAsync(Ownership ownership, CancellationToken ct)
    {
        var found = new List<(ILeftovers Kind, Leftover Leftover)>();
        var doubts = new List<Failure>();
        var looks = kinds.Select(async kind =>
        {
            try
            {
                return (kind, await kind.FindAsync(ownership, ct), (Failure?)null);
            }
            catch (Exception e) when (!ct.IsCancellationRequested && OutsideWorld.Classify(e) is { } failure)
            {
                return (kind, [], failure with { Summary = $"could not look at {kind.Looks}: {failure.Summary}" });
            }
        });
        foreach (var (kind, leftovers, failure) in await Task.WhenAll(looks))
        {
            found.AddRange(leftovers.Select(leftover => (kind, leftover)));
            if (failure is not null)
            {
                doubts.Add(failure);
            }
        }

        return new SweepResult(found, doubts);
    }

    /// <summary>Removes what was found, in its order; what resists is a failure, and the rest goes on.</summary>
    public static async Task<IReadOnlyList<Failure>> RemoveAsync(
        SweepResult found, Action<Leftover> removed, Func<CancellationToken, Task<Failure?>> beforeWrite, CancellationToken ct)
    {
        var failures = new List<Failure>();
        foreach (var (kind, leftover) in found.Found)
        {
            if (await beforeWrite(ct) is { } stop)
            {
                return [.. failures, stop];
            }

            try
            {
                await kind.RemoveAsync(leftover, ct);
                removed(leftover);
            }
            catch (Exception e) when (!ct.IsCancellationRequested && OutsideWorld.Classify(e) is { } failure)
            {
                failures.Add(failure with { Summary = $"{leftover}: {failure.Summary}" });
            }
        }

        return failures;
    }
}

/// <summary>What a sweep saw.</summary>
/// <param name="Found">What is there, and who can remove it.</param>
/// <param name="Doubts">Where it could not look.</param>
public sealed record SweepResult(IReadOnlyList<(ILeftovers Kind, Leftover Leftover)> Found, IReadOnlyList<Failure> Doubts)
{
    /// <summary>The things themselves.</summary>
    public IReadOnlyList<Leftover> Leftovers => [.. Found.Select(found => found.Leftover)];

    /// <summary>True when it looked everywhere and found nothing.</summary>
    public bool IsClean => Found.Count == 0 && Doubts.Count == 0;
}
