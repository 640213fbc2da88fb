using Mayfly.LocalCloud.Kubernetes.Images;

namespace Mayfly.LocalCloud.Kubernetes.Controllers;

/// <summary>How the controllers of a cluster behave.</summary>
public sealed record ControllerOptions
{
    /// <summary>
    /// How long a second of the kubelet's waits is: the periods of probes, the back-off of crashes and pulls. 1 is as in a real cluster;
    /// tests take a small part of it. Deadlines that users set, a job's or a rollout's, are never scaled.
    /// </summary>
    public double TimeScale { get; init; } = 1;

    /// <summary>How long the pull of an image takes, before <see cref="TimeScale"/>.</summary>
    public TimeSpan PullTime { get; init; } = TimeSpan.Zero;

    /// <summary>Asks a registry whether an image may be pulled; without it every image in the catalog may.</summary>
    public ImagePuller? Puller { get; init; }

    /// <summary>How much of a container's log is kept, in characters.</summary>
    public int LogLimit { get; init; } = 256 * 1024;

    /// <summary>
    /// Whether nodes serve logs over HTTPS at port 10250 of the cluster network, as the real kube-apiserver wants it. The project's own
    /// server asks <see cref="ClusterControllers.Logs"/> directly.
    /// </summary>
    public bool ServeKubelets { get; init; }

    /// <summary>How often every object is looked at again although nothing changed; a net below lost changes, nothing relies on it.</summary>
    public TimeSpan Resync { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Where a controller's own faults are written; the cluster's events say what users need.</summary>
    public TextWriter Diagnostics { get; init; } = TextWriter.Null;

    internal TimeSpan Scale(TimeSpan wait) => wait * TimeScale;
}
