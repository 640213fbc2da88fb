using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Secrets;

/// <summary>Makes one failure of a contract's broken rows.</summary>
internal static class SecretFailure
{
    /// <summary>The failure; null when nothing is broken.</summary>
    public static Failure? Of(IReadOnlyList<SecretFinding> findings)
    {
        var broken = findings.Where(finding => finding.State == SecretState.Broken).ToList();
        if (broken.Count == 0)
        {
            return null;
        }

        var denied = broken.All(finding => finding.Broke == SecretLink.Access);
        return Failure.Of(
            denied ? "secret-access-denied" : "secret-contract-broken",
            denied ? "aws_access_denied" : "eso_secret_missing",
            Disposition.FailPermanentUser,
            broken.Count == 1 ? Line(broken[0]) : $"{broken.Count} entries of the secret contract do not hold",
            "") with
        {
            Tool = "aws",
            Evidence = [.. broken.Select(Line)],
            Next = [.. broken.Select(finding => finding.Next).Where(next => next.Length > 0).Distinct()],
        };
    }

    /// <summary>The failure of what keeps the nodes from pulling; null when nothing does.</summary>
    public static Failure? OfPulling(IReadOnlyList<SecretFinding> broken) => broken.Count == 0 ? null : Failure.Of(
        broken.All(finding => finding.Broke == SecretLink.Image) ? "image-not-found" : "image-pull",
        "image_pull_failed",
        Disposition.FailPermanentUser,
        broken.Count == 1 ? Line(broken[0]) : $"{broken.Count} things keep the nodes from pulling the release's images",
        [.. broken.Select(finding => finding.Next).Distinct()]) with
    {
        Tool = "http",
        Evidence = [.. broken.Select(Line)],
    };

    /// <summary>A broken row as one line.</summary>
    public static string Line(SecretFinding finding) =>
        $"{finding.Secret}{(finding.Key.Length > 0 ? $", key {finding.Key}" : "")} ({finding.Broke.ToString().ToLowerInvariant()}): {finding.Problem}";
}

/// <summary>A write was not allowed; carries the reason to the one place that asked for it.</summary>
internal sealed class WriteStoppedException(Failure failure) : Exception
{
    /// <summary>Why.</summary>
    public Failure Failure { get; } = failure;
}
