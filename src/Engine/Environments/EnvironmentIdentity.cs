namespace Mayfly.Engine.Environments;

/// <summary>The names one environment goes by everywhere. Made by <see cref="EnvironmentNames"/> only, so that two branches never share a host.</summary>
/// <param name="Id">The env id, <c>pr-42</c>: name of cluster, namespace and release as well.</param>
/// <param name="BranchSlug">The branch in <c>[a-z0-9-]</c>; ends in a short hash when it had to lose something.</param>
/// <param name="PublicHost">The host that people open, without a port.</param>
/// <param name="PullRequest">What was asked for.</param>
public sealed record EnvironmentIdentity(string Id, string BranchSlug, string PublicHost, PullRequest PullRequest)
{
    /// <summary>True when the host is named after a branch that nobody knows any more: then <see cref="PublicHost"/> is a name that nobody has.</summary>
    public bool IsHostUnknown { get; init; }

    /// <summary>The tag that says whose a resource is; its value is the env id.</summary>
    public const string OwnerTag = "mayfly:environment";

    /// <summary>The tag that tells several installations in one account apart; its value is the configured project.</summary>
    public const string ProjectTag = "mayfly:project";
}
