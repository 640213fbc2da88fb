using Mayfly.Engine.Failures;
using Mayfly.Engine.Secrets;

namespace Mayfly.Engine.Stages;

/// <summary>Something that keeps the application from its secrets: a row of preflight's table, and what the loop may do about it.</summary>
/// <param name="Finding">Which secret, which key, where it broke, what to do.</param>
/// <param name="Failure">Its class and disposition.</param>
public sealed record PreflightRow(SecretFinding Finding, Failure Failure)
{
    private const string Operator = "Look at the operator's pods and at their logs.";

    /// <summary>A row about the operator, its store or its sync: time, or the operator, mends it.</summary>
    public static PreflightRow Waiting(string what, string key, SecretLink link, string problem, string next = Operator) => new(
        new SecretFinding(what, key, SecretState.Broken, link, problem, next),
        Failure.Of("preflight-not-ready", "eso_not_ready", Disposition.RetryAfterWait, $"{what}: {problem}", next) with { Tool = "eso" });

    /// <summary>A row that only a person can mend.</summary>
    public static PreflightRow Permanent(string what, string key, SecretLink link, string problem, string next) => new(
        new SecretFinding(what, key, SecretState.Broken, link, problem, next),
        Failure.Of("preflight-secret-incomplete", "eso_secret_missing", Disposition.FailPermanentUser, $"{what}, key {key}: {problem}", next) with { Tool = "eso" });

    /// <summary>A row that the operator itself explains; a rule that knows its words decides the class.</summary>
    public static PreflightRow Told(string what, string message, SecretLink link, string next)
    {
        var waiting = Waiting(what, "", link, message, next);
        var failure = FailureClassifier.Classify("eso", $"{what}: {message}");
        return failure.Class is Failure.UnknownClass or FailureClassifier.NotAFailure
            ? waiting
            : waiting with { Failure = failure with { Next = [next, .. failure.Next] } };
    }

    /// <summary>All rows as one failure: the first broken link decides, the table is the evidence.</summary>
    public static Failure? Join(IReadOnlyList<PreflightRow> rows) => rows.Count == 0 ? null : rows[0].Failure with
    {
        Summary = rows.Count == 1 ? rows[0].Failure.Summary : $"{rows.Count} things keep the application from its secrets; the first: {rows[0].Failure.Summary}",
        Evidence = [.. rows.Select(row => SecretFailure.Line(row.Finding))],
        Next = [.. rows.SelectMany(row => row.Failure.Next).Distinct()],
    };
}
