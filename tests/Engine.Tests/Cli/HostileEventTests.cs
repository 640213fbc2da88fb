using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using Mayfly.Cli.GitHub;
using Mayfly.Cli.Rendering;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;
using Mayfly.GitHub.Conversation;
using Mayfly.GitHub.Decisions;
using Mayfly.GitHub.Payloads;

namespace Mayfly.Engine.Tests.Cli;

/// <summary>
/// From an event to everything that comes of it: whatever people call their branches, titles, labels and themselves, and whatever they
/// write in comments, it becomes no output of a step, no command of the runner, and nothing that acts in a comment or a summary.
/// </summary>
public sealed partial class HostileEventTests : IDisposable
{
    private const string Head = "1111111111111111111111111111111111111111";

    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Pieces =
    [
        "::set-output name=acts::true", "::add-mask::x", "\n::error::x", "%0A::stop-commands::x", "##[add-mask]x", "\r\n", "\n", "\u2028", "acts=true", "group<<END", "END",
        "@octocat", "@octo/team", "#1", "octo/app#3", "GH-1", "</details>", "</summary>", "<details open>", "<!-- mayfly: pr-1 -->", "-->", "<img src=x>", "```", "`", "~~~", "| a |",
        "[a](javascript:x)", "![x](https://evil.example/p.png)", "https://evil.example", "www.evil.example", "$(touch pwned)", "; rm -rf /", "${{ github.token }}", "{{ .Values.x }}",
        "/preview up", "/preview down", "/preview extend 24h", "preview", "refs/heads/main", "../..", "\u202e", "\u0000", "\\", "\"", "'", " ", "a",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mayfly-hostile");

    [Fact]
    public void What_people_write_gives_no_output_that_Mayfly_did_not_mean() =>
        Events().Sample((happened, mayWrite) =>
        {
            var decision = Decider.Decide(happened, new Facts(happened.Pull, mayWrite), "preview");
            var lines = DecisionOutputs.Of(decision, happened).Lines("7").ToList();

            Assert.Equal(
                ["group", "decision", "acts", "pr", "environment", "commit", "checkout", "because"], lines.Select(line => line[..line.IndexOf('=')]));
            Assert.All(lines, line => Assert.Matches(Output(), line));
        }, iter: 2000);

    [Fact]
    public void What_people_write_gives_the_runner_no_command_and_acts_in_no_comment_and_no_summary() =>
        Gen.Select(Events(), Texts()).Sample((told, text) =>
        {
            var ((happened, _), branch) = (told, told.Item1.Pull?.HeadBranch ?? text);
            var identity = EnvironmentNames.Create(new PullRequest(42, branch, Head), new MayflyConfiguration { Project = "p", Directory = "/" });
            Assert.Matches("^[a-z0-9.-]+$", identity.PublicHost);
            var (log, summary, run) = Render(identity, text);

            Assert.DoesNotContain(log.Split(['\n', '\r']), line => Command().Match(line) is { Success: true } match && match.Groups["name"].Value is not ("error" or "warning"));
            Assert.Equal(1 + run.Warnings.Count, log.Split(['\n', '\r']).Count(line => Command().IsMatch(line)));

            var report = new PullReport { Environment = "pr-42", Label = happened.Label ?? text, Commit = happened.Pull?.HeadCommit, Run = run };
            Harmless(CommentText.Of(report, Noon));
            Harmless(summary);
            Harmless(CommentText.Of(new PullReport { Environment = "pr-42", Label = text, Waiting = text }, Noon));
        }, iter: 300);

    public void Dispose() => _folder.Delete(recursive: true);

    private (string Log, string Summary, RunSnapshot Run) Render(EnvironmentIdentity identity, string text)
    {
        var failure = Failure.Of("r", "c", Disposition.NeedsHuman, text, text) with { Evidence = [text], Tried = [text] };
        RunEvent[] events =
        [
            new Decided("converge", "a commit was pushed"), new RunStarted("r", "up", identity.Id, identity.PublicHost, Head), new StageStarted("apply", 1),
            new Planned("apply", 0, 1, 0, 0, [new PlannedAction(text, "create")], 0), new Noticed("apply", text), new ToolLine("apply", "terraform", text),
            new Adopted("apply", text, text), new Pruned("apply", text, text), new Remedied("apply", text, text), new Warned("github", text),
            new Diagnosed("apply", "error", text, 1, 1, text, text), new ResourceChanged("apply", text, text, "failed", 1),
            new StageFinished("apply", "failed", text, 1, 1), new RunFinished("failed", null, true, failure),
        ];
        var written = new StringWriter { NewLine = "\n" };
        using var log = new WorkflowLog(written, isJson: false);
        var renderer = new PlainRenderer(log, verbose: true, new WayIn(null, null));
        var run = RunSnapshot.Empty;
        foreach (var (happened, number) in events.Select((happened, i) => (happened, i + 1)))
        {
            run = run.Apply(happened with { Time = Noon, Sequence = number });
            renderer.Show(happened with { Time = Noon }, run);
        }

        renderer.Finish(run);
        var summary = Path.Combine(_folder.FullName, Guid.NewGuid().ToString());
        WorkflowReport.Tell(log, run, "preview", Path.Combine(_folder.FullName, "mayfly.yaml"), Noon, name => name switch
        {
            "GITHUB_ACTIONS" => "true",
            "GITHUB_STEP_SUMMARY" => summary,
            _ => null,
        });
        return (written.ToString(), File.ReadAllText(summary), run);
    }

    // What is in code does nothing; outside of it only Mayfly's own tags and links may stand.
    private static void Harmless(string markdown)
    {
        var outside = Regex.Replace(Regex.Replace(markdown, "(?ms)^(`{3,})text$.*?^\\1$", ""), @"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "");

        Assert.DoesNotMatch("@[A-Za-z0-9]", outside);
        Assert.DoesNotMatch("#[0-9]", outside);
        Assert.DoesNotMatch("(?i)www\\.", outside);
        Assert.DoesNotMatch(@"(?<!\\)\]\((?!https://github\.com/)", outside);
        Assert.DoesNotContain("<", Regex.Replace(outside, "^<!-- mayfly: pr-42 -->|</?(details|summary|sub)>", ""));
        Assert.Equal(outside.Split("<details>").Length, outside.Split("</details>").Length);
        Assert.DoesNotMatch(@"(?m)^\s*(::|/preview)", outside);
    }

    private static Gen<(EventPayload, bool?)> Events() => Gen.Select(Texts(), Texts(), Gen.Int[0, 2], Gen.Int[0, 3]).Select((one, other, kind, mayWrite) =>
    {
        var account = new JsonObject { ["login"] = one, ["type"] = "User" };
        var payload = new JsonObject
        {
            ["action"] = kind == 0 ? "labeled" : kind == 1 ? "created" : other,
            ["sender"] = account.DeepClone(),
            ["label"] = new JsonObject { ["name"] = mayWrite == 0 ? one : "preview" },
            ["inputs"] = new JsonObject { ["pr"] = mayWrite == 0 ? one : "42", ["command"] = other, ["argument"] = one },
        };
        if (kind == 1)
        {
            payload["issue"] = new JsonObject { ["number"] = 42, ["title"] = one, ["pull_request"] = new JsonObject() };
            payload["comment"] = new JsonObject { ["id"] = 1, ["body"] = $"/preview {other}", ["user"] = account.DeepClone() };
        }
        else
        {
            JsonObject Side(string branch, string commit) => new() { ["ref"] = branch, ["sha"] = commit, ["repo"] = new JsonObject { ["id"] = 1 } };
            payload["pull_request"] = new JsonObject
            {
                ["number"] = 42,
                ["state"] = mayWrite == 3 ? other : "open",
                ["title"] = one,
                ["head"] = Side(one, mayWrite == 0 ? one : Head),
                ["base"] = Side(other, other),
                ["labels"] = new JsonArray(new JsonObject { ["name"] = "preview" }, new JsonObject { ["name"] = other }),
            };
        }

        var name = kind switch { 0 => "pull_request_target", 1 => "issue_comment", _ => "workflow_dispatch" };
        return (PayloadReader.TryRead(name, System.Text.Encoding.UTF8.GetBytes(payload.ToJsonString()))!, mayWrite switch { 0 => (bool?)null, 1 => false, _ => true });
    });

    private static Gen<string> Texts() =>
        Gen.Select(Gen.Int[0, Pieces.Length - 1].List[0, 5], Gen.String[0, 8]).Select((picks, noise) => string.Concat(picks.Select(i => Pieces[i])) + noise);

    [GeneratedRegex(@"^(group=mayfly-(pr|run)-[0-9]+|decision=[a-z_]+|acts=(true|false)|pr=[0-9]*|environment=(pr-[0-9]+)?|(commit|checkout)=([0-9a-f]{40})?|because=[A-Za-z0-9 ,;/':-]+)$")]
    private static partial Regex Output();

    [GeneratedRegex(@"^\s*::(?<name>[\w-]+)(?: .*?)?::|##\[(?<name>[\w-]+)(?: [^\]]*)?\]")]
    private static partial Regex Command();
}
