namespace Mayfly.Engine.Unblocking;

/// <summary>A Deployment, StatefulSet or DaemonSet behind a service.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Name">Its name.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Desired">Pods it is to have.</param>
/// <param name="Ready">Pods of it that serve.</param>
/// <param name="Updated">Pods of it that are as wanted now.</param>
/// <param name="GaveUp">True when its own controller says that it no longer gets on.</param>
/// <param name="Release">The helm release that owns it, as its annotations have it; null: none.</param>
public sealed record Workload(string Kind, string Namespace, string Name, int Desired, int Ready, int Updated, bool GaveUp, ServiceName? Release)
{
    public override string ToString() => $"{Kind} {Namespace}/{Name}";
}

/// <summary>A pod behind a service.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">What it does, without what flickers.</param>
/// <param name="IsReady">True when it serves.</param>
/// <param name="IsCrashing">True when its container ends again and again.</param>
/// <param name="Reason">Why it does not serve, in the API's words.</param>
public sealed record PodSight(string Name, string State, bool IsReady, bool IsCrashing, string Reason);

/// <summary>Whether the controller behind a service answers, will, or will not.</summary>
public abstract record ControllerStanding
{
    private ControllerStanding() { }

    /// <summary>It has a ready endpoint.</summary>
    public sealed record Serving : ControllerStanding;

    /// <summary>It may come: something changed within the configured time.</summary>
    public sealed record Coming(string Why) : ControllerStanding;

    /// <summary>It will not come by itself.</summary>
    public sealed record Dead(string Why) : ControllerStanding;

    /// <summary>Nothing can be said of it from inside of the cluster.</summary>
    public sealed record Unknowable(string Why) : ControllerStanding;
}

/// <summary>What was seen behind a service.</summary>
/// <param name="Service">The service.</param>
/// <param name="Exists">False only when the API itself says that there is none.</param>
/// <param name="IsElsewhere">True when it is only a name for something outside.</param>
/// <param name="ReadyEndpoints">Addresses that serve.</param>
/// <param name="Workloads">What makes its pods.</param>
/// <param name="Pods">Its pods.</param>
/// <param name="Release">The helm release that owns the service; null: none, or there is no service.</param>
public sealed record ControllerSight(
    ServiceName Service, bool Exists, bool IsElsewhere, int ReadyEndpoints, IReadOnlyList<Workload> Workloads, IReadOnlyList<PodSight> Pods, ServiceName? Release)
{
    /// <summary>Changes whenever the controller moves. Restarts are no movement.</summary>
    public string Fingerprint => string.Join('|',
        Workloads.Select(workload => $"{workload}={workload.Desired},{workload.Updated},{workload.Ready}")
            .Concat(Pods.OrderBy(pod => pod.Name, StringComparer.Ordinal).Select(pod => $"{pod.Name}={pod.State}"))
            .Append($"{Exists},{ReadyEndpoints}"));

    /// <summary>Judges. Pure.</summary>
    /// <param name="still">How long nothing has changed.</param>
    /// <param name="patience">How long nothing may change.</param>
    public ControllerStanding Judge(TimeSpan still, TimeSpan patience)
    {
        if (IsElsewhere)
        {
            return new ControllerStanding.Unknowable($"service {Service} only points outside of the cluster");
        }

        if (ReadyEndpoints > 0)
        {
            return new ControllerStanding.Serving();
        }

        if (!Exists)
        {
            return new ControllerStanding.Dead($"service {Service} does not exist");
        }

        if (Workloads.Count == 0 && Pods.Count == 0)
        {
            return new ControllerStanding.Dead($"nothing stands behind service {Service}");
        }

        if (Workloads.Count > 0 && Workloads.All(workload => workload.Desired == 0))
        {
            return new ControllerStanding.Dead($"{Workloads[0]} is scaled to 0");
        }

        if (Workloads.FirstOrDefault(workload => workload.GaveUp) is { } gaveUp)
        {
            return new ControllerStanding.Dead($"{gaveUp} exceeded its progress deadline");
        }

        if (Pods.Count > 0 && Pods.All(pod => pod.IsCrashing))
        {
            return new ControllerStanding.Dead($"pod {Pods[0].Name}: {Pods[0].Reason}");
        }

        var seen = Pods.FirstOrDefault(pod => !pod.IsReady) is { } waiting ? $"pod {waiting.Name}: {waiting.Reason}" : $"{Workloads.Count} behind service {Service} and no pod yet";
        return still > patience
            ? new ControllerStanding.Dead($"nothing has changed for {patience.TotalSeconds:0} s; {seen}")
            : new ControllerStanding.Coming(seen);
    }
}
