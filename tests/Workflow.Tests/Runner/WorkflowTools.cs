using System.Security.Cryptography;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.Workflow.Tests.Runner;

/// <summary>The scripts in tests/WorkflowTools with their packages, as scripts/fixtures.sh laid them out.</summary>
internal static class WorkflowTools
{
    /// <summary>MAYFLY_HOME of the one who runs the tests.</summary>
    public static string Home { get; } = Environment.GetEnvironmentVariable("MAYFLY_HOME") is { Length: > 0 } given
        ? given : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".mayfly");

    /// <summary>A script's path.</summary>
    public static string PathOf(string script)
    {
        var path = Path.Combine(Home, "tools", "workflows", HashOfSources(), script);
        Assert.True(File.Exists(path), $"{path} is missing: run scripts/fixtures.sh");
        return path;
    }

    private static string HashOfSources()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Source, "tests", "WorkflowTools")).Order(StringComparer.Ordinal))
        {
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
