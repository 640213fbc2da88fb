using System.Text.RegularExpressions;

namespace Mayfly.Engine.Clouds.Registry;

/// <summary>How a registry wants to be shown who asks: one <c>WWW-Authenticate</c>.</summary>
/// <param name="Scheme"><c>Bearer</c> or <c>Basic</c>.</param>
/// <param name="Parameters">realm, service, scope.</param>
internal sealed partial record Challenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>Reads the scheme and the parameters of a challenge.</summary>
    public static Challenge Of(string scheme, string? parameters)
    {
        var read = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match pair in Pair().Matches(parameters ?? ""))
        {
            read[pair.Groups["name"].Value] = pair.Groups["quoted"].Success ? pair.Groups["quoted"].Value : pair.Groups["bare"].Value;
        }

        return new Challenge(scheme, read);
    }

    /// <summary>Where a token for pulling a repository is to be had; null when the challenge does not say it.</summary>
    public Uri? TokenAddress(string? repository)
    {
        if (!Uri.TryCreate(Parameters.GetValueOrDefault("realm"), UriKind.Absolute, out var realm))
        {
            return null;
        }

        var scope = repository is null ? null : Parameters.GetValueOrDefault("scope") ?? $"repository:{repository}:pull";
        var query = new[] { ("service", Parameters.GetValueOrDefault("service")), ("scope", scope) }
            .Where(pair => pair.Item2 is not null)
            .Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2!)}");
        return new UriBuilder(realm) { Query = string.Join('&', realm.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Concat(query)) }.Uri;
    }

    [GeneratedRegex("""(?<name>[A-Za-z_]+)\s*=\s*(?:"(?<quoted>[^"]*)"|(?<bare>[^\s,"]+))""")]
    private static partial Regex Pair();
}
