namespace Mayfly.EndToEnd.Tests.Matrices.States;

/// <summary>The matrix of starting states, whole: <c>scripts/matrix.sh states</c>; MAYFLY_MATRIX_ONLY names a part of it by a word.</summary>
public sealed class StateMatrixTests(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public async Task Whatever_state_it_was_left_in_the_same_command_brings_it_back()
    {
        var ct = TestContext.Current.CancellationToken;
        var log = MatrixLog.Open("states");
        var matrix = new StateMatrix(log);
        var only = Environment.GetEnvironmentVariable("MAYFLY_MATRIX_ONLY") ?? "";
        var due = StartingStates.All
            .Where(state => state.Name.Contains(only, StringComparison.OrdinalIgnoreCase))
            .Where(state => !state.Breaks.All(broken => log.HasPassed(broken.Name)) || (state.Verb == "up" && !log.HasPassed(StateMatrix.GoneOf(state))))
            .ToArray();
        output.WriteLine($"MAYFLY_SEED={MatrixRun.Seed}, {due.Length} of {StartingStates.All.Count} states");
        new Random(MatrixRun.Seed).Shuffle(due);
        await MatrixRun.WorkAsync(due, (cloud, state) => matrix.PlayAsync(cloud, state, ct));

        var table = matrix.Table();
        log.Publish(table);
        Assert.True(log.Rows.All(row => row.Passed), table);
    }
}
