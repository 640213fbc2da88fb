namespace Mayfly.EndToEnd.Tests.Matrices;

/// <summary>The crash matrix, whole: <c>scripts/matrix.sh crash</c>. By default <see cref="MatrixSampleTests"/> runs a sample.</summary>
public sealed class CrashMatrixTests(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public async Task A_run_killed_at_any_event_is_mended_by_the_next_one()
    {
        var ct = TestContext.Current.CancellationToken;
        var log = MatrixLog.Open("crash");
        var matrix = new CrashMatrix(log);
        var (up, down) = (0, 0);
        await using (var cloud = new MatrixCloud())
        {
            await cloud.InitializeAsync();
            (up, down) = await CrashMatrix.CountAsync(cloud, ct);
        }

        output.WriteLine($"MAYFLY_SEED={MatrixRun.Seed}, {up} events of up, {down} events of down");
        var (ups, downs) = (Missing(log, "up", up), Missing(log, "down", down));
        var lives = Enumerable.Range(0, Math.Max(ups.Count, downs.Count))
            .Select(i => (Up: i < ups.Count ? ups[i] : (int?)null, Down: i < downs.Count ? downs[i] : (int?)null));
        await MatrixRun.WorkAsync(lives, (cloud, life) => matrix.LiveAsync(cloud, life.Up, life.Down, ct));

        var table = matrix.Table(up, down);
        log.Publish(table);
        Assert.True(log.Rows.All(row => row.Passed), table);
    }

    // In an order of the seed, so that a call that is out of time has seen a bit of everything.
    private static List<int> Missing(MatrixLog log, string command, int events)
    {
        var all = Enumerable.Range(1, events).Where(at => !log.HasPassed(CrashMatrix.NameOf(command, at))).ToArray();
        new Random(MatrixRun.Seed).Shuffle(all);
        return [.. all];
    }
}
