using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>A request that ends with a Status object in place of what it asked for.</summary>
internal sealed class ApiException(JsonObject status, int? retryAfterSeconds = null) : Exception(status.Text("message"))
{
    public JsonObject Status { get; } = status;

    public int Code => (int)(Status.Number("code") ?? 500);

    public string Reason => Status.Text("reason") ?? "";

    public int? RetryAfterSeconds { get; } = retryAfterSeconds;
}
