using System.Text.Json.Nodes;

namespace Mayfly.Workflow.Tests.Runner;

/// <summary>The player does what GitHub and its runner do, as far as the tests of the workflow lean on it.</summary>
public sealed class PlayerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mayfly-player");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_conditions_outputs_and_files_are_as_on_GitHub()
    {
        await using var player = Player("""
            on:
              issue_comment:
                types: [created]
            permissions: {}
            jobs:
              first:
                if: github.event.comment.body != 'no'
                runs-on: x
                outputs:
                  said: ${{ steps.say.outputs.said }}
                steps:
                  - id: say
                    shell: bash
                    env: { BODY: "${{ github.event.comment.body }}" }
                    run: |
                      printf 'said<<END\n%s\nEND\n' "$BODY" >>"$GITHUB_OUTPUT"
                      echo "KEPT=yes" >>"$GITHUB_ENV"
                      echo "# words" >>"$GITHUB_STEP_SUMMARY"
                  - shell: bash
                    run: test "$KEPT" = yes && echo "::error file=infra/main.tf,line=3::broken%0Atwice" && false
                  - shell: bash
                    run: echo never
                  - if: always()
                    shell: bash
                    run: echo "at last, $GITHUB_RUN_ID"
              second:
                needs: first
                if: ${{ !cancelled() && needs.first.outputs.said == 'a "b" $(c)' }}
                runs-on: x
                steps:
                  - shell: bash
                    run: echo second
            """);
        Assert.Null(player.Trigger("push", []));
        Assert.Null(player.Trigger("issue_comment", Comment("deleted", "x")));

        var left = player.Trigger("issue_comment", Comment("created", "no"))!;
        await left.Ended;
        Assert.Empty(left.Jobs);

        var run = player.Trigger("issue_comment", Comment("created", "a \"b\" $(c)"))!;
        await run.Ended;

        var first = run.Jobs["first"];
        Assert.Equal(JobStatus.Failure, first.Status);
        Assert.Equal("a \"b\" $(c)", first.Outputs["said"]!.ToString());
        Assert.Equal("# words\n", first.Summary);
        Assert.DoesNotContain("never", first.Log);
        Assert.Contains($"at last, {run.Id}", first.Log);
        var error = Assert.Single(first.Commands.All);
        Assert.Equal(("error", "infra/main.tf", "3", "broken\ntwice"), (error.Name, error.Properties["file"], error.Properties["line"], error.Value));
        Assert.Contains("second", run.Jobs["second"].Log);
    }

    [Fact]
    public async Task A_cancellation_interrupts_the_one_process_that_the_runner_started_and_goes_on_with_what_shall_always_run()
    {
        await using var player = Player("""
            on:
              workflow_dispatch:
            permissions: {}
            jobs:
              heeds:
                runs-on: x
                steps:
                  - shell: bash
                    run: |
                      trap 'echo interrupted; exit 130' INT
                      echo begun
                      while true; do sleep 0.1; done
                  - if: always()
                    shell: bash
                    run: echo cleaned
                  - shell: bash
                    run: echo never
            """);
        var run = player.Trigger("workflow_dispatch", [])!;
        var job = await run.JobAsync("heeds", Ct);
        await job.PrintedAsync("begun", Ct);

        await run.CancelAsync();
        await run.Ended;

        Assert.Equal(JobStatus.Cancelled, job.Status);
        Assert.Equal("begun\ninterrupted\ncleaned\n", job.Log);
    }

    [Theory]
    [InlineData("single", "1 3")]
    [InlineData("max", "1 2 3")]
    public async Task Of_those_who_wait_a_group_keeps_the_newest_or_all(string queue, string ran)
    {
        var gate = Path.Combine(_folder.FullName, "gate");
        await using var player = Player($$$"""
            on:
              workflow_dispatch:
            permissions: {}
            jobs:
              one:
                runs-on: x
                concurrency:
                  group: pr-${{ inputs.pr }}
                  cancel-in-progress: false
                  queue: {{{queue}}}
                steps:
                  - shell: bash
                    run: |
                      echo "$GITHUB_RUN_NUMBER" >>"{{{gate}}}.ran"
                      until [ -e "{{{gate}}}" ]; do sleep 0.05; done
            """);
        var runs = new List<WorkflowRun> { Dispatch() };
        await runs[0].JobAsync("one", Ct);
        for (var i = 0; i < 2; i++)
        {
            runs.Add(Dispatch());
            await player.Groups.WaitingAsync("pr-7", runs.Count - 1, Ct);
        }

        File.WriteAllText(gate, "");
        await Task.WhenAll(runs.Select(run => run.Ended));

        Assert.Equal(ran, string.Join(' ', File.ReadAllLines($"{gate}.ran")));

        WorkflowRun Dispatch() => player.Trigger("workflow_dispatch", new JsonObject { ["inputs"] = new JsonObject { ["pr"] = "7" } })!;
    }

    [Fact]
    public async Task A_matrix_makes_a_job_of_each_value_and_each_has_its_own_group()
    {
        await using var player = Player("""
            on:
              schedule:
                - cron: "17 * * * *"
            permissions: {}
            jobs:
              find:
                runs-on: x
                outputs:
                  found: ${{ steps.find.outputs.found }}
                steps:
                  - id: find
                    shell: bash
                    run: echo 'found=[7,42]' >>"$GITHUB_OUTPUT"
              end:
                needs: find
                strategy:
                  fail-fast: false
                  matrix:
                    pr: ${{ fromJSON(needs.find.outputs.found) }}
                runs-on: x
                concurrency:
                  group: pr-${{ matrix.pr }}
                steps:
                  - shell: bash
                    env: { NUMBER: "${{ matrix.pr }}" }
                    run: echo "ended $NUMBER"
            """);

        var run = player.Trigger("schedule", [])!;
        await run.Ended;

        Assert.Equal(["end (42)", "end (7)", "find"], run.Jobs.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("pr-42", "ended 42\n"), (run.Jobs["end (42)"].Group, run.Jobs["end (42)"].Log));
        Assert.Equal(("pr-7", "ended 7\n"), (run.Jobs["end (7)"].Group, run.Jobs["end (7)"].Log));
    }

    [Fact]
    public void A_stopped_log_obeys_nothing_until_it_is_told_the_word()
    {
        var log = new LogCommands();
        foreach (var line in (string[])["  ::warning::one", "::stop-commands::word", "::error::two", "see ##[error]three", "::word::", "see ##[error]four"])
        {
            log.Take(line);
        }

        Assert.Equal(["one", "word", "four"], log.All.Select(command => command.Value));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static JsonObject Comment(string action, string body) => new() { ["action"] = action, ["comment"] = new JsonObject { ["body"] = body } };

    private WorkflowPlayer Player(string workflow) => new(
        [YamlFile.Parse(workflow)],
        new RunnerSettings("o/r", new string('d', 40), new Uri("https://github.example"), new Uri("https://api.github.example"), "t",
            new Dictionary<string, string>(), new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! }),
        _folder.FullName);
}
