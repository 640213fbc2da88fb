namespace Mayfly.LocalCloud.Charts;

/// <summary>How a registry wants to be shown who asks.</summary>
public enum RegistryScheme
{
    /// <summary>Everyone may pull and push.</summary>
    Open,

    /// <summary>HTTP basic authentication at each request, as a plain distribution registry behind htpasswd.</summary>
    Basic,

    /// <summary>Basic authentication with the user <c>AWS</c> and a token as password, as ECR.</summary>
    Ecr,

    /// <summary>A bearer token fetched with basic authentication from where <c>WWW-Authenticate</c> says, as GHCR and Docker Hub.</summary>
    Token,
}

/// <summary>Who may use a part of the registry.</summary>
/// <param name="Scheme">How one has to show who one is.</param>
/// <param name="Users">Names and passwords.</param>
public sealed record RegistryAccess(RegistryScheme Scheme, IReadOnlyDictionary<string, string> Users)
{
    /// <summary>Open to everyone.</summary>
    public static readonly RegistryAccess Open = new(RegistryScheme.Open, new Dictionary<string, string>());

    /// <summary>The registry's host name that this is about, <c>ghcr.io</c>; null: any.</summary>
    public string? Host { get; init; }

    /// <summary>The beginning of the repositories' names that this is about, <c>jetscale/</c>; empty: all.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Whether it is about this repository.</summary>
    public bool Covers(string host, string repository) =>
        (Host is null || string.Equals(Host, host, StringComparison.OrdinalIgnoreCase)) && repository.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether the password is that user's.</summary>
    public bool Admits(string user, string password) => Users.TryGetValue(user, out var expected) && expected == password;
}
