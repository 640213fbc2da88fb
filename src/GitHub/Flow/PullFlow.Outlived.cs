using Mayfly.GitHub.Decisions;
using Mayfly.GitHub.Payloads;

namespace Mayfly.GitHub.Flow;

/// <summary>Environments that have outlived their time or their pull request, while no event told of it: what runs by a schedule.</summary>
public sealed partial class PullFlow
{
    // GitHub makes no more jobs of one matrix; the others are found the next time.
    private const int MaxOutlived = 256;

    /// <summary>Those environments, by the numbers of their pull requests; writes nothing.</summary>
    public async Task<IReadOnlyList<int>> FindOutlivedAsync(CancellationToken ct)
    {
        var outlived = new List<int>();
        foreach (var environment in await _environments.AllAsync(ct))
        {
            if (await WhyOutlivedAsync(environment, ct) is ({ }, _))
            {
                outlived.Add(environment.Number);
            }
        }

        return [.. outlived.Take(MaxOutlived)];
    }

    /// <summary>Whether one of them is to be removed: it may have been extended, opened again or removed since it was found.</summary>
    public async Task<Decision> DecideOutlivedAsync(int number, CancellationToken ct)
    {
        var environment = (await _environments.AllAsync(ct)).FirstOrDefault(known => known.Number == number);
        return environment is null ? new Decision.Nothing("there is no such environment any more")
            : await WhyOutlivedAsync(environment, ct) is ({ } why, var pull) ? new Decision.TearDown(number, pull, null, why) { IsOutlived = true }
            : new Decision.Stale("the environment has not outlived its pull request or its time any more");
    }

    private async Task<(string? Why, PullState? Pull)> WhyOutlivedAsync(KnownEnvironment environment, CancellationToken ct)
    {
        PullState? now = null;
        if (_github is not null && !environment.IsBusy)
        {
            var answer = await _github.PullAsync(environment.Number, ct);
            now = Known(answer) ? answer.Value : null;
        }

        return (Outlived.Why(environment, now, _settings.Label, _clock.GetUtcNow()), now);
    }
}
