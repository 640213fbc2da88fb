namespace Mayfly.EndToEnd.Tests.Matrices.States;

/// <summary>
/// One state of the matrix, drawn by a printed seed (MAYFLY_SEED repeats it): an environment is left in it, and comes back and goes.
/// <c>scripts/matrix.sh states</c> plays all of them.
/// </summary>
public sealed class StateSampleTests(MatrixCloud cloud, ITestOutputHelper output) : IClassFixture<MatrixCloud>
{
    [Fact]
    public async Task A_state_that_an_environment_was_left_in_is_mended_by_the_same_command()
    {
        var state = StartingStates.Short[new Random(MatrixRun.Seed).Next(StartingStates.Short.Count)];
        output.WriteLine($"MAYFLY_SEED={MatrixRun.Seed}: {state.Name}");

        output.WriteLine(await StateMatrix.PlayOneAsync(cloud, state, TestContext.Current.CancellationToken));
    }
}
