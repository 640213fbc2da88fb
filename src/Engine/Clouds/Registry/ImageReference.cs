namespace Mayfly.Engine.Clouds.Registry;

/// <summary>An image as a pod names it, with Docker's defaults filled in.</summary>
/// <param name="Host">The registry: <c>ghcr.io</c>, <c>docker.io</c>.</param>
/// <param name="Repository">The name in it.</param>
/// <param name="Reference">Tag or digest.</param>
public sealed record ImageReference(string Host, string Repository, string Reference)
{
    /// <summary>The registry that an image without a host comes from.</summary>
    public const string DockerHub = "docker.io";

    /// <summary>Reads a pod's <c>image</c>; null for what cannot be one.</summary>
    public static ImageReference? Parse(string image)
    {
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : image[..slash];
        var hasHost = first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost";
        var rest = hasHost ? image[(slash + 1)..] : image;
        var at = rest.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? rest : rest[..at];
        var colon = name.LastIndexOf(':');
        var repository = colon < 0 ? name : name[..colon];
        var reference = at >= 0 ? rest[(at + 1)..] : colon < 0 ? "latest" : name[(colon + 1)..];
        if (repository.Length == 0 || reference.Length == 0 || image.Any(char.IsWhiteSpace))
        {
            return null;
        }

        var host = !hasHost || first is "index.docker.io" or "registry-1.docker.io" ? DockerHub : first;
        return new ImageReference(host, host == DockerHub && !repository.Contains('/', StringComparison.Ordinal) ? $"library/{repository}" : repository, reference);
    }

    public override string ToString() =>
        $"{Host}/{Repository}{(Reference.Contains(':', StringComparison.Ordinal) ? '@' : ':')}{Reference}";
}
