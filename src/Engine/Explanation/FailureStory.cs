using System.Text.RegularExpressions;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Stages;

namespace Mayfly.Engine.Explanation;

/// <summary>
/// Completes a failure before anybody hears of it: secrets are learned so that they can be taken out, and a run that ends because
/// the application does not come up is told with the first broken link of the chain, its evidence and its next steps.
/// </summary>
/// <param name="secrets">What must not be told.</param>
/// <param name="walk">Looks at the chain; it writes nothing.</param>
/// <param name="clock">Ends a look that takes too long.</param>
public sealed partial class FailureStory(KnownSecrets secrets, Func<CancellationToken, Task<Chain>> walk, TimeProvider clock)
{
    /// <summary>How long a run that has failed may still look.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    // What never came as far as the application, or is said best by who said it: the chain would only show what was not yet made.
    private static readonly HashSet<string> OfTheRun = new(StringComparer.Ordinal)
    {
        "config_invalid", "helm_chart_fetch_failed", "helm_operation_in_progress", "helm_ownership_conflict", "helm_release_name_in_use",
        "helm_no_deployed_release", "k8s_immutable_field", "k8s_object_exists", "k8s_crd_missing", "k8s_forbidden", "k8s_auth_expired",
        "k8s_api_unreachable", "k8s_provider_unconfigured", "k8s_namespace_terminating", "aws_credentials", "aws_access_denied",
        "aws_throttled", "aws_transient", "aws_resource_gone", "webhook_denied", "lease_held", "lease_lost",
    };

    /// <summary>Whether the chain can say why a stage failed.</summary>
    public static bool Fits(string stage, Failure failure) =>
        stage == StageNames.Verify || (stage is StageNames.Deploy or StageNames.Preflight && !OfTheRun.Contains(failure.Class));

    /// <summary>The failure as it is told.</summary>
    /// <param name="stage">The stage that failed.</param>
    /// <param name="failure">What it said.</param>
    /// <param name="ends">Whether the run ends with it; one that tries again says it shortly.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Failure> TellAsync(string stage, Failure failure, bool ends, CancellationToken ct)
    {
        if (stage is not (StageNames.Preflight or StageNames.Deploy or StageNames.Verify))
        {
            return failure;
        }

        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            var safe = await secrets.LearnAsync(either.Token) ? failure : WithoutLogs(failure);
            return ends && Fits(stage, failure) ? With(safe, Part(stage, await walk(either.Token))) : safe;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return WithoutLogs(failure);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && OutsideWorld.Classify(e) is not null)
        {
            return WithoutLogs(failure);
        }
    }

    /// <summary>A failure with what the chain says: evidence after its own, steps before its own, nothing twice. Pure.</summary>
    public static Failure With(Failure failure, Chain chain) => chain.FirstBroken is null ? failure : failure with
    {
        Evidence = [.. failure.Evidence.Concat(chain.Evidence()).Distinct()],
        Next = [.. chain.Next().Concat(failure.Next).Distinct()],
    };

    // Before the application is there only its secrets can be broken.
    private static Chain Part(string stage, Chain chain) => stage == StageNames.Preflight ? chain with { Links = [] } : chain;

    private static Failure WithoutLogs(Failure failure) =>
        failure.Evidence.Any(line => LogLine().IsMatch(line))
            ? failure with { Evidence = [.. failure.Evidence.Where(line => !LogLine().IsMatch(line)), KnownSecrets.LeftOut] }
            : failure;

    // CONTAINER | what it wrote
    [GeneratedRegex("^[a-z0-9](?:[-a-z0-9]*[a-z0-9])? \\| ")]
    private static partial Regex LogLine();
}
