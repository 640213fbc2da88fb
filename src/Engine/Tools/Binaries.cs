namespace Mayfly.Engine.Tools;

/// <summary>Finds a configured binary: as a path, on PATH, or among the tools that Mayfly fetched.</summary>
public static class Binaries
{
    /// <summary>The path to start; the name itself when it is found nowhere, so that the error names what was configured.</summary>
    /// <param name="configured">What the configuration says: a name or a path.</param>
    /// <param name="directory">What a relative path is relative to.</param>
    /// <param name="home">Mayfly's own folder.</param>
    /// <param name="variables">Where PATH is.</param>
    public static string Locate(string configured, string directory, string home, ToolEnvironment variables)
    {
        if (configured.Contains(Path.DirectorySeparatorChar))
        {
            return Path.GetFullPath(Path.Combine(directory, configured));
        }

        var tools = Path.Combine(home, "tools");
        var fetched = Directory.Exists(tools)
            ? Directory.EnumerateDirectories(tools).OrderDescending(StringComparer.Ordinal).Select(folder => Path.Combine(folder, configured))
            : [];
        return (variables["PATH"] ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, configured))
            .Concat(fetched)
            .FirstOrDefault(File.Exists) ?? configured;
    }
}
