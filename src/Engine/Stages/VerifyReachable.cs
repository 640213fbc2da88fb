using System.Text.RegularExpressions;
using Mayfly.Engine.Clouds.Http;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Stages;

/// <summary>
/// The hard gate: the page answers over DNS, TLS and HTTP, several times in a row, from the commit that was asked for.
/// Looks at: the public host, as a visitor would. May change: nothing. Proof: the answers themselves.
/// </summary>
public sealed class VerifyReachable(Blueprint blueprint, IHttpProbe probe, RunLease lease, TimeProvider clock) : IStage
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromSeconds(1);
    private readonly VerifySettings _settings = blueprint.Configuration.Verify;

    /// <inheritdoc />
    public string Name => StageNames.Verify;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        var reporter = new StageReporter(run, Name);
        var target = new ProbeTarget(blueprint.Environment.PublicHost, blueprint.Configuration.Cloud.PublicPort, _settings.Path);
        var commit = blueprint.Environment.PullRequest.Commit;
        var started = clock.GetTimestamp();
        var inARow = 0;
        string? said = null;
        while (true)
        {
            var answer = await probe.AskAsync(target, ct);
            var failure = Judge(answer, _settings, commit);
            inARow = failure is null ? inARow + 1 : 0;
            if (inARow >= _settings.Consecutive)
            {
                return new StageResult.Unchanged($"{blueprint.Url} answered {inARow} times in a row");
            }

            if (failure is not null)
            {
                if (failure.Summary != said)
                {
                    reporter.Notice(said = failure.Summary);
                }

                if (clock.GetElapsedTime(started) > _settings.Timeout)
                {
                    return new StageResult.Failed(failure);
                }
            }

            // A run that has written nothing has nothing to wait out: good answers are asked for without a pause.
            if (failure is not null || lease.IsHeld)
            {
                await Task.Delay(_settings.Interval, clock, ct);
            }
        }
    }

    /// <summary>What is wrong with an answer; null when it is the one that is wanted. Pure.</summary>
    public static Failure? Judge(ProbeAnswer answer, VerifySettings settings, string? commit)
    {
        switch (answer.Step)
        {
            case ProbeStep.Dns:
                return Broken("verify-dns", "dns_not_resolving", answer.Detail, "Check the ingress, external-dns and the zone's records.");
            case ProbeStep.Connect:
                return Broken("verify-connect", "http_gateway_error", answer.Detail, "Check the load balancer, its listener and its security groups.");
            case ProbeStep.Tls:
                return Broken("verify-tls", "alb_certificate", answer.Detail, "Check the listener's certificate and the authority it comes from.");
            case ProbeStep.Http:
                return Broken("verify-http", "http_gateway_error", answer.Detail, "Check the load balancer's targets.");
        }

        if (!settings.Status.Contains(answer.Status))
        {
            return Broken("verify-status", answer.Status is 502 or 503 or 504 ? "http_gateway_error" : Failure.UnknownClass,
                $"the page answers {answer.Detail}, wanted is {string.Join(" or ", settings.Status)}", "Look at the application's pods and logs.");
        }

        var shown = Commit(answer, settings);
        var isChecked = settings.CommitHeader is not null || settings.CommitPattern is not null;
        return commit is null || !isChecked || IsCommit(shown, commit) ? null : Broken("verify-commit", Failure.UnknownClass,
            shown is null ? "the page does not say which commit it runs" : $"the page runs commit {shown}, wanted is {commit}",
            "Check that the image of this commit was built and is the one the pods run.");
    }

    private static string? Commit(ProbeAnswer answer, VerifySettings settings)
    {
        if (settings.CommitHeader is { } header && answer.Headers.TryGetValue(header.ToLowerInvariant(), out var named))
        {
            return named;
        }

        return settings.CommitPattern is { } pattern
            && Regex.Match(answer.Body, pattern, RegexOptions.None, RegexLimit) is { Success: true, Groups.Count: > 1 } match
            ? match.Groups[1].Value : null;
    }

    // A page may show the first digits only, as people do; seven are what git itself shows.
    private static bool IsCommit(string? shown, string wanted) =>
        shown is not null && (shown == wanted || (shown.Length >= 7 && wanted.StartsWith(shown, StringComparison.OrdinalIgnoreCase)));

    private static Failure Broken(string rule, string @class, string summary, string next) =>
        Failure.Of(rule, @class, Disposition.NeedsHuman, summary, next, "Run mayfly explain: it walks the whole chain.") with { Tool = "http" };
}
