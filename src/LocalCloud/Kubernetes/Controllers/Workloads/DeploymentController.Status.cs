using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

/// <summary>What a Deployment's status says of its rollout.</summary>
public sealed partial class DeploymentController
{
    private async Task WriteStatusAsync(string key, Rollout rollout, CancellationToken ct)
    {
        // The store may hold what this pass wrote; the status must be compared with, and written over, the newest.
        var deployment = _deployments.Store.Find(key) ?? rollout.Deployment;
        var status = Status(rollout with { Deployment = deployment }, Context.Now, out var deadline);
        if (deadline is { } wait)
        {
            Queue.AddAfter(key, wait + TimeSpan.FromSeconds(1));
        }

        if (!Facts.Same(Trimmed(deployment.Status), Trimmed(status)))
        {
            _deployments.Store.Observe(await Api.UpdateAsync(deployment with { Status = status }, ct, "status"));
        }
    }

    /// <summary>The status of a rollout. Pure.</summary>
    /// <param name="rollout">Where it stands.</param>
    /// <param name="now">The time.</param>
    /// <param name="deadline">How long until it counts as stuck, if it is under way.</param>
    public static V1DeploymentStatus Status(Rollout rollout, DateTime now, out TimeSpan? deadline)
    {
        var deployment = rollout.Deployment;
        var before = deployment.Status ?? new V1DeploymentStatus();
        var available = rollout.All.Sum(set => set.Status?.AvailableReplicas ?? 0);
        var status = new V1DeploymentStatus
        {
            ObservedGeneration = deployment.Metadata.Generation,
            Replicas = rollout.All.Sum(set => set.Status?.Replicas ?? 0),
            UpdatedReplicas = rollout.New?.Status?.Replicas ?? 0,
            ReadyReplicas = rollout.All.Sum(set => set.Status?.ReadyReplicas ?? 0),
            AvailableReplicas = available,
            UnavailableReplicas = Math.Max(0, rollout.All.Sum(set => set.Spec.Replicas ?? 0) - available),
            CollisionCount = before.CollisionCount,
            TerminatingReplicas = before.TerminatingReplicas,
        };

        var conditions = new List<V1DeploymentCondition>(before.Conditions ?? []);
        var enough = available >= rollout.Replicas - rollout.Unavailable;
        Set(conditions, now, "Available", enough, enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.");
        deadline = Progress(rollout, before, status, conditions, now);
        var failed = rollout.All.SelectMany(set => set.Status?.Conditions ?? []).FirstOrDefault(condition => condition.Type == "ReplicaFailure");
        if (failed is null)
        {
            conditions.RemoveAll(condition => condition.Type == "ReplicaFailure");
        }
        else
        {
            Set(conditions, now, "ReplicaFailure", true, failed.Reason, failed.Message);
        }

        status.Conditions = conditions;
        return status;
    }

    private static TimeSpan? Progress(
        Rollout rollout, V1DeploymentStatus before, V1DeploymentStatus status, List<V1DeploymentCondition> conditions, DateTime now)
    {
        if ((rollout.Deployment.Spec.ProgressDeadlineSeconds ?? 600) is var seconds && seconds == int.MaxValue)
        {
            return null;
        }

        var known = conditions.FirstOrDefault(condition => condition.Type == "Progressing");
        if (rollout.Deployment.Spec.Paused == true)
        {
            if (known?.Reason != "ProgressDeadlineExceeded")
            {
                Set(conditions, now, "Progressing", null, "DeploymentPaused", "Deployment is paused");
            }

            return null;
        }

        if (known?.Reason == "DeploymentPaused")
        {
            Set(conditions, now, "Progressing", null, "DeploymentResumed", "Deployment is resumed");
            known = conditions.First(condition => condition.Type == "Progressing");
        }

        var name = rollout.New?.Metadata.Name;
        var subject = name is null ? $"Deployment \"{rollout.Deployment.Metadata.Name}\"" : $"ReplicaSet \"{name}\"";
        var wanted = rollout.Replicas;
        if (status.UpdatedReplicas == wanted && status.Replicas == wanted && status.AvailableReplicas == wanted && rollout.New is not null)
        {
            Set(conditions, now, "Progressing", true, "NewReplicaSetAvailable", $"{subject} has successfully progressed.");
            return null;
        }

        // A rollout that was complete before and lost a pod is no rollout: it has no deadline.
        if (known?.Reason == "NewReplicaSetAvailable" && status.Replicas == status.UpdatedReplicas && known.Message.Contains(subject, StringComparison.Ordinal))
        {
            return null;
        }

        var moved = status.UpdatedReplicas > (before.UpdatedReplicas ?? 0)
            || status.Replicas - status.UpdatedReplicas < (before.Replicas ?? 0) - (before.UpdatedReplicas ?? 0)
            || status.ReadyReplicas > (before.ReadyReplicas ?? 0)
            || status.AvailableReplicas > (before.AvailableReplicas ?? 0)
            || before.ObservedGeneration != status.ObservedGeneration;
        if (known is null && name is not null)
        {
            Set(conditions, now, "Progressing", true, "NewReplicaSetCreated", $"Created new replica set \"{name}\"");
        }
        else if (known is null || moved)
        {
            conditions.RemoveAll(condition => condition.Type == "Progressing");
            conditions.Add(new V1DeploymentCondition
            {
                Type = "Progressing",
                Status = "True",
                Reason = "ReplicaSetUpdated",
                Message = $"{subject} is progressing.",
                LastUpdateTime = now,
                LastTransitionTime = known?.Status == "True" ? known.LastTransitionTime : now,
            });
        }
        else if (known.Reason != "ProgressDeadlineExceeded" && known.LastUpdateTime + TimeSpan.FromSeconds(seconds) <= now)
        {
            Set(conditions, now, "Progressing", false, "ProgressDeadlineExceeded", $"{subject} has timed out progressing.");
        }

        var current = conditions.First(condition => condition.Type == "Progressing");
        return current.Reason == "ProgressDeadlineExceeded" ? null : current.LastUpdateTime + TimeSpan.FromSeconds(seconds) - now;
    }

    private static void Set(List<V1DeploymentCondition> conditions, DateTime now, string type, bool? value, string reason, string message)
    {
        var text = value switch { true => "True", false => "False", null => "Unknown" };
        var known = conditions.FirstOrDefault(condition => condition.Type == type);
        if (known is not null && known.Status == text && known.Reason == reason && known.Message == message)
        {
            return;
        }

        conditions.RemoveAll(condition => condition.Type == type);
        conditions.Add(new V1DeploymentCondition
        {
            Type = type,
            Status = text,
            Reason = reason,
            Message = message,
            LastUpdateTime = now,
            LastTransitionTime = known?.Status == text ? known.LastTransitionTime : now,
        });
    }

    private static V1DeploymentStatus Trimmed(V1DeploymentStatus? status) => (status ?? new V1DeploymentStatus()) with
    {
        Replicas = status?.Replicas ?? 0,
        UpdatedReplicas = status?.UpdatedReplicas ?? 0,
        ReadyReplicas = status?.ReadyReplicas ?? 0,
        AvailableReplicas = status?.AvailableReplicas ?? 0,
        UnavailableReplicas = status?.UnavailableReplicas ?? 0,
    };
}
