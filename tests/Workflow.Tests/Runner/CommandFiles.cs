namespace Mayfly.Workflow.Tests.Runner;

/// <summary>The files by which a step talks back to the runner: <c>NAME=value</c>, or <c>NAME&lt;&lt;END</c> with lines until END.</summary>
internal sealed class CommandFiles(string folder)
{
    /// <summary>Variables that name the files.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; } = Make(folder);

    /// <summary>What the step set as its outputs.</summary>
    public IReadOnlyDictionary<string, string> Outputs => Pairs("GITHUB_OUTPUT");

    /// <summary>Variables for the steps after it.</summary>
    public IReadOnlyDictionary<string, string> Environment => Pairs("GITHUB_ENV");

    /// <summary>Folders for the PATH of the steps after it.</summary>
    public IReadOnlyList<string> Path => File.ReadAllLines(Variables["GITHUB_PATH"]);

    /// <summary>Its part of the job's summary.</summary>
    public string Summary => File.ReadAllText(Variables["GITHUB_STEP_SUMMARY"]);

    private static Dictionary<string, string> Make(string folder)
    {
        Directory.CreateDirectory(folder);
        return ((string[])["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_STATE"]).ToDictionary(name => name, name =>
        {
            var file = System.IO.Path.Combine(folder, name);
            File.WriteAllText(file, "");
            return file;
        });
    }

    private Dictionary<string, string> Pairs(string name)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = new Queue<string>(File.ReadAllLines(Variables[name]));
        while (lines.TryDequeue(out var line))
        {
            if (line.Length == 0)
            {
                continue;
            }

            var (equals, heredoc) = (line.IndexOf('='), line.IndexOf("<<", StringComparison.Ordinal));
            if (heredoc > 0 && (equals < 0 || heredoc < equals))
            {
                var value = new List<string>();
                var end = line[(heredoc + 2)..];
                while (lines.TryDequeue(out var next) && next != end)
                {
                    value.Add(next);
                }

                pairs[line[..heredoc]] = string.Join('\n', value);
            }
            else
            {
                Assert.True(equals > 0, $"the runner would refuse this line of {name}: {line}");
                pairs[line[..equals]] = line[(equals + 1)..];
            }
        }

        return pairs;
    }
}
