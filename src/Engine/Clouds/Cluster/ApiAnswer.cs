using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Autorest;

namespace Mayfly.Engine.Clouds.Cluster;

/// <summary>What the Kubernetes API said to a request.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Text">The body: an object, or a Status that says what is wrong.</param>
public sealed record ApiAnswer(int Status, string Text)
{
    private JsonObject? _body;

    /// <summary>The body; empty when it is no object.</summary>
    public JsonObject Body => _body ??= Parse(Text);

    /// <summary>True when it was done.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>True when the API says that there is no such object.</summary>
    public bool IsMissing => Status == (int)HttpStatusCode.NotFound;

    /// <summary>True when the object breaks a rule of its kind.</summary>
    public bool IsInvalid => Status == (int)HttpStatusCode.UnprocessableEntity;

    /// <summary>What the API says of it, in its own words.</summary>
    public string Message => Word("message") ?? Text;

    /// <summary>The reason of a refusal in one word, as "TooManyRequests"; null when the answer is no Status, or gives none.</summary>
    public string? Reason => Word("kind") == "Status" && Word("reason") is { Length: > 0 } reason ? reason : null;

    /// <summary>This answer, when it is a success or "not there"; anything else is the outside world's failure.</summary>
    public ApiAnswer Settled() => IsSuccess || IsMissing ? this : throw Refused();

    /// <summary>The refusal as the client library would throw it, so that it is classified in one place.</summary>
    public HttpOperationException Refused() => new(Message)
    {
        Response = new HttpResponseMessageWrapper(new HttpResponseMessage((HttpStatusCode)Status), Text),
    };

    private string? Word(string name) => Body[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static JsonObject Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
