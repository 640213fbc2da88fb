using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Issues and checks the tokens of service accounts (signed, ES256), and knows the administrator's.</summary>
internal sealed class ServiceAccountTokens(KubernetesApiOptions options, ClusterState state)
{
    public const string UserPrefix = "system:serviceaccount:";

    private static readonly UserInfo Administrator = new("kubernetes-admin", ["system:masters"]);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>A secret that only this process knows.</summary>
    public string AdminToken { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    public static IEnumerable<string> GroupsOf(string user)
    {
        var parts = user.Split(':');
        return parts.Length == 4 ? ["system:serviceaccounts", $"system:serviceaccounts:{parts[2]}"] : [];
    }

    /// <summary>The user of a token that this server issued; null when it is another's.</summary>
    public UserInfo? Find(string token) => Find(token, options.ServiceAccountIssuer, out _);

    public UserInfo? Find(string token, string audience, out JsonObject? claims)
    {
        claims = null;
        if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(AdminToken)))
        {
            return Administrator;
        }

        var parts = token.Split('.');
        if (parts.Length != 3 || !Base64Url.IsValid(parts[1]) || !Base64Url.IsValid(parts[2])
            || !_key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]),
                HashAlgorithmName.SHA256))
        {
            return null;
        }

        claims = JsonParser.Parse(Base64Url.DecodeFromChars(parts[1])) as JsonObject;
        if (claims.Number("exp") < options.Clock.GetUtcNow().ToUnixTimeSeconds()
            || !claims.Texts("aud").Contains(audience))
        {
            return null;
        }

        var bound = claims.Map("kubernetes.io");
        var (ns, name) = (bound.Text("namespace") ?? "", bound.Text("serviceaccount", "name") ?? "");
        var account = state.Store.Get("serviceaccounts", ns, name);
        if (account is null || account.Uid != bound.Text("serviceaccount", "uid"))
        {
            return null;
        }

        if (bound.Text("pod", "name") is { } pod && state.Store.Get("pods", ns, pod)?.Uid != bound.Text("pod", "uid"))
        {
            return null;
        }

        var user = $"{UserPrefix}{ns}:{name}";
        return new UserInfo(user, [.. GroupsOf(user)])
        {
            Uid = account.Uid,
            Extra = bound.Text("pod", "name") is { } podName
                ? new Dictionary<string, IReadOnlyList<string>>
                {
                    ["authentication.kubernetes.io/pod-name"] = [podName],
                    ["authentication.kubernetes.io/pod-uid"] = [bound.Text("pod", "uid") ?? ""],
                }
                : new Dictionary<string, IReadOnlyList<string>>(),
        };
    }

    /// <summary>The answer of the <c>serviceaccounts/token</c> subresource.</summary>
    public JsonObject Issue(StoredObject account, JsonObject request)
    {
        var now = options.Clock.GetUtcNow();
        var seconds = Math.Clamp(request.Number("spec", "expirationSeconds") ?? 3600, 600, 1L << 32);
        var expires = now.AddSeconds(seconds);
        var audiences = request.Texts("spec", "audiences").ToList();
        if (audiences.Count == 0)
        {
            audiences.Add(options.ServiceAccountIssuer);
        }

        var bound = new JsonObject
        {
            ["namespace"] = account.Namespace,
            ["serviceaccount"] = new JsonObject { ["name"] = account.Name, ["uid"] = account.Uid },
        };
        if (request.Map("spec", "boundObjectRef") is { } reference && reference.Text("kind") is "Pod" or "Secret")
        {
            bound[reference.Text("kind")!.ToLowerInvariant()] =
                new JsonObject
                {
                    ["name"] = reference.Text("name"),
                    ["uid"] = reference.Text("uid")
                ?? Uid(account.Namespace, reference)
                };
        }

        var claims = new JsonObject
        {
            ["aud"] = new JsonArray([.. audiences.Select(audience => (JsonNode)audience)]),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["iss"] = options.ServiceAccountIssuer,
            ["jti"] = Guid.NewGuid().ToString(),
            ["kubernetes.io"] = bound,
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["sub"] = $"{UserPrefix}{account.Namespace}:{account.Name}",
        };
        var answer = request.Copy();
        answer["kind"] = "TokenRequest";
        answer["apiVersion"] = "authentication.k8s.io/v1";
        answer["metadata"] =
            new JsonObject
            {
                ["name"] = account.Name,
                ["namespace"] = account.Namespace,
                ["creationTimestamp"] = ClusterState.Timestamp(now)
            };
        answer.Child("spec")["audiences"] = new JsonArray([.. audiences.Select(audience => (JsonNode)audience)]);
        answer.Child("spec")["expirationSeconds"] = seconds;
        answer["status"] = new JsonObject
        {
            ["token"] = Sign(claims),
            ["expirationTimestamp"] = ClusterState.Timestamp(expires)
        };
        return answer;
    }

    /// <summary>The public key, as a key set that others can check the tokens with.</summary>
    public JsonObject KeySet()
    {
        var point = _key.ExportParameters(false).Q;
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["use"] = "sig",
                ["kty"] = "EC",
                ["kid"] = "local",
                ["crv"] = "P-256",
                ["alg"] = "ES256",
                ["x"] = Base64Url.EncodeToString(point.X),
                ["y"] = Base64Url.EncodeToString(point.Y),
            }),
        };
    }

    private string? Uid(string ns, JsonObject reference) =>
        state.Store.Get(reference.Text("kind") == "Pod" ? "pods" : "secrets", ns, reference.Text("name") ?? "")?.Uid;

    private string Sign(JsonObject claims)
    {
        var signed = Base64Url.EncodeToString(
            "{\"alg\":\"ES256\",\"kid\":\"local\"}"u8) + "." + Base64Url.EncodeToString(Json.Bytes(claims));
        return signed + "." + Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed),
            HashAlgorithmName.SHA256));
    }
}
