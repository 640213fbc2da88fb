using System.Globalization;
using Mayfly.Engine.Configuration;

namespace Mayfly.Engine.Environments;

/// <summary>Makes the names of an environment from its pull request; the only place that does.</summary>
public static class EnvironmentNames
{
    private const int LabelLimit = 63;
    private const int HostLimit = 253;

    /// <summary>Names of the template variables that a public host may be made of.</summary>
    public static IReadOnlyList<string> HostVariables { get; } =
        ["env_id", "pr", "branch_slug", "project", "region", "zone"];

    /// <summary>
    /// The identity of a pull request's environment. The slug is cut so that each label of the host fits the 63 octets of
    /// RFC 1035. An empty branch is allowed (a teardown may no longer know it) and gets a host of its own.
    /// </summary>
    /// <exception cref="InvalidInputException">The number is no pull request's, or the host's template cannot give a valid name.</exception>
    public static EnvironmentIdentity Create(PullRequest pullRequest, MayflyConfiguration configuration)
    {
        if (pullRequest.Number < 1)
        {
            throw new InvalidInputException($"{pullRequest.Number} is no pull request; numbers start at 1");
        }

        var id = $"pr-{pullRequest.Number.ToString(CultureInfo.InvariantCulture)}";
        var variables = new Dictionary<string, string>
        {
            ["env_id"] = id,
            ["pr"] = pullRequest.Number.ToString(CultureInfo.InvariantCulture),
            ["project"] = configuration.Project,
            ["region"] = configuration.Aws.Region,
            ["zone"] = configuration.Environment.Zone,
        };
        var template = configuration.Environment.PublicHost;
        var slug = BranchSlug.Of(pullRequest.Branch, RoomForSlug(template, variables));
        variables["branch_slug"] = slug;
        var host = Template.Expand(template, variables).ToLowerInvariant();
        if (Flaw(host) is { } flaw)
        {
            throw new InvalidInputException($"environment.public_host '{template}' gives '{host}', which is no host name: {flaw}");
        }

        return new EnvironmentIdentity(id, slug, host, pullRequest)
        {
            IsHostUnknown = pullRequest.Branch.Length == 0 && template.Contains("{branch_slug}", StringComparison.Ordinal),
        };
    }

    /// <summary>What is wrong with a host name, in words; null when it is valid.</summary>
    public static string? Flaw(string host)
    {
        if (host.Length > HostLimit)
        {
            return $"it has {host.Length} characters, {HostLimit} are allowed";
        }

        foreach (var label in host.Split('.'))
        {
            var flaw = label.Length == 0 ? "a label is empty"
                : label.Length > LabelLimit ? $"its label '{label}' has {label.Length} characters, {LabelLimit} are allowed"
                : label[0] == '-' || label[^1] == '-' ? $"its label '{label}' starts or ends with a hyphen"
                : label.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-') ? null
                : $"its label '{label}' has characters other than a-z, 0-9 and the hyphen";
            if (flaw is not null)
            {
                return flaw;
            }
        }

        return null;
    }

    // What the fullest label that holds the slug leaves for it. The marker cannot occur in a host.
    private static int RoomForSlug(string template, Dictionary<string, string> variables)
    {
        const string marker = "\0";
        var room = LabelLimit;
        foreach (var label in Template.Expand(template, new Dictionary<string, string>(variables) { ["branch_slug"] = marker }).Split('.'))
        {
            var times = label.Count(c => c == marker[0]);
            room = times == 0 ? room : Math.Min(room, (LabelLimit - (label.Length - times)) / times);
        }

        return room >= BranchSlug.LeastRoom ? room : throw new InvalidInputException(
            $"environment.public_host '{template}' leaves {Math.Max(room, 0)} characters for the branch; {BranchSlug.LeastRoom} are needed");
    }
}
