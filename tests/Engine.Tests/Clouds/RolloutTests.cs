using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;

namespace Mayfly.Engine.Tests.Clouds;

public sealed class RolloutTests
{
    [Theory]
    [InlineData("all new and available", 2, 2, 2, 2, 2, true)]
    [InlineData("the change was not seen yet", 1, 2, 2, 2, 2, false)]
    [InlineData("one is still old", 2, 2, 3, 2, 2, false)]
    [InlineData("one is still to be made", 2, 2, 1, 1, 1, false)]
    [InlineData("a new one is not available", 2, 2, 2, 2, 1, false)]
    [InlineData("none is wanted", 2, 0, 0, 0, 0, true)]
    public void A_deployment_is_complete_when_its_old_pods_are_gone_and_its_new_ones_are_available(
        string why, long observed, int wanted, int all, int updated, int available, bool complete)
    {
        var deployment = new V1Deployment
        {
            Metadata = new V1ObjectMeta { Name = why, Generation = 2 },
            Spec = new V1DeploymentSpec { Replicas = wanted },
            Status = new V1DeploymentStatus { ObservedGeneration = observed, Replicas = all, UpdatedReplicas = updated, AvailableReplicas = available },
        };

        Assert.Equal(complete, Rollout.IsComplete(deployment));
    }

    [Theory]
    [InlineData("all new and ready", 2, 2, 2, "b", "b", null, "RollingUpdate", true)]
    [InlineData("the change was not seen yet", 1, 2, 2, "a", "a", null, "RollingUpdate", false)]
    [InlineData("one is still old", 2, 2, 1, "a", "b", null, "RollingUpdate", false)]
    [InlineData("one is not ready", 2, 1, 2, "b", "b", null, "RollingUpdate", false)]
    [InlineData("one is kept back on purpose", 2, 2, 1, "a", "b", 1, "RollingUpdate", true)]
    [InlineData("nobody replaces them but people", 2, 2, 0, "a", "b", null, "OnDelete", true)]
    public void A_stateful_set_is_complete_when_its_pods_are_new_and_ready_as_far_as_it_replaces_them(
        string why, long observed, int ready, int updated, string current, string wanted, int? partition, string strategy, bool complete)
    {
        var set = new V1StatefulSet
        {
            Metadata = new V1ObjectMeta { Name = why, Generation = 2 },
            Spec = new V1StatefulSetSpec
            {
                Replicas = 2,
                UpdateStrategy = new V1StatefulSetUpdateStrategy
                {
                    Type = strategy,
                    RollingUpdate = partition is null ? null : new V1RollingUpdateStatefulSetStrategy { Partition = partition },
                },
            },
            Status = new V1StatefulSetStatus
            {
                ObservedGeneration = observed,
                Replicas = 2,
                ReadyReplicas = ready,
                UpdatedReplicas = updated,
                CurrentRevision = current,
                UpdateRevision = wanted,
            },
        };

        Assert.Equal(complete, Rollout.IsComplete(set));
    }

    [Fact]
    public void What_says_nothing_of_itself_is_not_complete() =>
        Assert.False(Rollout.IsComplete(new V1Deployment { Metadata = new V1ObjectMeta { Generation = 1 }, Spec = new V1DeploymentSpec() }));
}
