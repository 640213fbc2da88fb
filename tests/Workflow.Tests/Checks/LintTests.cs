using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mayfly.EndToEnd.Tests.Programs;
using Mayfly.Workflow.Tests.Runner;

namespace Mayfly.Workflow.Tests.Checks;

/// <summary>Every workflow passes actionlint, and every workflow and action GitHub's own parser.</summary>
public sealed class LintTests
{
    // Keys of this year. The linter is older than they are; GitHub's parser, which knows them, checks their values.
    private static readonly Regex NewerThanTheLinter = new("^unexpected key \"(queue\" for \"concurrency|deployment\" for \"environment)\" section");

    [Fact]
    public async Task Every_workflow_and_action_is_clean()
    {
        var findings = await LintAsync(Repository.Source, [.. WorkflowFiles.Workflows, .. WorkflowFiles.Actions]);

        Assert.DoesNotContain(findings, found => !(found.Tool == "actionlint" && NewerThanTheLinter.IsMatch(found.Message)));
    }

    [Fact]
    public async Task What_is_wrong_is_found()
    {
        var folder = Directory.CreateTempSubdirectory("mayfly-lint");
        File.WriteAllText(Path.Combine(folder.FullName, "bad.yaml"), """
            on: issue_comment
            concurrency:
              group: a
              queue: everybody
            jobs:
              a:
                runs-on: ubuntu-24.04
                steps:
                  - run: echo "${{ github.event.comment.body }}"
            """);
        File.WriteAllText(Path.Combine(folder.FullName, "action.yaml"), """
            name: bad
            description: bad
            runs:
              using: composite
              steps:
                - run: "true"
                  shell: bash
                  unknown: 1
            """);

        var findings = await LintAsync(folder.FullName, ["bad.yaml", "action.yaml"]);

        Assert.Contains(findings, found => found is { Tool: "actionlint", Line: 9 } && found.Message.Contains("potentially untrusted"));
        Assert.Contains(findings, found => found is { Tool: "github", File: "bad.yaml" } && found.Message.Contains("everybody"));
        Assert.Contains(findings, found => found is { Tool: "github", File: "action.yaml" } && found.Message.Contains("unknown"));
        folder.Delete(recursive: true);
    }

    private static async Task<IReadOnlyList<Finding>> LintAsync(string folder, string[] files)
    {
        var start = new ProcessStartInfo("node", ["--import", WorkflowTools.PathOf("json-loader.mjs"), WorkflowTools.PathOf("lint.mjs"), .. files])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        using var node = Process.Start(start)!;
        var output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
        return JsonSerializer.Deserialize<List<Finding>>(output, JsonSerializerOptions.Web)!;
    }

    private sealed record Finding(string Tool, string File, int Line, string Message);
}
