using Mayfly.LocalCloud.Kubernetes.Images;
using Mayfly.LocalCloud.Kubernetes.Network;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

/// <summary>What the controllers of one cluster share.</summary>
/// <param name="Api">The API.</param>
/// <param name="Informers">What they know of the cluster.</param>
/// <param name="Events">Where they tell what they do.</param>
/// <param name="Cloud">The cloud around the cluster.</param>
/// <param name="Images">What can be pulled.</param>
/// <param name="Network">How pods reach each other.</param>
/// <param name="Options">How fast and how much.</param>
public sealed record ControllerContext(
    ClusterApi Api,
    Informers Informers,
    EventRecorder Events,
    CloudContext Cloud,
    ImageCatalog Images,
    ClusterNetwork Network,
    ControllerOptions Options)
{
    /// <summary>The clock of everything that waits.</summary>
    public TimeProvider Clock => Cloud.Clock;

    /// <summary>The time as Kubernetes writes it: whole seconds.</summary>
    public DateTime Now
    {
        get
        {
            var now = Clock.GetUtcNow().UtcDateTime;
            return new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
        }
    }
}
