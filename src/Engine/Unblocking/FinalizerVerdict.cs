namespace Mayfly.Engine.Unblocking;

/// <summary>What may be done about one finalizer of an object that is to go.</summary>
public abstract record FinalizerVerdict
{
    private FinalizerVerdict() { }

    /// <summary>Its controller lives, or is Kubernetes itself: it takes the finalizer off when it is time.</summary>
    public sealed record Wait(string Why) : FinalizerVerdict;

    /// <summary>Its controller is there and does not work: it is to be repaired.</summary>
    public sealed record Repair(Workload Workload, string Why) : FinalizerVerdict;

    /// <summary>Its controller is gone for sure; the finalizer may come off, after what it guards.</summary>
    public sealed record TakeOff(FinalizerRule Rule) : FinalizerVerdict;

    /// <summary>A person has to decide.</summary>
    public sealed record Unsafe(string Why, string Next) : FinalizerVerdict;

    /// <summary>Decides. Pure.</summary>
    /// <param name="finalizer">The finalizer.</param>
    /// <param name="workloads">All workloads of the cluster that may be its controller, by a direct look.</param>
    /// <param name="clusterGoes">True when the cluster is about to be removed: a controller that does not work need not come back.</param>
    public static FinalizerVerdict Of(string finalizer, IReadOnlyList<Workload> workloads, bool clusterGoes)
    {
        if (FinalizerRules.Find(finalizer) is not { } rule)
        {
            return new Unsafe(
                $"nobody here knows which controller takes finalizer {finalizer} off and what it guards",
                $"Find the controller of {finalizer}; when it is gone for good, remove what it guards and take the finalizer off by hand.");
        }

        if (rule.IsBuiltIn)
        {
            return new Wait($"Kubernetes itself takes finalizer {finalizer} off, once nothing uses the object");
        }

        if (workloads.FirstOrDefault(workload => workload.Desired > 0 && (workload.Ready > 0 || !clusterGoes)) is { } living)
        {
            return new Wait($"{living}, which takes finalizer {finalizer} off, {(living.Ready > 0 ? "runs" : "does not run yet")}");
        }

        if (workloads.Count > 0 && !clusterGoes)
        {
            return new Repair(workloads[0], $"{workloads[0]}, which takes finalizer {finalizer} off, is scaled to 0");
        }

        // What a doomed cluster's controllers guard in AWS is looked for and removed by the teardown's own sweep.
        return clusterGoes || rule.GuardsNothing || rule.GuardsLoadBalancer
            ? new TakeOff(rule)
            : new Unsafe(
                $"finalizer {finalizer} guards {rule.Guards}, and its controller {rule.Controller} is gone; taken off, {rule.Lost}",
                $"Install {rule.Controller} again, or remove {rule.Guards} and then take the finalizer off by hand.");
    }
}
