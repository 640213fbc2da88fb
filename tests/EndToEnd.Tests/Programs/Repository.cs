namespace Mayfly.EndToEnd.Tests.Programs;

/// <summary>A copy of the reference repository, as somebody who uses Mayfly has it, that a test may change.</summary>
public sealed class Repository : IDisposable
{
    private Repository(string directory) => Directory = directory;

    /// <summary>Where it lies.</summary>
    public string Directory { get; }

    /// <summary>The project's own folder: where the programs are built and the reference stack lies.</summary>
    public static string Source { get; } = FindSource();

    /// <summary>Copies what a user's repository has: configuration, infrastructure, charts, values.</summary>
    public static Repository Copy()
    {
        var copy = new Repository(System.IO.Directory.CreateTempSubdirectory("mayfly-repository").FullName);
        File.Copy(Path.Combine(Source, "mayfly.yaml"), copy.PathOf("mayfly.yaml"));
        foreach (var folder in (string[])["infra", "charts", "envs"])
        {
            foreach (var file in System.IO.Directory.EnumerateFiles(Path.Combine(Source, folder), "*", SearchOption.AllDirectories))
            {
                var target = copy.PathOf(Path.GetRelativePath(Source, file));
                System.IO.Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }

        return copy;
    }

    /// <summary>A path inside it.</summary>
    public string PathOf(string relative) => Path.Combine(Directory, relative);

    /// <summary>Changes a file; fails when there is nothing to change, so that a test never checks an unchanged file.</summary>
    public void Change(string relative, string from, string to)
    {
        var text = File.ReadAllText(PathOf(relative));
        Assert.Contains(from, text);
        File.WriteAllText(PathOf(relative), text.Replace(from, to));
    }

    /// <summary>Every file with its bytes' hash, to see whether anything was written.</summary>
    public IReadOnlyDictionary<string, string> Fingerprint() =>
        System.IO.Directory.EnumerateFiles(Directory, "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(Directory, file),
            file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))));

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private static string FindSource()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Mayfly.slnx")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException("The tests run from the project's own build output.");
    }
}
