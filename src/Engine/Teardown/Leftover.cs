using System.Text.RegularExpressions;

namespace Mayfly.Engine.Teardown;

/// <summary>A real thing that belongs to an environment.</summary>
/// <param name="Kind">What it is, in AWS's words: <c>load balancer</c>, <c>network interface</c>.</param>
/// <param name="Id">Its id, name or ARN.</param>
/// <param name="Owner">The environment it belongs to.</param>
/// <param name="Why">How that is known: the tag, or the name.</param>
public sealed record Leftover(string Kind, string Id, string Owner, string Why)
{
    public override string ToString() => $"{Kind} {Id} ({Why})";
}

/// <summary>One kind of things that an environment can leave behind: how to find them, and how to remove one.</summary>
public interface ILeftovers
{
    /// <summary>What is looked at, for the list that a teardown shows.</summary>
    string Looks { get; }

    /// <summary>Everything of this kind that belongs to an environment in question.</summary>
    Task<IReadOnlyList<Leftover>> FindAsync(Ownership ownership, CancellationToken ct);

    /// <summary>Removes one. What is gone already is no failure.</summary>
    Task RemoveAsync(Leftover leftover, CancellationToken ct);
}

/// <summary>Decides whose a thing is, by its tags first and by names that only an environment can have.</summary>
/// <param name="project">The configured project; things of another project are not ours.</param>
/// <param name="concerns">Which environments are in question.</param>
/// <param name="only">The one environment in question, where it is one; lets searches be narrow.</param>
public sealed partial class Ownership(string project, Func<string, bool> concerns, string? only)
{
    /// <summary>The one environment in question; null: several.</summary>
    public string? Only => only;

    /// <summary>One environment.</summary>
    public static Ownership Of(string project, string environment) => new(project, id => id == environment, environment);

    /// <summary>Owner by tags; null when they name none in question, or another project.</summary>
    public (string Owner, string Why)? ByTags(IEnumerable<KeyValuePair<string, string>> tags)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            all[key] = value;
        }

        if (all.TryGetValue(Environments.EnvironmentIdentity.ProjectTag, out var other) && other != project)
        {
            return null;
        }

        if (all.TryGetValue(Environments.EnvironmentIdentity.OwnerTag, out var owner))
        {
            return concerns(owner) ? (owner, $"tag {Environments.EnvironmentIdentity.OwnerTag}") : null;
        }

        // Controllers in the cluster tag what they make with the cluster's name, which is the env id.
        foreach (var (key, value) in all)
        {
            var cluster = key is "elbv2.k8s.aws/cluster" or "cluster.k8s.amazonaws.com/name" or "KubernetesCluster" or "eks:cluster-name"
                    or "aws:eks:cluster-name" or "karpenter.sh/discovery" ? value
                : key.StartsWith("kubernetes.io/cluster/", StringComparison.Ordinal) && value == "owned" ? key["kubernetes.io/cluster/".Length..]
                : null;
            if (cluster is not null && concerns(cluster))
            {
                return (cluster, $"tag {key}");
            }
        }

        return null;
    }

    /// <summary>Owner by a name that only an environment can have; null when it names none in question.</summary>
    public (string Owner, string Why)? ByName(string name) =>
        EnvironmentInName().Match(name) is { Success: true } match && concerns(match.Groups[1].Value) ? (match.Groups[1].Value, "name") : null;

    [GeneratedRegex(@"(?:^|/)(pr-[1-9][0-9]*)(?=$|/|-ephemeral/)")]
    private static partial Regex EnvironmentInName();
}
