using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Charts;

/// <summary>Decides who may use the registry, and words the refusals as the registries that it plays do.</summary>
internal sealed class RegistryGuard(IReadOnlyList<RegistryAccess> accesses, TimeProvider clock)
{
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, (string Scope, DateTimeOffset Expires)> _tokens = new();

    /// <summary>The rule for a repository of a host.</summary>
    public RegistryAccess AccessOf(string host, string repository) =>
        accesses.FirstOrDefault(access => access.Covers(host, repository)) ?? RegistryAccess.Open;

    /// <summary>Lets a request through, or answers it with a challenge.</summary>
    /// <param name="http">The request.</param>
    /// <param name="repository">The repository, empty for the registry as a whole.</param>
    public async Task<bool> AdmitAsync(HttpContext http, string repository)
    {
        var access = AccessOf(HostOf(http), repository);
        if (access.Scheme == RegistryScheme.Open || IsAdmitted(http, access, repository))
        {
            return true;
        }

        var root = $"{http.Request.Scheme}://{http.Request.Host}";
        var action = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) ? "pull" : "pull,push";
        http.Response.Headers.WWWAuthenticate = access.Scheme switch
        {
            RegistryScheme.Token when repository.Length == 0 => $"Bearer realm=\"{root}/token\",service=\"{ServiceOf(http, access)}\"",
            RegistryScheme.Token =>
                $"Bearer realm=\"{root}/token\",service=\"{ServiceOf(http, access)}\",scope=\"repository:{repository}:{action}\"",
            RegistryScheme.Ecr => $"Basic realm=\"{root}/\",service=\"ecr.amazonaws.com\"",
            _ => "Basic realm=\"Registry Realm\"",
        };
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        await (access.Scheme == RegistryScheme.Ecr
            ? http.Response.WriteAsync("Not Authorized\n")
            : RegistryErrors.WriteAsync(http, StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "authentication required"));
        return false;
    }

    /// <summary>The token service: <c>GET /token?service=…&amp;scope=repository:NAME:pull</c> with basic authentication.</summary>
    public async Task IssueTokenAsync(HttpContext http)
    {
        var scope = http.Request.Query["scope"].ToString();
        var repository = scope.Split(':') is ["repository", var name, ..] ? name : "";
        var access = AccessOf(HostOf(http), repository);
        if (access.Scheme == RegistryScheme.Token)
        {
            if (BasicOf(http) is not var (user, password))
            {
                await RegistryErrors.WriteAsync(http, StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "authentication required");
                return;
            }

            if (!access.Admits(user, password))
            {
                await RegistryErrors.WriteAsync(http, StatusCodes.Status403Forbidden, "DENIED", "denied");
                return;
            }
        }

        var token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(30));
        var now = clock.GetUtcNow();
        foreach (var (old, _) in _tokens.Where(known => known.Value.Expires <= now))
        {
            _tokens.TryRemove(old, out _);
        }

        _tokens[token] = (repository, now + TokenLife);
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(new JsonObject { ["token"] = token, ["expires_in"] = (int)TokenLife.TotalSeconds }.ToJsonString());
    }

    private bool IsAdmitted(HttpContext http, RegistryAccess access, string repository)
    {
        if (access.Scheme == RegistryScheme.Token)
        {
            var header = http.Request.Headers.Authorization.ToString();
            return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
                && _tokens.TryGetValue(header["Bearer ".Length..].Trim(), out var token)
                && token.Expires > clock.GetUtcNow()
                && (repository.Length == 0 || token.Scope == repository);
        }

        return BasicOf(http) is var (user, password) && access.Admits(user, password);
    }

    // As containerd asks a mirror: the registry that is meant stands in `ns`, and what a token is for in `service`.
    private static string HostOf(HttpContext http) =>
        http.Request.Query["ns"].ToString() is { Length: > 0 } meant ? meant
        : http.Request.Path.StartsWithSegments("/token") && http.Request.Query["service"].ToString() is { Length: > 0 } service ? service
        : http.Request.Host.Host;

    private static string ServiceOf(HttpContext http, RegistryAccess access) => access.Host ?? http.Request.Host.Host;

    private static (string User, string Password)? BasicOf(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        var buffer = new byte[header.Length];
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
            || !Convert.TryFromBase64String(header["Basic ".Length..].Trim(), buffer, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(buffer, 0, length);
        var colon = text.IndexOf(':');
        return colon < 0 ? null : (text[..colon], text[(colon + 1)..]);
    }
}

/// <summary>The registry protocol's errors.</summary>
internal static class RegistryErrors
{
    public static Task WriteAsync(HttpContext http, int status, string code, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        var body = new JsonObject
        {
            ["errors"] = new JsonArray(new JsonObject { ["code"] = code, ["message"] = message }),
        };
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.WriteAsync(body.ToJsonString());
    }
}
