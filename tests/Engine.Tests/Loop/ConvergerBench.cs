using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Stages;
using Microsoft.Extensions.Time.Testing;

namespace Mayfly.Engine.Tests.Loop;

/// <summary>The loop over fake stages, on a clock of its own.</summary>
public abstract class ConvergerBench
{
    protected ConvergerBench()
    {
        Feed = new RunFeed(Clock);
        Run = new Run("r1", new EnvironmentIdentity("pr-42", "b", "h", new PullRequest(42, "b", null)), Feed);
    }

    protected FakeTimeProvider Clock { get; } = new() { AutoAdvanceAmount = TimeSpan.Zero };

    protected RunFeed Feed { get; }

    protected Run Run { get; }

    protected Task<RunEnd> ConvergeAsync(IReadOnlyList<IStage> stages, BudgetSettings? budget = null) =>
        AdvancingAsync(Converger(budget ?? new BudgetSettings()).ConvergeAsync(Run, stages, TestContext.Current.CancellationToken));

    protected Task<RunEnd> TearDownAsync(IReadOnlyList<IStage> stages) =>
        AdvancingAsync(Converger(new BudgetSettings()).TearDownAsync(Run, stages, TestContext.Current.CancellationToken));

    protected Converger Converger(BudgetSettings budget) => new(budget, Clock, new Random(7));

    // The loop waits on the fake clock only, so moving that on is all it takes to come to the end.
    protected async Task<RunEnd> AdvancingAsync(Task<RunEnd> running)
    {
        while (!running.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await running;
    }

    protected sealed class ChangingStage(string name, Func<StageResult> next) : IStage
    {
        public string Name => name;

        public Task<StageResult> RunAsync(Run run, CancellationToken ct) => Task.FromResult(next());
    }
}
