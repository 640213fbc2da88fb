using Octokit;

namespace Mayfly.GitHub.Client;

/// <summary>GitHub's deployments and the environments that they belong to.</summary>
public sealed partial class GitHubRepository
{
    // GitHub cuts longer ones off with an error.
    private const int LongestDescription = 140;

    /// <summary>Ids of all deployments of an environment, newest first.</summary>
    public Task<GitHubAnswer<IReadOnlyList<long>>> DeploymentsAsync(string environment, CancellationToken ct) =>
        AskAsync<IReadOnlyList<long>>("look at the deployments", async () =>
        {
            var found = await _api.GetAll<Deployment>(
                Path("deployments"), new Dictionary<string, string> { ["environment"] = environment, ["per_page"] = "100" });
            return [.. found.Select(deployment => deployment.Id)];
        }, ct);

    /// <summary>Makes a deployment of a commit; its id.</summary>
    public Task<GitHubAnswer<long>> DeployAsync(string environment, string commit, CancellationToken ct) => AskAsync(
        "make a deployment",
        async () => (await _client.Repository.Deployment.Create(_access.Owner, _access.Repository, new NewDeployment(commit)
        {
            Task = "deploy",
            Environment = environment,
            Description = "Mayfly",

            // The commit is deployed as it is, whatever the state of its other checks.
            AutoMerge = false,
            RequiredContexts = [],
            TransientEnvironment = true,
            ProductionEnvironment = false,
        })).Id,
        ct);

    /// <summary>Says how a deployment is.</summary>
    public Task<GitHubAnswer<bool>> SayAsync(long deployment, DeploymentState state, string description, string? url, CancellationToken ct) => DoAsync(
        "say how the deployment is",
        () => _client.Repository.Deployment.Status.Create(_access.Owner, _access.Repository, deployment, new NewDeploymentStatus(state)
        {
            Description = description.Length > LongestDescription ? description[..(LongestDescription - 1)] + "…" : description,
            EnvironmentUrl = url,
            LogUrl = _access.RunUrl,
        }),
        ct);

    /// <summary>Deletes a deployment; GitHub does that with inactive ones only.</summary>
    public Task<GitHubAnswer<bool>> RemoveDeploymentAsync(long deployment, CancellationToken ct) => DoAsync(
        "remove a deployment", () => _api.Delete(Path($"deployments/{deployment}")), ct);

    /// <summary>Deletes an environment; that takes an administrator's token, which a workflow's is not.</summary>
    public Task<GitHubAnswer<bool>> RemoveEnvironmentAsync(string environment, CancellationToken ct) => DoAsync(
        "remove GitHub's environment", () => _api.Delete(Path($"environments/{Uri.EscapeDataString(environment)}")), ct);

    private Uri Path(string rest) => new($"repos/{_access.Owner}/{_access.Repository}/{rest}", UriKind.Relative);
}
