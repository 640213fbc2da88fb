using Mayfly.Aws;
using Mayfly.Aws.SecretsManager.Model;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Adoption;

/// <inheritdoc cref="IOrphanFinder"/>
public sealed class OrphanFinder(Blueprint blueprint, AwsSession session, ClusterDoor door) : IOrphanFinder
{
    private readonly IdentityRules _rules = new(blueprint.Configuration.Adoption);
    private readonly AwsQuestions _questions = new(session);

    /// <inheritdoc />
    public async Task<OrphanFindings> FindAsync(Plan plan, CancellationToken ct)
    {
        if (!plan.Changes.Any(change => change.IsCreate))
        {
            return new OrphanFindings([], [], []);
        }

        return await SearchOf(await door.FindAsync(ct)).LookAsync(plan, ct);
    }

    /// <inheritdoc />
    public Orphan? Guess(PlannedChange change) => SearchOf(null).Guess(change);

    /// <inheritdoc />
    public Task RestoreSecretAsync(string id, CancellationToken ct) =>
        session.CreateSecretsManager().RestoreSecretAsync(new RestoreSecretRequest(id), ct);

    private OrphanSearch SearchOf(Cluster? cluster)
    {
        var region = blueprint.Configuration.Aws.Region;
        var names = new Dictionary<string, string>
        {
            ["env"] = blueprint.Environment.Id,
            ["account"] = blueprint.Account ?? "",
            ["region"] = region,
            ["partition"] = PartitionOf(region),
        };
        return new OrphanSearch(_rules, _questions.AskAsync, cluster is null ? null : new ClusterQuestions(cluster).AskAsync, names);
    }

    private static string PartitionOf(string region) =>
        region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn"
        : region.StartsWith("us-gov-", StringComparison.Ordinal) ? "aws-us-gov"
        : "aws";
}
