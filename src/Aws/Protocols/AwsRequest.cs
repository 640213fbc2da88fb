namespace Mayfly.Aws.Protocols;

/// <summary>One request to a service, before it is signed. Immutable; <c>with</c> makes variants.</summary>
/// <param name="Service">Whom it asks.</param>
/// <param name="Operation">The API's name of the operation, for errors.</param>
/// <param name="Method">The HTTP method.</param>
public sealed record AwsRequest(AwsService Service, string Operation, HttpMethod Method)
{
    /// <summary>The path below the endpoint; segments that come from outside must be escaped (<see cref="PathOf"/>).</summary>
    public string Path { get; init; } = "/";

    /// <summary>Query parameters, not escaped; a name may come more than once.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; init; } = [];

    /// <summary>Headers besides host, date and those of the signature; all are signed.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body; null: none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>The body's media type.</summary>
    public string? ContentType { get; init; }

    /// <summary>A path from an interpolated string whose values are escaped: <c>PathOf($"/clusters/{name}")</c>.</summary>
    public static string PathOf(FormattableString path) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, path.Format,
            [.. path.GetArguments().Select(value => (object)Uri.EscapeDataString(value?.ToString() ?? ""))]);
}

/// <summary>An answer with a status below 300.</summary>
public sealed record AwsResponse(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body);
