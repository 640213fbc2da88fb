using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Aws.Protocols;
using Mayfly.Engine.Adoption;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Unblocking;

/// <summary>
/// The environment's cluster that does not know who we are: another principal made it, and EKS lets only the maker in. A cluster that
/// carries this environment's tag gets an access entry for the run's principal, as its administrator; it goes with the cluster.
/// One that does not carry it is somebody else's, and one whose access comes from its config map alone cannot be asked.
/// Source: https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html.
/// </summary>
/// <param name="blueprint">Whose cluster it has to be.</param>
/// <param name="door">Knows whose it is now.</param>
/// <param name="session">Asks AWS.</param>
/// <param name="lease">Says that nobody else works here.</param>
/// <param name="clock">Waits.</param>
public sealed class AccessMender(Blueprint blueprint, ClusterDoor door, AwsSession session, RunLease lease, TimeProvider clock) : IMender
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly AwsRestJsonClient _eks = new(session, AwsService.Eks);

    /// <inheritdoc />
    public async Task<IReadOnlyList<Obstacle>> FindAsync(Cluster cluster, StageReporter reporter, CancellationToken ct) =>
        await cluster.HearAsync(ct) is ClusterVoice.Refuses && await PrincipalAsync(ct) is var principal && !await IsKnownAsync(cluster, principal, ct)
            ? [new Obstacle($"cluster {cluster.Facts.Name}", $"it has no access entry for {principal}", "give it one")]
            : [];

    /// <inheritdoc />
    public async Task<Mending> MendAsync(Cluster cluster, StageReporter reporter, CancellationToken ct)
    {
        if (await cluster.HearAsync(ct) is not ClusterVoice.Refuses)
        {
            return Mending.Nothing;
        }

        var principal = await PrincipalAsync(ct);
        if (await IsKnownAsync(cluster, principal, ct))
        {
            return new Mending(0, Failure.Of("cluster-refuses", "k8s_auth_expired", Disposition.RefreshCredentials,
                $"the API of cluster {cluster.Facts.Name} does not accept a fresh token of {principal}, which has an access entry", "Get new AWS credentials and run it again."));
        }

        // The apply before may have tagged it since it was opened.
        var owner = (await door.LookAsync(ct))?.Owner;
        if (owner != blueprint.Environment.Id)
        {
            return new Mending(0, Refused(cluster, principal, owner is null ? "the cluster is not tagged as this environment's" : $"the cluster is tagged as {owner}'s"));
        }

        if (await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return new Mending(0, lost);
        }

        try
        {
            await GrantAsync(cluster.Facts.Name, principal, ct);
        }
        catch (AwsException exception) when (exception.IsDenied || exception.Code == "InvalidRequestException")
        {
            return new Mending(0, Refused(cluster, principal, $"an entry could not be made ({exception.Code}: {exception.Message})"));
        }

        reporter.Remedy($"cluster {cluster.Facts.Name}", $"made an access entry for {principal}, as administrator: another principal made the cluster");
        return await LetInAsync(cluster, ct) ? new Mending(1) : new Mending(1, Failure.Of("cluster-refuses", "k8s_auth_expired", Disposition.RetryAfterWait,
            $"the API of cluster {cluster.Facts.Name} does not know the new access entry of {principal} yet", "Run it again."));
    }

    private async Task GrantAsync(string cluster, string principal, CancellationToken ct)
    {
        var partition = principal.Split(':')[1];
        await _eks.CallAsync("CreateAccessEntry", HttpMethod.Post, $"/clusters/{cluster}/access-entries", new JsonObject { ["principalArn"] = principal }, ct: ct);
        await _eks.CallAsync("AssociateAccessPolicy", HttpMethod.Post, $"/clusters/{cluster}/access-entries/{Uri.EscapeDataString(principal)}/access-policies", new JsonObject
        {
            ["policyArn"] = $"arn:{partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
            ["accessScope"] = new JsonObject { ["type"] = "cluster" },
        }, ct: ct);
    }

    private async Task<bool> IsKnownAsync(Cluster cluster, string principal, CancellationToken ct)
    {
        try
        {
            await _eks.CallAsync("DescribeAccessEntry", HttpMethod.Get, $"/clusters/{cluster.Facts.Name}/access-entries/{Uri.EscapeDataString(principal)}", ct: ct);
            return true;
        }
        catch (AwsException exception) when (exception.IsNotFound)
        {
            return false;
        }
    }

    // A session is known under its role, and a role by its whole ARN: the session's leaves out the path.
    private async Task<string> PrincipalAsync(CancellationToken ct)
    {
        using var sts = session.CreateSts();
        var arn = (await sts.GetCallerIdentityAsync(new Amazon.SecurityToken.Model.GetCallerIdentityRequest(), ct)).Arn;
        if (arn.Split(':') is not [_, var partition, "sts", _, var account, var name] || name.Split('/') is not ["assumed-role", var role, _])
        {
            return arn;
        }

        try
        {
            var reply = await new AwsQuestions(session).AskAsync(new Question("iam", "GetRole", "/", [], [KeyValuePair.Create<string, JsonNode?>("RoleName", role)]), ct);
            return reply.Select("Role.Arn").Select(item => item.Text).OfType<string>().FirstOrDefault() ?? Plain();
        }
        catch (AwsException)
        {
            return Plain();
        }

        string Plain() => $"arn:{partition}:iam::{account}:role/{role}";
    }

    // An entry takes a moment to reach the cluster.
    private async Task<bool> LetInAsync(Cluster cluster, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        while (await cluster.HearAsync(ct) is not ClusterVoice.Answers)
        {
            if (clock.GetElapsedTime(began) > Patience)
            {
                return false;
            }

            await Task.Delay(Pause, clock, ct);
        }

        return true;
    }

    private static Failure Refused(Cluster cluster, string principal, string why) => Failure.Of("cluster-refuses", "k8s_auth_expired", Disposition.NeedsHuman,
        $"the API of cluster {cluster.Facts.Name} knows nothing of {principal}, and {why}",
        $"Give it access: aws eks create-access-entry --cluster-name {cluster.Facts.Name} --principal-arn {principal}, and associate AmazonEKSClusterAdminPolicy; or delete the cluster, and run it again.");
}
