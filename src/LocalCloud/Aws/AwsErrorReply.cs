using System.Security;
using System.Text;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws;

/// <summary>Errors as the real services write them, in each protocol.</summary>
public static class AwsErrorReply
{
    /// <summary>Makes an error.</summary>
    public static AwsReply Make(AwsCall call, int status, string code, string message)
    {
        var id = Guid.NewGuid().ToString();
        var (body, type) = call.Protocol switch
        {
            AwsProtocol.Json => (new JsonObject { ["__type"] = code, ["message"] = message }.ToJsonString(), "application/x-amz-json-1.1"),
            AwsProtocol.RestJson => (new JsonObject { ["message"] = message }.ToJsonString(), "application/json"),
            AwsProtocol.Ec2 => ($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>"
                + $"<Message>{Escape(message)}</Message></Error></Errors><RequestID>{id}</RequestID></Response>", "text/xml"),
            AwsProtocol.S3 => ($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{Escape(message)}</Message>"
                + $"<RequestId>{id}</RequestId></Error>", "application/xml"),
            _ => ($"<ErrorResponse><Error><Type>{(status < 500 ? "Sender" : "Receiver")}</Type><Code>{code}</Code>"
                + $"<Message>{Escape(message)}</Message></Error><RequestId>{id}</RequestId></ErrorResponse>", "text/xml"),
        };
        var headers = new Dictionary<string, string> { ["x-amzn-RequestId"] = id };
        if (call.Protocol is AwsProtocol.RestJson or AwsProtocol.Json)
        {
            headers["x-amzn-ErrorType"] = code;
        }

        if (call.Protocol is AwsProtocol.S3)
        {
            headers["x-amz-request-id"] = id;
        }

        return new AwsReply(status, Encoding.UTF8.GetBytes(body), type) { Headers = headers };
    }

    private static string Escape(string text) => SecurityElement.Escape(text);
}
