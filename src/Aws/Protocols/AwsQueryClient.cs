using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Mayfly.Aws.Protocols;

/// <summary>The query protocol and EC2's variant of it: forms in, XML out.</summary>
/// <param name="session">Whom and where.</param>
/// <param name="service">The service.</param>
/// <param name="version">The API's version, a date.</param>
public sealed class AwsQueryClient(AwsSession session, AwsService service, string version)
{
    private readonly AwsTransport _transport = new(session);

    /// <summary>Calls an operation.</summary>
    /// <returns>What stands in <c>…Result</c>; for EC2, which has none, the whole answer. Without namespaces.</returns>
    public async Task<XElement> CallAsync(string operation, AwsParameters? parameters = null, CancellationToken ct = default)
    {
        var form = new AwsParameters().Add("Action", operation).Add("Version", version).AddAll(parameters);
        var response = await _transport.SendAsync(new AwsRequest(service, operation, HttpMethod.Post)
        {
            Body = Encoding.UTF8.GetBytes(AwsSignature.QueryString(form)),
            ContentType = "application/x-www-form-urlencoded; charset=utf-8",
        }, ct);
        try
        {
            var root = AwsXml.Parse(response.Body);
            return root.Element(operation + "Result") ?? root;
        }
        catch (XmlException exception)
        {
            throw new AwsException(AwsErrorCodes.BadAnswer, $"{service.Id} {operation}: the answer is not XML.", exception);
        }
    }
}
