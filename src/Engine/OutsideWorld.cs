using System.Net.Sockets;
using k8s.Autorest;
using Mayfly.Aws;
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
        HttpRequestException or SocketException or IOException or TimeoutException or UnauthorizedAccessException =>
            ToolFailure.Of("http", exception.Message),
        TaskCanceledException { InnerException: TimeoutException } => ToolFailure.Of("http", exception.Message),
        _ => null,
    };

    private static string AwsText(AwsException e) =>
        $"An error occurred ({e.Code}) when calling the {e.Operation ?? "unknown"} operation: {e.Message}"
        + (e.Service is { } service ? $"\nservice: {service}" : "")
        + (e.RequestId is { } request ? $"\nrequest id: {request}" : "");

    private static string KubernetesText(HttpOperationException e) =>
        $"{(int?)e.Response?.StatusCode} {e.Response?.StatusCode}: {e.Response?.Content ?? e.Message}";
}
