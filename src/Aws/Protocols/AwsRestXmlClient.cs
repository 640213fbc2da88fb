using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Mayfly.Aws.Protocols;

/// <summary>The REST-XML protocol: Route 53, S3, CloudFront.</summary>
public sealed class AwsRestXmlClient(AwsSession session, AwsService service)
{
    private readonly AwsTransport _transport = new(session);

    /// <summary>Calls an operation.</summary>
    /// <param name="operation">The operation's name, for errors.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path, escaped (<see cref="AwsRequest.PathOf"/>).</param>
    /// <param name="input">The body with its namespace; null: none.</param>
    /// <param name="query">Query parameters.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The document without namespaces; an empty element when there was no body.</returns>
    public async Task<XElement> CallAsync(
        string operation, HttpMethod method, string path, XElement? input = null,
        IReadOnlyList<KeyValuePair<string, string>>? query = null, CancellationToken ct = default)
    {
        var response = await SendAsync(operation, method, path, input, query, ct);
        try
        {
            return response.Body.Length == 0 ? new XElement(operation + "Response") : AwsXml.Parse(response.Body);
        }
        catch (XmlException exception)
        {
            throw new AwsException(AwsErrorCodes.BadAnswer, $"{service.Id} {operation}: the answer is not XML.", exception);
        }
    }

    /// <summary>Calls an operation whose headers or raw body are what one wants.</summary>
    public Task<AwsResponse> SendAsync(
        string operation, HttpMethod method, string path, XElement? input = null,
        IReadOnlyList<KeyValuePair<string, string>>? query = null, CancellationToken ct = default) =>
        _transport.SendAsync(new AwsRequest(service, operation, method)
        {
            Path = path,
            Query = query ?? [],
            Body = input is null ? null : Encoding.UTF8.GetBytes(input.ToString(SaveOptions.DisableFormatting)),
            ContentType = input is null ? null : "application/xml",
        }, ct);
}
