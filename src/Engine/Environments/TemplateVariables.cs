using System.Globalization;
using Mayfly.Engine.Configuration;

namespace Mayfly.Engine.Environments;

/// <summary>The variables that the configuration's templates may use.</summary>
public static class TemplateVariables
{
    /// <summary>Every name, in the order of the documentation.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "env_id", "pr", "branch", "branch_slug", "public_host", "commit", "release", "namespace", "project", "region",
        "account", "zone", "cloud.charts", "cloud.registry",
    ];

    /// <summary>The values for one environment. A commit nobody named is empty.</summary>
    /// <param name="identity">The environment.</param>
    /// <param name="configuration">The configuration that holds the templates.</param>
    /// <param name="account">The AWS account the run found itself in; null: the configured one.</param>
    public static IReadOnlyDictionary<string, string> For(
        EnvironmentIdentity identity, MayflyConfiguration configuration, string? account = null)
    {
        var values = new Dictionary<string, string>
        {
            ["env_id"] = identity.Id,
            ["pr"] = identity.PullRequest.Number.ToString(CultureInfo.InvariantCulture),
            ["branch"] = identity.PullRequest.Branch,
            ["branch_slug"] = identity.BranchSlug,
            ["public_host"] = identity.PublicHost,
            ["commit"] = identity.PullRequest.Commit ?? "",
            ["project"] = configuration.Project,
            ["region"] = configuration.Aws.Region,
            ["account"] = account ?? configuration.Aws.Account ?? "",
            ["zone"] = configuration.Environment.Zone,
            ["cloud.charts"] = configuration.Cloud.Charts,
            ["cloud.registry"] = configuration.Cloud.Registry,
        };

        // A release named after its namespace is fine, and the other way round; both at once names nothing.
        values["release"] = Template.Expand(configuration.Helm.Release, values);
        values["namespace"] = Template.Expand(configuration.Helm.Namespace, values);
        return values;
    }
}
