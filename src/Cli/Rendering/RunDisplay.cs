using System.Threading.Channels;
using Mayfly.Engine.Events;

namespace Mayfly.Cli.Rendering;

/// <summary>Carries a run's events to a renderer, folding them on the way.</summary>
internal static class RunDisplay
{
    /// <summary>Shows a run until its feed is complete, and gives the last snapshot.</summary>
    public static async Task<RunSnapshot> ShowAsync(ChannelReader<RunEvent> events, IRunRenderer renderer, TimeProvider clock)
    {
        var run = await renderer.DrawAsync(() => PumpAsync(events, renderer, clock));
        renderer.Finish(run);
        return run;
    }

    private static async Task<RunSnapshot> PumpAsync(ChannelReader<RunEvent> events, IRunRenderer renderer, TimeProvider clock)
    {
        var run = RunSnapshot.Empty;
        while (true)
        {
            var more = events.WaitToReadAsync().AsTask();
            while (!more.IsCompleted)
            {
                using var enough = new CancellationTokenSource();
                await Task.WhenAny(more, Task.Delay(renderer.Interval, clock, enough.Token));
                await enough.CancelAsync();
                if (!more.IsCompleted)
                {
                    renderer.Tick(run, clock.GetUtcNow());
                }
            }

            if (!await more)
            {
                return run;
            }

            while (events.TryRead(out var happened))
            {
                run = run.Apply(happened);
                renderer.Show(happened, run);
            }
        }
    }
}
