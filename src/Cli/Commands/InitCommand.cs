using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using Mayfly.Engine.Configuration;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly init</c>: writes a configuration from what the directory holds; never over an existing one.</summary>
internal static partial class InitCommand
{
    public static Command Create() =>
        new Command("init", "Writes a mayfly.yaml to start from.").WithAction(context =>
        {
            var path = Path.GetFullPath(context.Call.GetValue(GlobalOptions.Config) ?? ConfigurationLoader.FileName);
            var directory = Path.GetDirectoryName(path)!;
            if (File.Exists(path))
            {
                throw new InvalidInputException($"{path} exists already; it is left as it is");
            }

            if (!Directory.Exists(directory))
            {
                throw new InvalidInputException($"the directory {directory} does not exist");
            }

            File.WriteAllText(path, Text(directory));
            context.Words.WriteLine($"wrote {path}; look through it, then: mayfly validate");
            Answers.Close(context, "written", result => result["configuration"] = path);
            return Task.FromResult(ExitCodes.Holds);
        });

    /// <summary>The configuration for a directory: its charts, values files and Terraform roots are found by their usual places.</summary>
    internal static string Text(string directory)
    {
        var roots = Roots(directory);
        var chart = Charts(directory).FirstOrDefault() ?? "charts/app";
        var values = new[] { "envs/aws.yaml", "envs/preview/preview.yaml" }.Where(file => File.Exists(Path.Combine(directory, file)));
        var text = new StringBuilder($$"""
            # What Mayfly does for each pull request; docs/configuration.md explains every setting.
            version: 1
            project: {{Project(directory)}}

            environment:
              # The host that people open, in a zone that Route 53 holds.
              public_host: "{env_id}-{branch_slug}-unstable.{zone}"
              zone: example.com

            aws:
              region: us-east-1

            state:
              # A bucket for the Terraform state, the lease and the journal. One machine alone may say 'path' instead.
              bucket: CHANGE-ME-mayfly-state

            terraform:
              layers:

            """);
        foreach (var root in roots)
        {
            text.Append(Invariant($"    - name: {Slug(Path.GetFileName(root))}\n      root: {root}\n"));
        }

        text.Replace("  layers:\n", roots.Count == 0 ? "  layers: []\n" : "  layers:\n");
        return text.Append($$"""

            helm:
              chart: {{chart}}
              values: [{{string.Join(", ", values)}}]
              # Where the chart keeps its hosts, so that those of the values files go.
              host_paths: [ingress.hosts]
              overrides:
                ingress:
                  hosts:
                    "{public_host}": {}

            secrets: []

            verify:
              path: /

            """).ToString();
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static List<string> Roots(string directory) =>
        [.. new[] { "infra", "terraform", "tf" }
            .SelectMany(name => Directory.Exists(Path.Combine(directory, name))
                ? Directory.EnumerateFiles(Path.Combine(directory, name), "*.tf").Any()
                    ? [name]
                    : Directory.EnumerateDirectories(Path.Combine(directory, name))
                        .Where(folder => Directory.EnumerateFiles(folder, "*.tf").Any())
                        .Select(folder => Path.GetRelativePath(directory, folder).Replace('\\', '/'))
                : [])
            .Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Charts(string directory) =>
        new[] { "charts", "chart", "helm" }
            .Select(name => Path.Combine(directory, name))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateDirectories(folder).Prepend(folder))
            .Where(folder => File.Exists(Path.Combine(folder, "Chart.yaml")))
            .Select(folder => Path.GetRelativePath(directory, folder).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    private static string Project(string directory) => Slug(Path.GetFileName(directory.TrimEnd('/')));

    private static string Slug(string name)
    {
        var slug = Unusable().Replace(name.ToLowerInvariant(), "-").Trim('-');
        slug = slug[..Math.Min(slug.Length, 40)].TrimEnd('-');
        return slug.Length == 0 ? "app" : slug;
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Unusable();
}
