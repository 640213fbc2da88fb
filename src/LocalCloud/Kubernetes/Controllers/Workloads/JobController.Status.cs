using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

/// <summary>What a job's pods amount to, and what follows.</summary>
public sealed partial class JobController
{
    /// <summary>What has become of a job's pods.</summary>
    /// <param name="Succeeded">How many have succeeded, counted or about to be.</param>
    /// <param name="Failed">How many have failed.</param>
    /// <param name="CountedSucceeded">Of these, whose count is in the status for good.</param>
    /// <param name="CountedFailed">Likewise.</param>
    /// <param name="Uncounted">Whose end is noted but which still carry the finalizer: counted once they have lost it.</param>
    /// <param name="ToRelease">The pods to take the finalizer from once their end is noted.</param>
    /// <param name="Active">The pods that run or will.</param>
    public sealed record Tally(
        int Succeeded,
        int Failed,
        int CountedSucceeded,
        int CountedFailed,
        V1UncountedTerminatedPods Uncounted,
        IReadOnlyList<V1Pod> ToRelease,
        IReadOnlyList<V1Pod> Active)
    {
        /// <summary>Counts each pod once, whatever happens in between: noted in the status first, then released, then counted. Pure.</summary>
        public static Tally Of(V1Job job, IReadOnlyList<V1Pod> pods, Func<V1Pod, bool> isTracked, Func<V1Pod, bool> isActive)
        {
            var tracked = pods.Where(isTracked).Select(pod => pod.Metadata.Uid).ToHashSet();
            var noted = job.Status?.UncountedTerminatedPods;
            var (succeeded, counted1) = Settle(noted?.Succeeded, job.Status?.Succeeded);
            var (failed, counted2) = Settle(noted?.Failed, job.Status?.Failed);
            var ended = pods.Where(pod => tracked.Contains(pod.Metadata.Uid) && (Facts.IsFinished(pod) || pod.Metadata.DeletionTimestamp is not null && pod.Status?.Phase is "Pending")).ToList();
            foreach (var pod in ended)
            {
                var list = pod.Status?.Phase == "Succeeded" ? succeeded : failed;
                if (!succeeded.Contains(pod.Metadata.Uid) && !failed.Contains(pod.Metadata.Uid))
                {
                    list.Add(pod.Metadata.Uid);
                }
            }

            return new Tally(
                counted1 + succeeded.Count,
                counted2 + failed.Count,
                counted1,
                counted2,
                new V1UncountedTerminatedPods { Succeeded = succeeded, Failed = failed },
                ended,
                [.. pods.Where(isActive)]);

            (List<string> Left, int Counted) Settle(IList<string>? uids, int? before)
            {
                var left = (uids ?? []).Where(tracked.Contains).ToList();
                return (left, (before ?? 0) + (uids?.Count ?? 0) - left.Count);
            }
        }
    }

    /// <summary>What is to be done with a job.</summary>
    /// <param name="Outcome">How it ends, if it does.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Message">In a sentence.</param>
    /// <param name="StopPods">Whether running pods are to be stopped.</param>
    /// <param name="Deadline">When to look again.</param>
    public sealed record Decision(bool? Outcome, string Reason, string Message, bool StopPods, TimeSpan? Deadline);

    /// <summary>Decides whether a job goes on. Pure.</summary>
    public static Decision Decide(V1Job job, Tally tally, IReadOnlyList<V1Pod> pods, DateTime now)
    {
        var target = job.Status?.Conditions?.FirstOrDefault(condition => condition.Type is "SuccessCriteriaMet" or "FailureTarget" && condition.Status == "True");
        if (target is not null)
        {
            return new Decision(target.Type == "SuccessCriteriaMet", target.Reason, target.Message, true, null);
        }

        if (job.Spec.Suspend == true)
        {
            return new Decision(null, "JobSuspended", "Job suspended", true, null);
        }

        TimeSpan? deadline = null;
        if (job.Spec.ActiveDeadlineSeconds is { } seconds && job.Status?.StartTime is { } start)
        {
            deadline = start + TimeSpan.FromSeconds(seconds) - now;
            if (deadline <= TimeSpan.Zero)
            {
                return new Decision(false, "DeadlineExceeded", "Job was active longer than specified deadline", true, null);
            }
        }

        var limit = job.Spec.BackoffLimit ?? 6;
        var restarts = job.Spec.Template.Spec.RestartPolicy == "OnFailure"
            ? pods.Sum(pod => (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? []).Sum(status => status.RestartCount))
            : 0;
        if (tally.Failed > limit || (restarts > 0 && restarts >= limit))
        {
            return new Decision(false, "BackoffLimitExceeded", "Job has reached the specified backoff limit", true, null);
        }

        var complete = job.Spec.Completions is { } completions ? tally.Succeeded >= completions : tally.Succeeded > 0 && tally.Active.Count == 0;
        return complete
            ? new Decision(true, "CompletionsReached", "Reached expected number of succeeded pods", job.Spec.Completions is not null, deadline)
            : new Decision(null, "JobResumed", "Job resumed", false, deadline);
    }

