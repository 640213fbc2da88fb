using System.Globalization;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

/// <summary>Runs pods until enough of them have succeeded, or too many have failed, or time is up.</summary>
public sealed partial class JobController : Controller
{
    private const string Kind = "Job";
    private const string Tracking = "batch.kubernetes.io/job-tracking";
    private const string IndexNote = "batch.kubernetes.io/job-completion-index";
    private readonly Informer<V1Job> _jobs;
    private readonly PodControl _pods;

    /// <summary>For one cluster.</summary>
    public JobController(ControllerContext context)
        : base(context, "job-controller")
    {
        _pods = new PodControl(context, Name);
        _jobs = Watch<V1Job>();
        Watch<V1Pod>(pod => PodControl.OwnerKeys(pod, Kind));
    }

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_jobs.Store.Find(key) is not { } job)
        {
            return;
        }

        var pods = _pods.Pods.Store.List("owner", job.Metadata.Uid);
        if (_jobs.Store.IsDoomed(job))
        {
            // The collector takes the pods; it cannot while they wait for this controller to count them.
            await ReleaseAsync(pods.Where(IsTracked), ct);
            return;
        }

        if (IsOver(job))
        {
            await ReleaseAsync(pods.Where(IsTracked), ct);
            await ExpireAsync(key, job, ct);
            return;
        }

        var tally = Tally.Of(job, pods, IsTracked, _pods.IsActive);
        var decision = Decide(job, tally, pods, Context.Now);
        if (decision.Deadline is { } wait)
        {
            Queue.AddAfter(key, wait);
        }

        var active = tally.Active;
        if (decision.StopPods)
        {
            await Task.WhenAll(active.Select(pod => _pods.DeleteAsync(job, pod, ct)));
            active = [];
        }
        else if (decision.Outcome is null)
        {
            active = await MatchParallelismAsync(key, job, tally, pods, ct);
        }

        var over = await WriteStatusAsync(job, tally, decision, pods, active, ct);
        if (!over)
        {
            await ReleaseAsync(tally.ToRelease, ct);
        }
        else
        {
            Queue.Add(key);
        }
    }

    private async Task<IReadOnlyList<V1Pod>> MatchParallelismAsync(string key, V1Job job, Tally tally, IReadOnlyList<V1Pod> pods, CancellationToken ct)
    {
        var active = tally.Active.ToList();
        var left = job.Spec.Completions is { } completions ? Math.Max(0, completions - tally.Succeeded) : tally.Succeeded > 0 ? active.Count : int.MaxValue;
        var wanted = Math.Min(job.Spec.Parallelism ?? 1, left);
        if (active.Count > wanted)
        {
            var surplus = active.OrderBy(Facts.IsReady).ThenByDescending(pod => pod.Metadata.CreationTimestamp).Take(active.Count - wanted).ToList();
            await Task.WhenAll(surplus.Select(pod => _pods.DeleteAsync(job, pod, ct)));
            return [.. active.Except(surplus)];
        }

        if (active.Count < wanted && BackOff(job, tally, pods) is { } wait && wait > TimeSpan.Zero)
        {
            Queue.AddAfter(key, wait);
            return active;
        }

        // Those that are still ending count, so that a replacement does not run beside what it replaces.
        wanted -= pods.Count(pod => !Facts.IsFinished(pod) && !_pods.IsActive(pod));
        var indexed = job.Spec.CompletionMode == "Indexed";
        var free = indexed ? FreeIndexes(job, active, pods) : [];
        while (active.Count < wanted)
        {
            active.Add(await _pods.CreateAsync(job, NewPod(job, indexed ? free.Dequeue() : null), ct));
        }

        return active;
    }

    private static Queue<int> FreeIndexes(V1Job job, List<V1Pod> active, IReadOnlyList<V1Pod> pods)
    {
        var taken = active.Concat(pods.Where(pod => pod.Status?.Phase == "Succeeded")).Select(Index).OfType<int>().ToHashSet();
        taken.UnionWith(Indexes.Parse(job.Status?.CompletedIndexes));
        return new Queue<int>(Enumerable.Range(0, job.Spec.Completions ?? 1).Where(index => !taken.Contains(index)));
    }

    private static int? Index(V1Pod pod) =>
        pod.Metadata.Annotations is { } notes && notes.TryGetValue(IndexNote, out var text) && int.TryParse(text, out var index) ? index : null;

    // Ten seconds after the first failure, twice as long after each further one, six minutes at most.
    private TimeSpan? BackOff(V1Job job, Tally tally, IReadOnlyList<V1Pod> pods)
    {
        var failures = tally.Failed;
        var last = pods.Where(pod => pod.Status?.Phase == "Failed")
            .Select(pod => (pod.Status.ContainerStatuses ?? []).Select(status => status.State?.Terminated?.FinishedAt).Max() ?? pod.Metadata.CreationTimestamp)
            .Max();
        if (failures == 0 || last is null || tally.Succeeded > 0)
        {
            return null;
        }

        var wait = Context.Options.Scale(TimeSpan.FromSeconds(Math.Min(360, 10 * Math.Pow(2, Math.Min(failures - 1, 10)))));
        return last.Value + wait - Context.Clock.GetUtcNow().UtcDateTime;
    }

    private static V1Pod NewPod(V1Job job, int? index)
    {
        var name = index is null ? null : $"{job.Metadata.Name}-{index}-{Facts.Suffix()}";
        var pod = PodControl.FromTemplate(job, job.Spec.Template, name);
        foreach (var prefix in new[] { "", "batch.kubernetes.io/" })
        {
            pod.Metadata.Labels[prefix + "job-name"] = job.Metadata.Name;
            pod.Metadata.Labels[prefix + "controller-uid"] = job.Metadata.Uid;
        }

        pod.Metadata.Finalizers = [.. pod.Metadata.Finalizers ?? [], Tracking];
        if (index is not null)
        {
            var text = index.Value.ToString(CultureInfo.InvariantCulture);
            pod.Metadata.Annotations = new Dictionary<string, string>(pod.Metadata.Annotations ?? new Dictionary<string, string>()) { [IndexNote] = text };
            pod.Metadata.Labels[IndexNote] = text;
            pod.Spec.Hostname = $"{job.Metadata.Name}-{text}";
            foreach (var container in pod.Spec.Containers)
            {
                container.Env = [.. container.Env ?? [], new V1EnvVar { Name = "JOB_COMPLETION_INDEX", Value = text }];
            }
        }

        return pod;
    }

    private async Task ReleaseAsync(IEnumerable<V1Pod> pods, CancellationToken ct)
    {
        foreach (var pod in pods)
        {
            var rest = pod.Metadata.Finalizers.Where(finalizer => finalizer != Tracking).ToList();
            var patch = new { metadata = new { uid = pod.Metadata.Uid, resourceVersion = pod.Metadata.ResourceVersion, finalizers = rest } };
            try
            {
                _pods.Pods.Store.Observe(await Api.PatchAsync<V1Pod>(pod.Metadata, patch, PatchKind.Merge, ct));
            }
            catch (ClusterApiException failure) when (failure.IsNotFound)
            {
            }
        }
    }

    private async Task ExpireAsync(string key, V1Job job, CancellationToken ct)
    {
        if (job.Spec.TtlSecondsAfterFinished is not { } seconds)
        {
            return;
        }

        var end = job.Status.CompletionTime ?? job.Status.Conditions.First(condition => condition.Type is "Complete" or "Failed").LastTransitionTime ?? Context.Now;
        var left = end + TimeSpan.FromSeconds(seconds) - Context.Clock.GetUtcNow().UtcDateTime;
        if (left > TimeSpan.Zero)
        {
            Queue.AddAfter(key, left);
            return;
        }

        _jobs.Store.Doom(job);
        await Api.DeleteAsync(ResourcePath.Of<V1Job>(), job.Metadata, ct, "Foreground");
    }

    private static bool IsTracked(V1Pod pod) => pod.Metadata.Finalizers?.Contains(Tracking) == true;

    /// <summary>Whether a job has ended, either way.</summary>
    public static bool IsOver(V1Job job) => Condition(job, "Complete") || Condition(job, "Failed");

    private static bool Condition(V1Job job, string type) =>
        job.Status?.Conditions?.Any(condition => condition.Type == type && condition.Status == "True") == true;
}
