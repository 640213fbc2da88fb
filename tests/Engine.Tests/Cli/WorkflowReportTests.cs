using Mayfly.Cli.Rendering;
using Mayfly.Engine.Events;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tests.Cli;

public sealed class WorkflowReportTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mayfly-report");

    private string Summary => File.ReadAllText(Path.Combine(_folder.FullName, "summary.md"));

    [Fact]
    public void A_line_that_terraform_complains_of_is_annotated_with_its_path_in_the_repository()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, ".git"));
        var log = Tell(
            "previews/mayfly.yaml",
            Found("apply:aws", "error", "infra/modules/aws/vpc, main.tf", 12, "Unsupported argument", "An argument named \"x\" is not expected here.\n::error::no"),
            Found("apply:aws", "warning", "infra/main.tf", 1, "Deprecated", ""),
            Found("reconcile:aws", "error", "infra/main.tf", 2, "mended since", ""),
            Failed("the configuration is invalid", "Correct it."));

        Assert.Equal(
            "::error file=previews/infra/modules/aws/vpc%2C main.tf,line=12,endLine=13,title=the configuration is invalid"
            + "::Unsupported argument%0AAn argument named \"x\" is not expected here.%0A::error::no\n", log);
        Assert.Contains("pr-7", Summary);
        Assert.Contains("the configuration is invalid", Summary);
    }

    [Fact]
    public void A_failure_without_a_line_is_an_annotation_of_the_run_with_what_to_do_now() => Assert.Equal(
        "::error title=pr-7 verify::nobody answers%0ALook at the pods.%0AAsk for help.\n",
        Tell("mayfly.yaml", Failed("nobody answers", "Look at the pods.", "Ask for help.")));

    [Fact]
    public void A_run_that_went_well_annotates_no_error_whatever_was_mended_on_its_way()
    {
        var log = Tell(
            "mayfly.yaml",
            Found("apply:aws", "error", "infra/main.tf", 2, "mended since", ""),
            new Warned("github", "GitHub would not write a comment"),
            new RunFinished("reachable", "https://pr-7.example/", true, null));

        Assert.Equal("::warning title=Mayfly::GitHub would not write a comment\n", log);
        Assert.Contains("https://pr-7.example/", Summary);
    }

    [Fact]
    public void Outside_a_workflow_nothing_is_told()
    {
        using var log = new StringWriter();
        WorkflowReport.Tell(log, RunSnapshot.Empty, "preview", "mayfly.yaml", Noon, _ => null);
        Assert.Equal("", log.ToString());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Diagnosed Found(string stage, string severity, string file, int line, string summary, string detail) =>
        new(stage, severity, file, line, line + 1, summary, detail);

    private static RunFinished Failed(string summary, params string[] next) =>
        new("failed", null, false, Failure.Of("rule", "class", Disposition.FailPermanentUser, summary, next));

    private string Tell(string configuration, params RunEvent[] events)
    {
        var failed = events.OfType<RunFinished>().Single().Failure is null ? null : configuration.StartsWith("previews", StringComparison.Ordinal) ? "apply:aws" : "verify";
        RunEvent[] before = [new RunStarted("r", "up", "pr-7", "pr-7.example", null), new StageStarted(failed ?? "verify", 1)];
        RunEvent[] end = failed is null ? [] : [new StageFinished(failed, "failed", "", 1, 1)];
        var run = before.Concat(events.SkipLast(1)).Concat(end).Append(events[^1]).Aggregate(RunSnapshot.Empty, (run, happened) => run.Apply(happened with { Time = Noon }));
        using var log = new StringWriter { NewLine = "\n" };
        WorkflowReport.Tell(log, run, "preview", Path.Combine(_folder.FullName, configuration), Noon, name => name switch
        {
            "GITHUB_ACTIONS" => "true",
            "GITHUB_STEP_SUMMARY" => Path.Combine(_folder.FullName, "summary.md"),
            _ => null,
        });
        return log.ToString();
    }
}
