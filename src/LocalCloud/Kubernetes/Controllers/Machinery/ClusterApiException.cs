using System.Net;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

/// <summary>The Kubernetes API refused a request.</summary>
public sealed class ClusterApiException(HttpStatusCode status, string reason, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>The reason in the answer's status object, <c>AlreadyExists</c>.</summary>
    public string Reason { get; } = reason;

    /// <summary>The object is not there, or is another one of the same name by now.</summary>
    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    /// <summary>Somebody else wrote in between, or the object exists.</summary>
    public bool IsConflict => Status == HttpStatusCode.Conflict;

    /// <summary>An object of that name exists already.</summary>
    public bool IsAlreadyExists => IsConflict && Reason == "AlreadyExists";

    /// <summary>The namespace is being deleted: nothing new is let in.</summary>
    public bool IsNamespaceTerminating => Status == HttpStatusCode.Forbidden && Message.Contains("being terminated", StringComparison.Ordinal);
}
