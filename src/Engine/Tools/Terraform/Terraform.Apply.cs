using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tools;

/// <summary>What came of an apply.</summary>
/// <param name="Failure">Null when everything went well.</param>
/// <param name="Wrote">True when terraform touched something, also when it failed later.</param>
public sealed record ApplyResult(Failure? Failure, bool Wrote);

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
                : new ApplyResult(Classify(stream.FailureText is { Length: > 0 } text ? text : result.TailText), stream.Wrote);
        }
        finally
        {
            // A plan can be applied once, and it holds secrets.
            root.Discard(file);
        }
    }
}
