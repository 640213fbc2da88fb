using System.Net.Sockets;
using System.Security.Authentication;
using k8s.Autorest;
using Mayfly.Aws;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine;

/// <summary>The one place where an exception of a client library becomes a failure. What it does not know is a bug.</summary>
public static class OutsideWorld
{
    /// <summary>Classifies an exception that the outside world caused; null when the outside world did not.</summary>
    public static Failure? Classify(Exception exception) => exception switch
    {
        HttpOperationException kubernetes => ToolFailure.Of("kubectl", KubernetesText(kubernetes)),
        _ when AwsException.From(exception) is { Service: not null } or { RequestId: not null } or { Code: not AwsErrorCodes.NoAnswer } =>
            ToolFailure.Of("aws", AwsText(AwsException.From(exception)!)),
        _ when IsLost(exception) => Lost(exception),
        HttpRequestException or IOException or UnauthorizedAccessException => ToolFailure.Of("http", exception.Message),
        _ => null,
    };

    // No answer came, whatever the runtime's words for it are; a certificate that is not trusted is an answer.
    private static bool IsLost(Exception exception) => exception switch
    {
        HttpRequestException { InnerException: AuthenticationException } => false,
        HttpRequestException http => http.StatusCode is null,
        SocketException or TimeoutException or HttpIOException => true,
        IOException { InnerException: SocketException } => true,
        TaskCanceledException { InnerException: TimeoutException } => true,
        _ => false,
    };

    // AWS's clients have exceptions of their own; what comes here asked a cluster.
    private static Failure Lost(Exception exception) => Failure.Of(
        "k8s-api-lost", "k8s_api_unreachable", Disposition.RetryAfterWait,
        $"the cluster's API gave no answer: {exception.GetBaseException().Message}", "Run it again; look at the cluster when it stays so.")
        with
    { Tool = "kubectl", Evidence = [exception.Message] };

    private static string AwsText(AwsException e) =>
        $"An error occurred ({e.Code}) when calling the {e.Operation ?? "unknown"} operation: {e.Message}"
        + (e.Service is { } service ? $"\nservice: {service}" : "")
        + (e.RequestId is { } request ? $"\nrequest id: {request}" : "");

    // As kubectl says it, when the answer is a Status, which is for programs; else what came.
    private static string KubernetesText(HttpOperationException e)
    {
        var answer = new ApiAnswer((int)(e.Response?.StatusCode ?? 0), e.Response?.Content ?? "");
        return answer.Reason is { } reason
            ? $"Error from server ({reason}): {answer.Message}"
            : $"{(int?)e.Response?.StatusCode} {e.Response?.StatusCode}: {e.Response?.Content ?? e.Message}";
    }
}
