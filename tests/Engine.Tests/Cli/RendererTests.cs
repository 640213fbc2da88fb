using System.Threading.Channels;
using Mayfly.Cli.Rendering;
using Mayfly.Engine.Events;
using Mayfly.Engine.Tests.Events;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console.Testing;

namespace Mayfly.Engine.Tests.Cli;

/// <summary>What people and programs see of a run, a golden file a renderer and story.</summary>
public sealed class RendererTests
{
    private const string Authority = "/home/me/.mayfly/local/authority.pem";

    [Theory]
    [InlineData("reachable")]
    [InlineData("broken")]
    [InlineData("unchanged")]
    [InlineData("planned")]
    public void Logs_get_a_line_at_each_boundary(string story)
    {
        using var output = new StringWriter();
        Play(new PlainRenderer(output, verbose: false, new WayIn(Authority, "127.0.0.1")), Story(story));

        Golden($"plain-{story}.txt", output);
    }

    [Fact]
    public void Logs_show_tools_and_resources_when_asked()
    {
        using var output = new StringWriter();
        Play(new PlainRenderer(output, verbose: true, WayIn.Open), RunStories.Reachable);

        Golden("plain-verbose.txt", output);
    }

    [Theory]
    [InlineData("reachable")]
    [InlineData("broken")]
    public void Programs_get_the_events_and_then_the_result(string story)
    {
        using var output = new StringWriter();
        Play(new JsonRenderer(output), Story(story));

        Golden($"json-{story}.jsonl", output);
    }

    [Theory]
    [InlineData("reachable")]
    [InlineData("broken")]
    public void A_terminal_gets_a_panel_at_the_end(string story)
    {
        var console = new TestConsole().Width(100);
        Play(new LiveRenderer(console, verbose: false, new WayIn(Authority, null), new FakeTimeProvider(RunStories.Start)), Story(story));

        Repository.AssertCurrent($"tests/Engine.Tests/Golden/live-{story}.txt", console.Output);
    }

    [Fact]
    public void A_terminal_shows_the_resources_inside_of_a_stage()
    {
        var console = new TestConsole().Width(100);
        console.Write(LiveRenderer.Picture(RunStories.Fold(RunStories.Reachable.Take(12)), RunStories.Start.AddSeconds(20)));

        Repository.AssertCurrent("tests/Engine.Tests/Golden/live-middle.txt", console.Output);
    }

    [Fact]
    public void A_long_silence_is_broken_once_in_half_a_minute()
    {
        using var output = new StringWriter();
        var renderer = new PlainRenderer(output, verbose: false, WayIn.Open);
        var run = RunSnapshot.Empty;
        foreach (var happened in RunStories.Reachable.Take(12))
        {
            run = run.Apply(happened);
            renderer.Show(happened, run);
        }

        var before = output.ToString().Length;
        for (var second = 5; second <= 95; second++)
        {
            renderer.Tick(run, RunStories.Start.AddSeconds(second));
        }

        Assert.Equal(
            [
                "[  32 s] apply:aws: still at it for 31 s, 1 done, aws_eks_cluster.main (create, 28 s)",
                "[ 1m02s] apply:aws: still at it for 1m01s, 1 done, aws_eks_cluster.main (create, 58 s)",
                "[ 1m32s] apply:aws: still at it for 1m31s, 1 done, aws_eks_cluster.main (create, 1m28s)",
            ],
            output.ToString()[before..].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r')));
    }

    [Fact]
    public async Task A_display_ends_with_the_feed_and_gives_the_last_snapshot()
    {
        var channel = Channel.CreateUnbounded<RunEvent>();
        foreach (var happened in RunStories.Reachable)
        {
            channel.Writer.TryWrite(happened);
        }

        channel.Writer.Complete();
        using var output = new StringWriter();

        var run = await RunDisplay.ShowAsync(channel.Reader, new JsonRenderer(output), TimeProvider.System);

        Assert.Equal("reachable", run.Outcome);
        Assert.Equal(RunStories.Reachable.Count + 1, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private static IReadOnlyList<RunEvent> Story(string name) => name switch
    {
        "reachable" => RunStories.Reachable,
        "broken" => RunStories.Broken,
        "planned" => RunStories.Planned,
        _ => RunStories.Unchanged,
    };

    private static void Play(IRunRenderer renderer, IReadOnlyList<RunEvent> story)
    {
        var run = RunSnapshot.Empty;
        foreach (var happened in story)
        {
            run = run.Apply(happened);
            renderer.Show(happened, run);
        }

        renderer.Finish(run);
    }

    private static void Golden(string name, StringWriter output) => Repository.AssertCurrent($"tests/Engine.Tests/Golden/{name}", output.ToString());
}
