using System.Text;
using System.Text.Json;

namespace Mayfly.Engine.Clouds.Registry;

/// <summary>Who asks a registry. It never goes into a text.</summary>
/// <param name="User">The name; <c>AWS</c> for ECR.</param>
/// <param name="Password">The password or token.</param>
public sealed record RegistryLogin(string User, string Password)
{
    /// <summary>What HTTP basic authentication sends.</summary>
    public string Basic => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));

    /// <summary>Reads <c>user:password</c> in base64; null when it is not that.</summary>
    public static RegistryLogin? OfBasic(string text)
    {
        var buffer = new byte[text.Length];
        if (!Convert.TryFromBase64String(text.Trim(), buffer, out var length))
        {
            return null;
        }

        var pair = Encoding.UTF8.GetString(buffer, 0, length).Split(':', 2);
        return pair is [{ Length: > 0 } user, { Length: > 0 } password] ? new RegistryLogin(user, password) : null;
    }

    public override string ToString() => nameof(RegistryLogin);
}

/// <summary>The logins of a pull secret: Docker's <c>config.json</c>.</summary>
public sealed class RegistryLogins
{
    private readonly Dictionary<string, RegistryLogin> _byHost;

    private RegistryLogins(Dictionary<string, RegistryLogin> byHost) => _byHost = byHost;

    /// <summary>No login at all.</summary>
    public static RegistryLogins None { get; } = new([]);

    /// <summary>The registries that there is a login for.</summary>
    public IEnumerable<string> Hosts => _byHost.Keys;

    /// <summary>Reads a <c>.dockerconfigjson</c>; null with what is wrong, in words that hold nothing of it.</summary>
    public static RegistryLogins? Parse(ReadOnlySpan<byte> json, out string flaw)
    {
        flaw = "";
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("auths", out var auths) || auths.ValueKind != JsonValueKind.Object)
            {
                flaw = "is JSON without the object \"auths\"";
                return null;
            }

            var logins = new Dictionary<string, RegistryLogin>(StringComparer.OrdinalIgnoreCase);
            foreach (var entry in auths.EnumerateObject())
            {
                if (LoginOf(entry.Value) is not { } login)
                {
                    flaw = $"has no login that can be read for {HostOf(entry.Name)}";
                    return null;
                }

                logins[HostOf(entry.Name)] = login;
            }

            return new RegistryLogins(logins);
        }
        catch (JsonException)
        {
            flaw = "is no JSON";
            return null;
        }
    }

    /// <summary>The login for a registry; null when there is none.</summary>
    public RegistryLogin? For(string host) => _byHost.GetValueOrDefault(host);

    // Keys are hosts, URLs, and for Docker Hub a URL of its past.
    private static string HostOf(string key)
    {
        var rest = key.Contains("://", StringComparison.Ordinal) ? key[(key.IndexOf("://", StringComparison.Ordinal) + 3)..] : key;
        var host = rest.Split('/')[0];
        return host is "index.docker.io" or "registry-1.docker.io" ? ImageReference.DockerHub : host;
    }

    private static RegistryLogin? LoginOf(JsonElement entry) => entry.ValueKind != JsonValueKind.Object ? null
        : Text(entry, "username") is { Length: > 0 } user && Text(entry, "password") is { Length: > 0 } password ? new RegistryLogin(user, password)
        : Text(entry, "auth") is { Length: > 0 } auth ? RegistryLogin.OfBasic(auth)
        : null;

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
