namespace Mayfly.Cli.Rendering;

/// <summary>What somebody on this machine needs besides the URL to open it.</summary>
/// <param name="Authority">The certificate authority to trust; null: the system's.</param>
/// <param name="Address">The address to go to, where this machine's resolver does not know the name; null: it does.</param>
internal sealed record WayIn(string? Authority, string? Address)
{
    /// <summary>The way on the internet: nothing else is needed.</summary>
    public static readonly WayIn Open = new(null, null);

    /// <summary>The call of curl that opens it; null where a plain one does.</summary>
    public string? Command(string url) =>
        Address is null || !Uri.TryCreate(url, UriKind.Absolute, out var to) ? null
            : $"curl{(Authority is null ? "" : $" --cacert {Authority}")} --resolve {to.Host}:{to.Port}:{Address} {url}";
}
