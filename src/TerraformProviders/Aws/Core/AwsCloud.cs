using System.Text.Json.Nodes;
using System.Xml.Linq;
using Amazon.Runtime;
using Mayfly.Aws;
using Mayfly.Aws.Protocols;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Core;

/// <summary>The account that the provider block names, and the ways to ask it.</summary>
internal sealed class AwsCloud(AwsCloudOptions options)
{
    private readonly Dictionary<AwsService, AwsSession> sessions = [];
    private readonly Lock gate = new();
    private Task<JsonNode>? identity;

    /// <summary>The provider block.</summary>
    public AwsCloudOptions Options => options;

    /// <summary>The region.</summary>
    public string Region => Session(AwsService.Sts).Region;

    /// <summary>The partition: aws, aws-cn, aws-us-gov.</summary>
    public string Partition => Amazon.RegionEndpoint.GetBySystemName(Region).PartitionName;

    /// <summary>The domain of the partition's services.</summary>
    public string DnsSuffix => Amazon.RegionEndpoint.GetBySystemName(Region).PartitionDnsSuffix;

    /// <summary>The account's number.</summary>
    public async Task<string> AccountAsync(CancellationToken ct) => (await IdentityAsync(ct)).Must("Account");

    /// <summary>Who asks; asked once.</summary>
    public Task<JsonNode> IdentityAsync(CancellationToken ct)
    {
        lock (gate)
        {
            if (identity is null or { IsFaulted: true } or { IsCanceled: true })
            {
                identity = CallAsync(AwsApi.Sts, "GetCallerIdentity", [], CancellationToken.None);
            }

            return identity.WaitAsync(ct);
        }
    }

    /// <summary>An ARN of this account and region.</summary>
    public async Task<string> ArnAsync(string service, string resource, CancellationToken ct) =>
        $"arn:{Partition}:{service}:{Region}:{await AccountAsync(ct)}:{resource}";

    /// <summary>The argument <c>region</c> of a single resource or data source: only the provider block's own region is there.</summary>
    public void RefuseOtherRegion(string type, TfObject config)
    {
        if (config.String("region") is { Length: > 0 } wanted && wanted != Region)
        {
            throw new ProviderException($"{type}: the local cloud cannot honour the argument \"region\" with another region than the provider's",
                $"The provider works in {Region}, and {type} asks for {wanted}. Use a provider with an alias for another region.", "region");
        }
    }

    /// <summary>The session for a service: its own endpoint where the provider block gives one.</summary>
    public AwsSession Session(AwsService service)
    {
        lock (gate)
        {
            if (!sessions.TryGetValue(service, out var session))
            {
                options.Endpoints.TryGetValue(service.Id, out var endpoint);
                sessions[service] = session = new AwsSession(options.Session with { Endpoint = endpoint ?? options.Session.Endpoint });
            }

            return session;
        }
    }

    /// <summary>Calls an operation of a service that speaks the query or the JSON protocol.</summary>
    public async Task<JsonNode> CallAsync(AwsApi api, string operation, JsonObject input, CancellationToken ct) => api.Version is { } version
        ? Wire.FromXml(await new AwsQueryClient(Session(api.Service), api.Service, version).CallAsync(operation, Wire.ToForm(input), ct))
        : await new AwsJsonClient(Session(api.Service), api.Service, api.Target!, api.Json).CallAsync(operation, Present(input), ct);

    /// <summary>Calls EKS.</summary>
    public async Task<JsonNode> EksAsync(string operation, HttpMethod method, FormattableString path, JsonObject? input, CancellationToken ct) =>
        await new AwsRestJsonClient(Session(AwsService.Eks), AwsService.Eks)
            .CallAsync(operation, method, AwsRequest.PathOf(path), input is null ? null : Present(input), null, ct);

    /// <summary>Calls a service that speaks XML below paths.</summary>
    public async Task<JsonNode> XmlAsync(
        AwsService service, string operation, HttpMethod method, FormattableString path, XElement? input, CancellationToken ct,
        params KeyValuePair<string, string>[] query) => Wire.FromXml(
            await new AwsRestXmlClient(Session(service), service).CallAsync(operation, method, AwsRequest.PathOf(path), input, query, ct));

    /// <summary>Sends any request; for raw bodies and headers.</summary>
    public Task<AwsResponse> SendAsync(AwsRequest request, CancellationToken ct) =>
        new AwsTransport(Session(request.Service)).SendAsync(request, ct);

    // The JSON protocols take a null for a value.
    private static JsonObject Present(JsonObject input)
    {
        foreach (var (name, value) in input.ToList())
        {
            if (value is null)
            {
                input.Remove(name);
            }

            foreach (var inner in value is JsonArray array ? array.OfType<JsonObject>() : value is JsonObject single ? [single] : [])
            {
                Present(inner);
            }
        }

        return input;
    }
}

/// <summary>What the provider block says.</summary>
internal sealed record AwsCloudOptions
{
    /// <summary>Region, credentials, endpoint.</summary>
    public AwsSessionOptions Session { get; init; } = new() { MaxAttempts = 25 };

    /// <summary>Endpoints by service id.</summary>
    public IReadOnlyDictionary<string, Uri> Endpoints { get; init; } = new Dictionary<string, Uri>();

    /// <summary>Tags of every resource.</summary>
    public IReadOnlyDictionary<string, string> DefaultTags { get; init; } = new Dictionary<string, string>();

    /// <summary>Tags that others set and Terraform leaves alone, by key.</summary>
    public IReadOnlyList<string> IgnoredTags { get; init; } = [];

    /// <summary>As <see cref="IgnoredTags"/>, by beginning of the key.</summary>
    public IReadOnlyList<string> IgnoredTagPrefixes { get; init; } = [];

    /// <summary>
    /// How long the provider at most repeats a request that something else still stands in the way of; null: as long as the
    /// real one. A local cloud, where nothing takes minutes, shortens it (MAYFLY_PROVIDER_PATIENCE, in seconds).
    /// </summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>Whether a tag is not Terraform's business.</summary>
    public bool IsIgnored(string key) => key.StartsWith("aws:", StringComparison.Ordinal) || IgnoredTags.Contains(key)
        || IgnoredTagPrefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));
}
