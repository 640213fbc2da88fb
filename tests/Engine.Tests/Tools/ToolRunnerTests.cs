using Mayfly.Engine.Tests.Fakes;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Tests.Tools;

public sealed class ToolRunnerTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ToolRunner _runner = new(TimeProvider.System);

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Lines_of_both_outputs_arrive_and_the_exit_code_is_a_value()
    {
        var call = new FakeToolScenario(_folder).On(["go"], @out: ["one", "two"], err: ["oops"], exit: 7).Call("go", "now");
        List<string> seen = [], errors = [];

        var result = await _runner.RunAsync(call with { OnLine = seen.Add, OnErrorLine = errors.Add }, TestContext.Current.CancellationToken);

        Assert.Equal(7, result.ExitCode);
        Assert.Equal(["one", "two"], seen);
        Assert.Equal(["oops"], errors);
        Assert.Equal(["one", "oops", "two"], result.Tail.Order());
    }

    [Fact(Timeout = 30_000)]
    public async Task Arguments_pass_as_they_stand_whatever_characters_they_hold()
    {
        var scenario = new FakeToolScenario(_folder).On([]);

        await _runner.RunAsync(scenario.Call("$(touch x)", "a b", "\"quoted\"", "; rm -rf /", "*"), TestContext.Current.CancellationToken);

        Assert.Equal("$(touch x)\ta b\t\"quoted\"\t; rm -rf /\t*", Assert.Single(scenario.Calls));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_cancelled_call_is_interrupted_and_may_finish_what_it_writes()
    {
        var call = new FakeToolScenario(_folder).On([], @out: ["writing"], untilInterrupted: ["state saved"]).Call();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var seen = new List<string>();

        var running = _runner.RunAsync(call with { OnLine = OnLine }, cancel.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.Equal(["writing", "state saved"], seen);

        void OnLine(string line)
        {
            seen.Add(line);
            cancel.Cancel();
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_run_that_lost_its_right_to_write_kills_its_programs_before_their_last_write()
    {
        var call = new FakeToolScenario(_folder).On([], @out: ["writing"], untilInterrupted: ["state saved"]).Call();
        using var lost = new CancellationTokenSource();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken, lost.Token);
        var seen = new List<string>();

        var running = new FencedTools(_runner, lost.Token).RunAsync(call with { OnLine = OnLine }, cancel.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.Equal(["writing"], seen);

        void OnLine(string line)
        {
            seen.Add(line);
            lost.Cancel();
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_missing_program_is_a_result_and_no_exception()
    {
        var result = await _runner.RunAsync(new ToolCall("fake", "no-such-program-anywhere", []), TestContext.Current.CancellationToken);

        Assert.Equal(ToolExit.NotFound, result.ExitCode);
        Assert.Contains("no-such-program-anywhere", result.TailText, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tail_is_bounded_whatever_a_tool_prints()
    {
        var tail = new OutputTail(maxLines: 3, maxLineLength: 5);
        foreach (var line in new[] { "1", "2", "3", "4", "123456789" })
        {
            tail.Add(line);
        }

        Assert.Equal(["3", "4", "12345…"], tail.Lines);
    }
}
