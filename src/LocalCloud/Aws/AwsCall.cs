using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws;

/// <summary>How a service speaks; decides what an error looks like.</summary>
public enum AwsProtocol
{
    /// <summary>Forms in, XML out.</summary>
    Query,

    /// <summary>EC2's variant of it.</summary>
    Ec2,

    /// <summary>JSON 1.0 or 1.1.</summary>
    Json,

    /// <summary>Paths, and JSON bodies.</summary>
    RestJson,

    /// <summary>Paths, and XML bodies.</summary>
    RestXml,

    /// <summary>S3, which has an XML of its own.</summary>
    S3,
}

/// <summary>A request to AWS, recognized.</summary>
public sealed record AwsCall
{
    /// <summary>The service's signing name: <c>ec2</c>, <c>eks</c>, <c>secretsmanager</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The operation, <c>DescribeVpcs</c>; method and path where it could not be told.</summary>
    public required string Action { get; init; }

    /// <summary>How to answer.</summary>
    public required AwsProtocol Protocol { get; init; }

    /// <summary>The region it is signed for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>The access key that signed it; empty when nobody did.</summary>
    public string AccessKey { get; init; } = "";

    /// <summary>When it was signed, by its sender's clock; null: it does not say.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>True when it changes something.</summary>
    public bool IsWrite { get; init; }

    /// <summary>The user agent that asks; empty when it does not say.</summary>
    public string UserAgent { get; init; } = "";

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The path as it was sent.</summary>
    public required string Path { get; init; }

    /// <summary>Parameters of the query and of a form body.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>The body; empty for S3, whose bodies flow through.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>The body as JSON; empty when it is none.</summary>
    public JsonObject Json()
    {
        try
        {
            return Body.Length > 0 ? JsonNode.Parse(Body) as JsonObject ?? [] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>A parameter; null when it was not given.</summary>
    public string? Parameter(string name) => Parameters.GetValueOrDefault(name);

    /// <summary>The values of a list parameter: <c>VpcId.1</c>, <c>VpcId.2</c> for <c>VpcId</c>.</summary>
    public IReadOnlyList<string> List(string name)
    {
        List<string> values = [];
        while (Parameters.TryGetValue($"{name}.{values.Count + 1}", out var value))
        {
            values.Add(value);
        }

        return values;
    }

    /// <inheritdoc />
    public override string ToString() => $"{Service} {Action}";
}
