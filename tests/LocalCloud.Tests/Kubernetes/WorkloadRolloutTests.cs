using CsCheck;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

namespace Mayfly.LocalCloud.Tests.Kubernetes;

/// <summary>The sizes of ReplicaSets during a rollout, decided without a cluster.</summary>
public sealed class WorkloadRolloutTests
{
    private static readonly Gen<IntOrString> Amount = Gen.OneOf(
        Gen.Int[0, 5].Select(number => (IntOrString)number.ToString()),
        Gen.Int[0, 100].Select(number => (IntOrString)$"{number}%"));

    [Fact]
    public void A_rollout_never_has_more_pods_than_its_surge_allows_and_never_fewer_available_than_promised() =>
        Gen.Select(Gen.Int[1, 12], Amount, Amount, Gen.Int[0, 1_000_000]).Sample((replicas, surge, unavailable, seed) =>
        {
            var deployment = Deployment(replicas, surge, unavailable);
            var random = new Random(seed);
            var old = Set("old", "1", replicas, available: replicas);
            var current = Set("new", "2", 0, available: 0);
            for (var step = 0; step < 200; step++)
            {
                var rollout = new Rollout(deployment, current, [old]);
                current.Spec.Replicas = rollout.NextNewReplicas();
                rollout = new Rollout(deployment, current, [old]);
                foreach (var (_, size) in rollout.NextOldReplicas())
                {
                    old.Spec.Replicas = size;
                    old.Status.AvailableReplicas = Math.Min(old.Status.AvailableReplicas ?? 0, size);
                    old.Status.Replicas = size;
                }

                // Some of the new pods come up, in any order.
                current.Status.Replicas = current.Spec.Replicas ?? 0;
                current.Status.AvailableReplicas = random.Next(current.Status.AvailableReplicas ?? 0, (current.Spec.Replicas ?? 0) + 1);

                var total = current.Spec.Replicas + old.Spec.Replicas;
                var available = current.Status.AvailableReplicas + old.Status.AvailableReplicas;
                Assert.True(total <= replicas + rollout.Surge, $"{total} pods");
                Assert.True(available >= replicas - rollout.Unavailable, $"{available} available");
                if (new Rollout(deployment, current, [old]).IsComplete())
                {
                    return;
                }
            }

            Assert.Fail("the rollout did not come to its end");
        });

    [Fact]
    public void Neither_surge_nor_unavailability_still_lets_one_pod_go_at_a_time()
    {
        IntOrString none = "0";
        var rollout = new Rollout(Deployment(3, none, none), Set("new", "2", 0, 0), [Set("old", "1", 3, 3)]);

        Assert.Equal(1, rollout.Unavailable);
        Assert.Equal(2, Assert.Single(rollout.NextOldReplicas()).Replicas);
    }

    [Fact]
    public void Old_pods_that_are_not_up_go_first()
    {
        IntOrString quarter = "25%";
        var rollout = new Rollout(Deployment(4, quarter, quarter), Set("new", "2", 1, 0), [Set("broken", "0", 1, 0), Set("old", "1", 3, 3)]);

        var (set, size) = Assert.Single(rollout.NextOldReplicas());

        Assert.Equal(("broken", 0), (set.Metadata.Name, size));
    }

    [Fact]
    public void A_deployment_scaled_during_a_rollout_keeps_the_proportions_of_its_sets()
    {
        var rollout = new Rollout(Deployment(20, "10%", "10%"), Set("new", "2", 2, 0, max: "11"), [Set("old", "1", 9, 9, max: "11")]);

        var sizes = rollout.Proportions("max").ToDictionary(size => size.Set.Metadata.Name, size => size.Replicas);

        Assert.Equal(22, sizes.Values.Sum());
        Assert.Equal(18, sizes["old"]);
    }

    [Fact]
    public void A_template_is_the_same_when_only_the_label_of_its_hash_was_added()
    {
        var deployment = Deployment(1, "25%", "25%");
        deployment.Spec.Template = new V1PodTemplateSpec
        {
            Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = "web" } },
            Spec = new V1PodSpec { Containers = [new V1Container { Name = "web", Image = "web:1" }] },
        };
        var set = Set("one", "1", 1, 1);
        set.Spec.Template = new V1PodTemplateSpec
        {
            Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["pod-template-hash"] = "abc", ["app"] = "web" } },
            Spec = new V1PodSpec { Containers = [new V1Container { Name = "web", Image = "web:1" }] },
        };

        Assert.True(Rollout.SameTemplate(deployment, set));

        set.Spec.Template.Spec.Containers[0].Image = "web:2";
        Assert.False(Rollout.SameTemplate(deployment, set));
    }

    [Fact]
    public void A_rollout_without_progress_is_reported_once_its_deadline_is_over()
    {
        var now = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var deployment = Deployment(1, "25%", "25%");
        deployment.Spec.ProgressDeadlineSeconds = 30;
        var current = Set("web-abc", "1", 1, 0);
        deployment.Status = DeploymentController.Status(new Rollout(deployment, current, []), now, out var left);
        Assert.Equal(TimeSpan.FromSeconds(30), left);

        var later = DeploymentController.Status(new Rollout(deployment, current, []), now.AddSeconds(31), out left);

        var progressing = later.Conditions.Single(condition => condition.Type == "Progressing");
        Assert.Equal(("False", "ProgressDeadlineExceeded", "ReplicaSet \"web-abc\" has timed out progressing."),
            (progressing.Status, progressing.Reason, progressing.Message));
        Assert.Null(left);
    }

    private static V1Deployment Deployment(int replicas, IntOrString surge, IntOrString unavailable) => new()
    {
        Metadata = new V1ObjectMeta { Name = "web", NamespaceProperty = "default", Generation = 1 },
        Spec = new V1DeploymentSpec
        {
            Replicas = replicas,
            Strategy = new V1DeploymentStrategy
            {
                Type = "RollingUpdate",
                RollingUpdate = new V1RollingUpdateDeployment { MaxSurge = surge, MaxUnavailable = unavailable },
            },
        },
    };

    private static V1ReplicaSet Set(string name, string revision, int replicas, int available, string? max = null) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            Annotations = new Dictionary<string, string> { ["deployment.kubernetes.io/revision"] = revision, ["max"] = max ?? "" },
        },
        Spec = new V1ReplicaSetSpec { Replicas = replicas },
        Status = new V1ReplicaSetStatus { Replicas = replicas, AvailableReplicas = available },
    };
}
