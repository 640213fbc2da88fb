namespace Mayfly.LocalCloud.Kubernetes.Images;

/// <summary>What a registry said to the pull of an image.</summary>
public abstract record PullResult
{
    private PullResult()
    {
    }

    /// <summary>It came.</summary>
    public sealed record Pulled : PullResult;

    /// <summary>The registry has no such repository or tag (404).</summary>
    public sealed record NotFound : PullResult;

    /// <summary>The registry does not let these credentials pull (401 or 403).</summary>
    /// <param name="Status">The HTTP status, <c>401 Unauthorized</c>.</param>
    public sealed record Denied(string Status) : PullResult;

    /// <summary>Another failure, worded as the registry's client words it.</summary>
    public sealed record Failed(string Message) : PullResult;
}

/// <summary>Credentials for a registry, from an image pull secret.</summary>
/// <param name="Registry">The registry's host, <c>ghcr.io</c>.</param>
/// <param name="Username">The user.</param>
/// <param name="Password">The password or token; never logged.</param>
public sealed record PullCredential(string Registry, string Username, string Password)
{
    /// <inheritdoc />
    public override string ToString() => $"{Username}@{Registry}";
}

/// <summary>Asks a registry whether an image can be pulled with these credentials.</summary>
public delegate Task<PullResult> ImagePuller(string image, IReadOnlyList<PullCredential> credentials, CancellationToken ct);
