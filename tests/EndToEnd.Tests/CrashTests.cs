using System.Globalization;
using System.Text.Json;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests;

/// <summary>
/// Promise 3 for crashes: mayfly is killed, with terraform, helm and providers, in the middle of whatever it does, and the same
/// command converges. A sample with a printed seed; MAYFLY_SEED repeats one, MAYFLY_CRASHES asks for more kills.
/// </summary>
public sealed class CrashTests(LocalCloudFixture cloud, ITestOutputHelper output) : IClassFixture<LocalCloudFixture>
{
    // About as many events as a converging run and a teardown have before their last stage, tool lines included.
    private const int EventsOfUp = 130, EventsOfDown = 60;
    private static readonly string[] Up = ["up", "--local", "--pr", "60", "--branch", "crashed", "--commit", "4444444444444444444444444444444444444444"];
    private static readonly string[] Down = ["down", "--local", "--pr", "60"];

    [Fact]
    public async Task A_run_killed_at_any_event_is_mended_by_the_next_one()
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = Number("MAYFLY_SEED") ?? Random.Shared.Next();
        var kills = Number("MAYFLY_CRASHES") ?? 1;
        output.WriteLine($"MAYFLY_SEED={seed}");
        var chance = new Random(seed);
        for (var kill = 0; kill < kills; kill++)
        {
            await KilledAsync(Up, chance.Next(1, EventsOfUp), ct);
        }

        var converged = await cloud.Mayfly.RunAsync(ct, Up);
        Assert.Equal("reachable", converged.Ended(0).Result.GetProperty("outcome").GetString());
        var again = await cloud.Mayfly.RunAsync(ct, Up);
        Assert.False(again.Ended(0).Result.GetProperty("changed").GetBoolean(), again.Story);

        for (var kill = 0; kill < kills; kill++)
        {
            await KilledAsync(Down, chance.Next(1, EventsOfDown), ct);
        }

        var gone = await cloud.Mayfly.RunAsync(ct, Down);
        Assert.Equal("gone", gone.Ended(0).Result.GetProperty("outcome").GetString());
        var empty = await cloud.Mayfly.RunAsync(ct, Down);
        Assert.False(empty.Ended(0).Result.GetProperty("changed").GetBoolean(), empty.Story);
    }

    // A run that ends before its event is one that was not killed: fine too, the next one has less to do.
    private async Task KilledAsync(string[] arguments, int number, CancellationToken ct)
    {
        await using var run = cloud.Mayfly.StartAlone(arguments);
        var last = await run.WaitForNumberAsync(number, ct);
        output.WriteLine($"{arguments[0]} killed at event {number}: {(last is { } at ? Describe(at) : "it had ended")}");
        run.KillAll();
        await run.EndAsync(ct);
    }

    private static string Describe(JsonElement happened) =>
        $"{happened.GetProperty("type").GetString()} {(happened.TryGetProperty("stage", out var stage) ? stage.GetString() : "")}";

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
