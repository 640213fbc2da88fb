using System.Text.Json.Nodes;
using Mayfly.EndToEnd.Tests.Programs;
using Mayfly.Workflow.Tests.Runner;

namespace Mayfly.Workflow.Tests.Checks;

/// <summary>The repository's workflows and actions.</summary>
internal static class WorkflowFiles
{
    /// <summary>Every workflow, by its path in the repository.</summary>
    public static IReadOnlyList<string> Workflows { get; } = Find("workflows", "*.yaml", "*.yml");

    /// <summary>Every action.</summary>
    public static IReadOnlyList<string> Actions { get; } = Find("actions", "action.yaml", "action.yml");

    /// <summary>A file as JSON.</summary>
    public static JsonObject Read(string file) => YamlFile.Read(Path.Combine(Repository.Source, file));

    /// <summary>Every job of every workflow.</summary>
    public static IEnumerable<(string File, string Name, JsonObject Job)> Jobs =>
        from file in Workflows
        from job in Read(file)["jobs"]!.AsObject()
        select (file, job.Key, job.Value!.AsObject());

    /// <summary>Every step of every job and of every composite action.</summary>
    public static IEnumerable<(string File, JsonObject Step)> Steps =>
        (from job in Jobs from step in job.Job["steps"]!.AsArray() select (job.File, step!.AsObject()))
        .Concat(from file in Actions from step in Read(file)["runs"]!["steps"]!.AsArray() select (file, step!.AsObject()));

    private static IReadOnlyList<string> Find(string folder, params string[] patterns) =>
        [.. patterns
            .SelectMany(pattern => Directory.EnumerateFiles(Path.Combine(Repository.Source, ".github", folder), pattern, SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Source, path))
            .Order(StringComparer.Ordinal)];
}
