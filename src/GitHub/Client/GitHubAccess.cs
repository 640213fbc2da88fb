using Mayfly.Engine.Tools;

namespace Mayfly.GitHub.Client;

/// <summary>Where GitHub is, which repository is meant, and what opens it. A workflow has all of it in its variables.</summary>
/// <param name="Api">The API's address, with a slash at its end.</param>
/// <param name="Owner">The repository's owner.</param>
/// <param name="Repository">The repository's name.</param>
/// <param name="Token">The token; it is shown to nobody.</param>
/// <param name="RunUrl">The page of the workflow's run; null outside of one.</param>
public sealed record GitHubAccess(Uri Api, string Owner, string Repository, string Token, string? RunUrl)
{
    private const string PublicApi = "https://api.github.com";

    /// <summary>Reads the variables; null when they name no repository or hold no token.</summary>
    public static GitHubAccess? From(ToolEnvironment variables)
    {
        if (variables["GITHUB_REPOSITORY"]?.Split('/') is not [{ Length: > 0 } owner, { Length: > 0 } repository]
            || variables["GITHUB_TOKEN"] is not { Length: > 0 } token
            || !Uri.TryCreate((variables["GITHUB_API_URL"] is { Length: > 0 } api ? api : PublicApi).TrimEnd('/') + "/", UriKind.Absolute, out var address))
        {
            return null;
        }

        var run = variables["GITHUB_RUN_ID"] is { Length: > 0 } id
            ? $"{variables["GITHUB_SERVER_URL"]}/{owner}/{repository}/actions/runs/{id}" : null;
        return new GitHubAccess(address, owner, repository, token, run);
    }

    /// <summary>All but the token.</summary>
    public override string ToString() => $"{Owner}/{Repository} at {Api}";
}
