namespace Mayfly.Engine.Configuration;

/// <summary>What Mayfly does on GitHub: which label asks for an environment, and where it says how the environment is.</summary>
public sealed record GitHubSettings
{
    /// <summary>The label that asks for an environment.</summary>
    [Matches("^[^,\\s][^,]{0,48}[^,\\s]$", "2 to 50 characters without a comma, as GitHub has labels")]
    public string Label { get; init; } = "preview";

    /// <summary>Whether the pull request gets a comment that tells how its environment is.</summary>
    public bool Comment { get; init; } = true;

    /// <summary>Whether runs are shown as GitHub deployments.</summary>
    public bool Deployments { get; init; } = true;

    /// <summary>Template of the name of GitHub's environment that the deployments belong to.</summary>
    [Template]
    public string DeploymentEnvironment { get; init; } = "preview/{env_id}";

    /// <summary>Name of the check on the commit; null: none is made.</summary>
    public string? Check { get; init; } = "mayfly";
}
