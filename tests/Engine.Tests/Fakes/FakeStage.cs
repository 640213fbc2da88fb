using Mayfly.Engine.Failures;
using Mayfly.Engine.Stages;

namespace Mayfly.Engine.Tests.Fakes;

/// <summary>A stage that answers from a list, the last answer for ever, and counts its calls.</summary>
internal sealed class FakeStage(string name, params StageResult[] results) : IStage
{
    public int Calls { get; private set; }

    public string Name => name;

    public Action? OnRun { get; init; }

    public Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        OnRun?.Invoke();
        return Task.FromResult(results[Math.Min(Calls++, results.Length - 1)]);
    }

    public static StageResult Fine { get; } = new StageResult.Unchanged("fine");

    public static StageResult Moved { get; } = new StageResult.Changed("moved");

    public static StageResult.Failed Fails(
        Disposition disposition, string rule = "some-rule", string @class = "aws_transient", bool wrote = false) =>
        new(Failure.Of(rule, @class, disposition, "it broke", "mend it")) { WroteSomething = wrote };
}
