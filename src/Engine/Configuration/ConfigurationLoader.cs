using Mayfly.Engine.Values;

namespace Mayfly.Engine.Configuration;

/// <summary>Reads <c>mayfly.yaml</c>. All problems of a file are found in one read, each with file, line and column.</summary>
public static class ConfigurationLoader
{
    /// <summary>The name of the file in a repository.</summary>
    public const string FileName = "mayfly.yaml";

    /// <summary>The configuration in a file.</summary>
    /// <exception cref="InvalidInputException">The file is missing or has problems; it lists them all.</exception>
    public static MayflyConfiguration Load(string path) =>
        Read(path, out var problems) ?? throw new InvalidInputException([.. problems.Select(problem => problem.ToString())]);

    /// <summary>The configuration in a file; null when there are problems.</summary>
    public static MayflyConfiguration? Read(string path, out IReadOnlyList<ValueProblem> problems)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            var why = File.Exists(path) ? "cannot be read"
                : Directory.Exists(path) ? "is a directory"
                : "does not exist; 'mayfly init' writes one, --config names another";
            problems = [new ValueProblem(new ValueOrigin(path), why)];
            return null;
        }

        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Parse(text, path, directory, out problems);
    }

    /// <summary>The configuration in a text whose relative paths start at <paramref name="directory"/>; null when there are problems.</summary>
    public static MayflyConfiguration? Parse(string text, string file, string directory, out IReadOnlyList<ValueProblem> problems)
    {
        var root = ValueReader.Read(text, file, YamlDialect.Strict, out var read);
        var found = new List<ValueProblem>(read);
        problems = found;
        if (root is null or ValueScalar { IsNull: true })
        {
            if (found.Count == 0)
            {
                found.Add(new ValueProblem(new ValueOrigin(file, 1, 1), "the file is empty; 'mayfly init' writes one to start from"));
            }

            return null;
        }

        var binder = new ConfigurationBinder(found);
        var configuration = (MayflyConfiguration)binder.Record(typeof(MayflyConfiguration), root, "") with { Directory = directory };
        found.AddRange(new ConfigurationChecks(configuration, path => binder.Places.GetValueOrDefault(path, root.Origin)).Problems());
        problems = [.. found.OrderBy(problem => problem.Origin.Line).ThenBy(problem => problem.Origin.Column)];
        return found.Count == 0 ? configuration : null;
    }
}
