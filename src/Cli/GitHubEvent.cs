using System.Globalization;
using System.Text.Json;

namespace Mayfly.Cli;

/// <summary>What the workflow's event says about the pull request; each part null where it says nothing.</summary>
internal sealed record GitHubEvent(int? Number, string? Branch, string? Commit)
{
    /// <summary>Reads the event of the workflow that runs this process, from its file and variables.</summary>
    public static GitHubEvent Read(Func<string, string?> variable)
    {
        var fromFile = FromFile(variable("GITHUB_EVENT_PATH"));
        var reference = variable("GITHUB_REF");
        var number = reference?.Split('/') is ["refs", "pull", var digits, ..] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
            ? parsed
            : (int?)null;
        return new GitHubEvent(fromFile.Number ?? number, fromFile.Branch ?? Filled(variable("GITHUB_HEAD_REF")), fromFile.Commit);
    }

    private static GitHubEvent FromFile(string? path)
    {
        var nothing = new GitHubEvent(null, null, null);
        if (path is null || !File.Exists(path))
        {
            return nothing;
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("pull_request", out var pull))
            {
                return new GitHubEvent(NumberOf(pull), Text(pull, "head", "ref"), Text(pull, "head", "sha"));
            }

            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("issue", out var issue) && issue.TryGetProperty("pull_request", out _)
                ? nothing with { Number = NumberOf(issue) }
                : nothing;
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            return nothing;
        }
    }

    private static int? NumberOf(JsonElement element) =>
        element.TryGetProperty("number", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static string? Text(JsonElement element, string outer, string inner) =>
        element.TryGetProperty(outer, out var child) && child.ValueKind == JsonValueKind.Object
            && child.TryGetProperty(inner, out var value) && value.ValueKind == JsonValueKind.String ? Filled(value.GetString()) : null;

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
