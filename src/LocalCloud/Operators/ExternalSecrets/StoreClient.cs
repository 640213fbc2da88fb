using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mayfly.Aws;
using Mayfly.Aws.SecretsManager;
using Mayfly.Aws.SecretsManager.Model;

namespace Mayfly.LocalCloud.Operators.ExternalSecrets;

/// <summary>A store could not give what was asked for; the message is what the operator tells in its event.</summary>
internal sealed class StoreException(string message) : Exception(message)
{
    /// <summary>The secret itself is not there, as opposed to any other failure.</summary>
    public bool IsMissing { get; private init; }

    /// <summary>The secret is not there.</summary>
    public static StoreException Missing() => new("Secret does not exist") { IsMissing = true };

    /// <summary>The same with where it happened.</summary>
    public StoreException At(string place) => new($"error processing {place}, err: {Message}") { IsMissing = IsMissing };

    /// <summary>AWS's refusal, worded as the SDK of the real operator words it, without request ids, which would differ each time.</summary>
    public static StoreException Of(AwsException refusal, string operation) => new(
        $"operation error {operation}, https response error StatusCode: {(int?)refusal.Status ?? 0}, api error {refusal.Code}: {refusal.Message}");
}

/// <summary>Reads secrets from AWS Secrets Manager.</summary>
internal sealed class StoreClient(AwsSession session, string? prefix)
{
    private readonly AmazonSecretsManagerClient _client = new(session);

    /// <summary>One value.</summary>
    /// <exception cref="StoreException">It is not there, or AWS refuses.</exception>
    public async Task<byte[]> GetAsync(RemoteReference reference, CancellationToken ct)
    {
        var payload = await FetchAsync(reference, ct);
        if (string.IsNullOrEmpty(reference.Property))
        {
            return payload;
        }

        return Property(payload, reference.Property) is { } value
            ? Encoding.UTF8.GetBytes(value)
            : throw new StoreException($"key {reference.Property} does not exist in secret {reference.Key}");
    }

    /// <summary>All keys of a secret that is a JSON object.</summary>
    public async Task<Dictionary<string, byte[]>> GetMapAsync(RemoteReference reference, CancellationToken ct)
    {
        var payload = await GetAsync(reference, ct);
        try
        {
            if (JsonNode.Parse(payload) is JsonObject map)
            {
                return map.ToDictionary(field => field.Key, field => Encoding.UTF8.GetBytes(Text(field.Value)));
            }
        }
        catch (JsonException)
        {
        }

        // The value must not show: the real one names only the kind of thing it found.
        throw new StoreException($"unable to unmarshal secret {reference.Key}: the value is not a JSON object");
    }

    /// <summary>All secrets whose names fit.</summary>
    public async Task<Dictionary<string, byte[]>> FindAsync(FindReference find, CancellationToken ct)
    {
        var pattern = find.Name?.Regexp is { Length: > 0 } expression ? new Regex(expression, RegexOptions.None, TimeSpan.FromSeconds(1)) : null;
        var found = new Dictionary<string, byte[]>();
        var request = new ListSecretsRequest();
        while (true)
        {
            var page = await CallAsync("Secrets Manager: ListSecrets", () => _client.ListSecretsAsync(request, ct));
            foreach (var name in page.SecretList.Select(secret => secret.Name).OfType<string>())
            {
                if (name.StartsWith(find.Path ?? "", StringComparison.Ordinal) && (pattern is null || pattern.IsMatch(name)))
                {
                    found[name] = await FetchAsync(new RemoteReference { Key = name }, ct);
                }
            }

            if (string.IsNullOrEmpty(page.NextToken))
            {
                return found;
            }

            request = request with { NextToken = page.NextToken };
        }
    }

    private async Task<byte[]> FetchAsync(RemoteReference reference, CancellationToken ct)
    {
        var version = reference.Version ?? "";
        var request = new GetSecretValueRequest(prefix + reference.Key) with
        {
            VersionId = version.StartsWith("uuid/", StringComparison.Ordinal) ? version["uuid/".Length..] : null,
            VersionStage = version.StartsWith("uuid/", StringComparison.Ordinal) ? null : version.Length == 0 ? "AWSCURRENT" : version,
        };
        var answer = await CallAsync("Secrets Manager: GetSecretValue", () => _client.GetSecretValueAsync(request, ct));
        return answer.SecretString is { } text ? Encoding.UTF8.GetBytes(text)
            : answer.SecretBinary ?? throw new StoreException($"invalid secret received. no secret string nor binary for key: {reference.Key}");
    }

    private static async Task<T> CallAsync<T>(string operation, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (AwsException refusal) when (refusal.Code == "ResourceNotFoundException"
            || (refusal.Code == "InvalidRequestException" && refusal.Message.Contains("marked for deletion", StringComparison.Ordinal)))
        {
            throw StoreException.Missing();
        }
        catch (AwsException refusal)
        {
            throw StoreException.Of(refusal, operation);
        }
    }

    // A field named with its dots comes before a way down through objects and lists.
    private static string? Property(byte[] payload, string property)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(payload);
        }
        catch (JsonException)
        {
            return null;
        }

        if (root is JsonObject map && map.TryGetPropertyValue(property, out var direct))
        {
            return Text(direct);
        }

        foreach (var step in property.Split('.'))
        {
            if (root is JsonObject level && level.TryGetPropertyValue(step, out var next))
            {
                root = next;
            }
            else if (root is JsonArray list && int.TryParse(step, out var index) && index < list.Count)
            {
                root = list[index];
            }
            else
            {
                return null;
            }
        }

        return Text(root);
    }

    private static string Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node?.ToJsonString() ?? "null";
}
