using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Deployment;

/// <summary>What a repair says when it stops.</summary>
internal static class RepairFailures
{
    public static Failure Irreplaceable(Refused refused) => Failure.Of(
        "immutable-with-data", "k8s_immutable_field", Disposition.NeedsHuman,
        $"{refused.Wanted.Reference} cannot become what the chart wants, and replacing it would lose what it holds",
        ObjectRemoval.IsNeverDeleted(refused.Wanted.Reference)
            ? "Take the change back, or give the object another name in the chart."
            : "Take the change back, give the object another name in the chart, or set helm.allow_data_loss: true and lose it.") with
    {
        Tool = "kubectl",
        Evidence = [refused.Message],
    };

    public static Failure Moved(ReleaseRevision revision) => Failure.Of(
        "release-moved", "helm_operation_in_progress", Disposition.RetryAfterWait,
        $"somebody wrote revision {revision.Revision} while it was looked at", "Make sure that nobody else works on the release.");

    public static Failure Left(IReadOnlyList<ObjectReference> left) => Failure.Of(
        "release-object-stays", "k8s_object_exists", Disposition.RetryAfterWait,
        $"deleted and still there: {string.Join(", ", left)}", "Look at their finalizers, and at the controllers that should take them off.") with
    {
        Tool = "kubectl",
    };
}
