namespace Mayfly.GitHub.Tests;

/// <summary>What scripts/fixtures.sh fetched: GitHub's own description of its API, and examples of its events.</summary>
internal static class GitHubFiles
{
    /// <summary>Example payloads of every event.</summary>
    public static string Webhooks => PathOf("webhooks.json");

    /// <summary>The OpenAPI description of api.github.com.</summary>
    public static string OpenApi => PathOf("openapi.json");

    private static string PathOf(string name)
    {
        var home = Environment.GetEnvironmentVariable("MAYFLY_HOME") is { Length: > 0 } given
            ? given : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".mayfly");
        var path = Path.Combine(home, "tools", "github-api", name);
        Assert.True(File.Exists(path), $"{path} is missing: run scripts/fixtures.sh");
        return path;
    }
}
