namespace Mayfly.Engine.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its top folder.</summary>
    public static string Root { get; } = Find();

    /// <summary>A file or folder in it.</summary>
    public static string At(string relative) => Path.Combine(Root, relative);

    /// <summary>Compares a text with a file of the repository, or writes it there when MAYFLY_WRITE=1: a change of golden files is made on purpose.</summary>
    public static void AssertCurrent(string relative, string text)
    {
        var path = At(relative);
        if (Environment.GetEnvironmentVariable("MAYFLY_WRITE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.True(File.Exists(path), $"{relative} is missing; MAYFLY_WRITE=1 ./test writes it");
        Assert.Equal(File.ReadAllText(path), text, ignoreLineEndingDifferences: true);
    }

    private static string Find()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Mayfly.slnx")))
        {
            at = at.Parent ?? throw new InvalidOperationException("the tests run outside of the repository");
        }

        return at.FullName;
    }
}
