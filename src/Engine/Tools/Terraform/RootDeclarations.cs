using System.Text.RegularExpressions;

namespace Mayfly.Engine.Tools;

/// <summary>The few facts about a root module that have to be known before terraform can read it.</summary>
/// <param name="Backend">Type of the backend it declares; null: none, so Mayfly declares one.</param>
/// <param name="Variables">Names of its input variables.</param>
/// <param name="LocalModules">Folders of modules that it calls by a relative path, those of modules included.</param>
public sealed partial record RootDeclarations(string? Backend, IReadOnlySet<string> Variables, IReadOnlyList<string> LocalModules)
{
    /// <summary>Reads the folder's <c>*.tf</c> and <c>*.tf.json</c> files.</summary>
    public static RootDeclarations Read(string directory)
    {
        var text = CommentLine().Replace(string.Join('\n', Sources(directory).Select(File.ReadAllText)), "");
        var backend = BackendBlock().Match(text);
        var variables = VariableBlock().Matches(text).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        return new RootDeclarations(backend.Success ? backend.Groups[1].Value : null, variables, FindModules(directory));
    }

    /// <summary>Configuration files of one folder, in a fixed order.</summary>
    public static IEnumerable<string> Sources(string directory) =>
        Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory)
                .Where(file => file.EndsWith(".tf", StringComparison.Ordinal) || file.EndsWith(".tf.json", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
            : [];

    private static List<string> FindModules(string root)
    {
        var found = new List<string>();
        var open = new Queue<string>([Path.GetFullPath(root)]);
        var seen = new HashSet<string>(open, StringComparer.Ordinal);
        while (open.TryDequeue(out var directory))
        {
            foreach (var source in Sources(directory).SelectMany(file => LocalSource().Matches(File.ReadAllText(file))))
            {
                var module = Path.GetFullPath(Path.Combine(directory, source.Groups[1].Value));
                if (seen.Add(module))
                {
                    found.Add(module);
                    open.Enqueue(module);
                }
            }
        }

        return found;
    }

    [GeneratedRegex(@"(?m)^\s*(#|//).*$")]
    private static partial Regex CommentLine();

    [GeneratedRegex("""\bbackend"?[\s:{]+"(\w+)"\s*:?\s*\{""")]
    private static partial Regex BackendBlock();

    [GeneratedRegex("""(?m)^\s*variable\s+"?([\w-]+)"?\s*\{""")]
    private static partial Regex VariableBlock();

    [GeneratedRegex("\\bsource\"?\\s*[=:]\\s*\"(\\.{1,2}(?:/[^\"]*)?)\"")]
    private static partial Regex LocalSource();
}
