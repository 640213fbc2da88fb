namespace Mayfly.EndToEnd.Tests.Matrices;

/// <summary>
/// One life of both matrices, drawn by a printed seed (MAYFLY_SEED repeats it): a kill in <c>up</c> and one in <c>down</c>, one kind of
/// passing fault at every call that a client repeats, one denied call.
/// </summary>
public sealed class MatrixSampleTests(MatrixCloud cloud, ITestOutputHelper output) : IClassFixture<MatrixCloud>
{
    // About as many events as a converging run and a teardown have before their last stage, tool lines included.
    private const int EventsOfUp = 140, EventsOfDown = 105;

    [Fact]
    public async Task A_life_with_two_kills_and_a_round_of_faults_keeps_the_promises()
    {
        var ct = TestContext.Current.CancellationToken;
        output.WriteLine($"MAYFLY_SEED={MatrixRun.Seed}");
        var chance = new Random(MatrixRun.Seed);
        var environment = cloud.Next();

        var since = await cloud.LastAwsRequestAsync(ct);
        output.WriteLine($"up killed at {await environment.KillAsync(environment.Up, chance.Next(1, EventsOfUp), ct) ?? "its end"}");
        await environment.ReachableAsync(await environment.RunAsync(environment.Up, ct), ct);
        await environment.NothingForNothingAsync(ct);

        var sites = (await cloud.AwsAfterAsync(since, ct)).Select(CallSite.OfAws).OfType<CallSite>().DistinctBy(site => site.Name).ToList();
        var kind = FaultMatrix.Passing[chance.Next(FaultMatrix.Passing.Count)];
        var denied = sites.Where(site => site.Client == "mayfly").ElementAt(chance.Next(sites.Count(site => site.Client == "mayfly")));
        output.WriteLine($"{kind} at {sites.Count} calls, then {denied.Name} denied");
        FaultMatrix.Survived(await FaultMatrix.HitAsync(cloud, environment, "up", kind, sites, ct));
        FaultMatrix.Explained(await FaultMatrix.HitAsync(cloud, environment, "up", FaultMatrix.Denied, [denied], ct), denied);

        output.WriteLine($"down killed at {await environment.KillAsync(environment.Down, chance.Next(1, EventsOfDown), ct) ?? "its end"}");
        await environment.GoneAsync(await environment.RunAsync(environment.Down, ct), ct);
    }
}
