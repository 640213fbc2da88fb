namespace Mayfly.Engine.Tools;

/// <summary>What plan is told.</summary>
/// <param name="File">Where the plan is written.</param>
/// <param name="Targets">Addresses; empty: the whole root.</param>
/// <param name="Destroy">True: a plan that destroys.</param>
public sealed record PlanOptions(string File, IReadOnlyList<string> Targets, bool Destroy = false);

public sealed partial class Terraform
{
    // No lock: a plan writes nothing, the lease keeps other runs of ours away, and an apply refuses a plan that has become stale.
    public static IReadOnlyList<string> PlanArguments(PlanOptions options) =>
    [
        "plan", "-input=false", "-no-color", "-json", "-lock=false", "-detailed-exitcode", $"-out={options.File}",
        .. options.Destroy ? ["-destroy"] : Array.Empty<string>(),
        .. options.Targets.Select(target => $"-target={target}"),
    ];

    public static IReadOnlyList<string> ShowArguments(string file) => ["show", "-json", "-no-color", file];

    /// <summary>Plans and reads the plan. An empty plan is not read a second time: the exit code says all.</summary>
    public async Task<Outcome<Plan>> PlanAsync(IReadOnlyList<string> targets, bool destroy, StageReporter reporter, CancellationToken ct)
    {
        const int Empty = 0, Changes = 2;
        var file = root.NewPlanFile();
        var (result, stream) = await StreamAsync(PlanArguments(new PlanOptions(file, targets, destroy)), reporter, ct);
        switch (result.ExitCode)
        {
            case Empty:
                root.Discard(file);
                return Plan.Nothing(targets);
            case Changes:
                break;
            default:
                root.Discard(file);
                return Classify(stream.FailureText is { Length: > 0 } text ? text : result.TailText);
        }

        OwnerOnly.Restrict(file);
        var shown = await tools.RunAsync(Call(ShowArguments(file)) with { Capture = true }, ct);
        return shown.ExitCode == 0 ? Plan.Read(file, targets, shown.Output) : Classify(shown.TailText);
    }
}
