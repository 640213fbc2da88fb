using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Mayfly.Workflow.Tests.Life;

/// <summary>Which permission of a token a request takes, by GitHub's documentation.</summary>
internal static class TokenUse
{
    private static readonly (string Request, string[] AnyOf)[] Rules =
    [
        ("GET /repos/[^/]+/[^/]+/pulls/", ["pull-requests: read", "pull-requests: write"]),
        ("GET /repos/[^/]+/[^/]+/collaborators/", []),
        ("GET /user$", []),
        ("GET /repos/[^/]+/[^/]+/issues/", ["issues: read", "issues: write", "pull-requests: write"]),
        ("(POST|PATCH|DELETE) /repos/[^/]+/[^/]+/issues/comments/[0-9]+/reactions", ["issues: write"]),
        ("(POST|PATCH|DELETE) /repos/[^/]+/[^/]+/issues/", ["issues: write", "pull-requests: write"]),
        ("GET /repos/[^/]+/[^/]+/deployments", ["deployments: read", "deployments: write"]),
        ("(POST|DELETE) /repos/[^/]+/[^/]+/(deployments|environments)", ["deployments: write"]),
        ("(POST|PATCH) /repos/[^/]+/[^/]+/check-runs", ["checks: write"]),
        ("GET /repos/[^/]+/[^/]+/actions/runs/", ["actions: read"]),
    ];

    /// <summary>Requests that a job's token would be refused.</summary>
    public static IReadOnlyList<string> Beyond(JsonObject permissions, IEnumerable<string> requests)
    {
        var has = permissions.Select(permission => $"{permission.Key}: {permission.Value}").ToHashSet(StringComparer.Ordinal);
        return [.. requests.Distinct().Where(request =>
            Rules.FirstOrDefault(rule => Regex.IsMatch(request, $"^{rule.Request}")) is not { AnyOf: { } any } || (any.Length > 0 && !any.Any(has.Contains)))];
    }
}
