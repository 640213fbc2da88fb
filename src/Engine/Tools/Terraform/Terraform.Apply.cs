using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tools;

/// <summary>What came of an apply.</summary>
/// <param name="Failure">Null when everything went well.</param>
/// <param name="Wrote">True when terraform touched something, also when it failed later.</param>
public sealed record ApplyResult(Failure? Failure, bool Wrote)
{
    /// <summary>Addresses of what could not be made because it exists already.</summary>
    public IReadOnlyList<string> Existing { get; init; } = [];
}

public sealed partial class Terraform
{
    // Half a minute for the lock: long enough for another run's last write, short enough that a dead holder is noticed.
    public static IReadOnlyList<string> ApplyArguments(string planFile) =>
        ["apply", "-input=false", "-no-color", "-json", "-lock-timeout=30s", planFile];

    /// <summary>Applies a saved plan, a destroying one too, and reports the resources as they move.</summary>
    public async Task<ApplyResult> ApplyAsync(Plan plan, StageReporter reporter, CancellationToken ct)
    {
        if (plan.File is not { } file)
        {
            return new ApplyResult(null, Wrote: false);
        }

        try
        {
            var (result, stream) = await StreamAsync(ApplyArguments(file), reporter, ct);
            return result.ExitCode == 0
                ? new ApplyResult(null, Wrote: true)
                : new ApplyResult(Classify(stream.FailureText is { Length: > 0 } text ? text : result.TailText), stream.Wrote) { Existing = ExistingIn(stream.Errors) };
        }
        finally
        {
            // A plan can be applied once, and it holds secrets.
            root.Discard(file);
        }
    }

    // Each error by itself: an apply that ran into one thing that exists mostly ran into several, and into others besides.
    private static IReadOnlyList<string> ExistingIn(IReadOnlyList<TerraformDiagnostic> errors) =>
    [
        .. errors.Where(error => error.Address is not null && FailureClassifier.Classify("terraform", error.Line).Disposition is Disposition.AdoptExisting)
            .Select(error => error.Address!).Distinct(),
    ];
}
