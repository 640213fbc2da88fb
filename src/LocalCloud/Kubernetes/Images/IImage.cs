namespace Mayfly.LocalCloud.Kubernetes.Images;

/// <summary>What a container image does when the kubelet stand-in runs it: code in place of a binary, with a pod's means only.</summary>
public interface IImage
{
    /// <summary>Runs the container until it ends or is stopped. The value is its exit code.</summary>
    Task<int> RunAsync(ContainerContext container, CancellationToken stopped);

    /// <summary>Runs a command in the running container, as an <c>exec</c> probe or hook wants it; the value is its exit code.</summary>
    /// <remarks>There is no binary to start, so what a command does is the image's decision; by default it succeeds.</remarks>
    Task<int> ExecAsync(ContainerContext container, IReadOnlyList<string> command, CancellationToken ct) => Task.FromResult(0);
}