    private async Task<bool> WriteStatusAsync(
        V1Job job, Tally tally, Decision decision, IReadOnlyList<V1Pod> pods, IReadOnlyList<V1Pod> active, CancellationToken ct)
    {
        var now = Context.Now;
        var suspended = job.Spec.Suspend == true;
        var conditions = (job.Status?.Conditions ?? []).ToList();
        var wasSuspended = Condition(job, "Suspended");
        if (decision.Outcome is null && (suspended != wasSuspended) && (suspended || conditions.Exists(condition => condition.Type == "Suspended")))
        {
            Set(conditions, now, "Suspended", suspended, decision.Reason, decision.Message);
            Tell(job, false, suspended ? "Suspended" : "Resumed", decision.Message);
        }

        var terminating = pods.Count(pod => !Facts.IsFinished(pod) && _pods.Pods.Store.IsDoomed(pod));
        if (decision.Outcome is { } outcome)
        {
            Set(conditions, now, outcome ? "SuccessCriteriaMet" : "FailureTarget", true, decision.Reason, decision.Message);
        }

        // The end is told only once nothing runs any more and every pod is counted.
        var noted = tally.Uncounted.Succeeded.Count + tally.Uncounted.Failed.Count == 0;
        var over = decision.Outcome is not null && active.Count == 0 && terminating == 0 && noted;
        if (over)
        {
            Set(conditions, now, decision.Outcome == true ? "Complete" : "Failed", true, decision.Reason, decision.Message);
        }

        var completed = job.Spec.CompletionMode == "Indexed"
            ? Indexes.Format(Indexes.Parse(job.Status?.CompletedIndexes)
                .Concat(pods.Where(pod => pod.Status?.Phase == "Succeeded").Select(Index).OfType<int>()))
            : null;
        var status = new V1JobStatus
        {
            StartTime = suspended ? null : job.Status?.StartTime ?? now,
            Active = active.Count,
            Ready = active.Count(Facts.IsReady),
            Terminating = terminating,
            Succeeded = tally.CountedSucceeded,
            Failed = tally.CountedFailed,
            UncountedTerminatedPods = new V1UncountedTerminatedPods
            {
                Succeeded = tally.Uncounted.Succeeded.Count == 0 ? null : tally.Uncounted.Succeeded,
                Failed = tally.Uncounted.Failed.Count == 0 ? null : tally.Uncounted.Failed,
            },
            CompletedIndexes = completed,
            CompletionTime = over && decision.Outcome == true ? now : job.Status?.CompletionTime,
            Conditions = conditions.Count == 0 ? null : conditions,
        };
        if (!Facts.Same(Trimmed(job.Status), Trimmed(status)))
        {
            _jobs.Store.Observe(await Api.UpdateAsync(job with { Status = status }, ct, "status"));
            if (over)
            {
                var done = decision.Outcome == true;
                Tell(job, !done, done ? "Completed" : decision.Reason, done ? "Job completed" : decision.Message);
            }
        }

        if (job.Status?.StartTime is null && job.Spec.ActiveDeadlineSeconds is { } seconds && !suspended)
        {
            Queue.AddAfter(ObjectStore<V1Job>.KeyOf(job.Metadata), TimeSpan.FromSeconds(seconds));
        }

        return over;
    }

    private static void Set(List<V1JobCondition> conditions, DateTime now, string type, bool value, string reason, string message)
    {
        if (conditions.Exists(condition => condition.Type == type && condition.Status == (value ? "True" : "False")))
        {
            return;
        }

        conditions.RemoveAll(condition => condition.Type == type);
        conditions.Add(new V1JobCondition
        {
            Type = type,
            Status = value ? "True" : "False",
            Reason = reason,
            Message = message,
            LastProbeTime = now,
            LastTransitionTime = now,
        });
    }

    private static V1JobStatus Trimmed(V1JobStatus? status) => (status ?? new V1JobStatus()) with
    {
        Active = status?.Active ?? 0,
        Ready = status?.Ready ?? 0,
        Terminating = status?.Terminating ?? 0,
        Succeeded = status?.Succeeded ?? 0,
        Failed = status?.Failed ?? 0,
        CompletedIndexes = string.IsNullOrEmpty(status?.CompletedIndexes) ? null : status.CompletedIndexes,
        UncountedTerminatedPods = status?.UncountedTerminatedPods is { } noted && (noted.Succeeded?.Count > 0 || noted.Failed?.Count > 0) ? noted : null,
    };
}
