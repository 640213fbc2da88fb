using Cronos;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;

/// <summary>Makes a Job at each time of a schedule.</summary>
public sealed class CronJobController : Controller
{
    private const string Kind = "CronJob";
    private const string ScheduledNote = "batch.kubernetes.io/cronjob-scheduled-timestamp";
    private readonly Informer<V1CronJob> _crons;
    private readonly Informer<V1Job> _jobs;

    /// <summary>For one cluster.</summary>
    public CronJobController(ControllerContext context)
        : base(context, "cronjob-controller")
    {
        _crons = Watch<V1CronJob>();
        _jobs = Watch<V1Job>(job => PodControl.OwnerKeys(job, Kind));
        _jobs.Store.AddIndex("owner", Facts.OwnerUids);
    }

    /// <inheritdoc />
    protected override async Task ReconcileAsync(string key, CancellationToken ct)
    {
        if (_crons.Store.Find(key) is not { } cron || _crons.Store.IsDoomed(cron))
        {
            return;
        }

        var jobs = _jobs.Store.List("owner", cron.Metadata.Uid).Where(job => !_jobs.Store.IsDoomed(job)).ToList();
        cron = await WriteStatusAsync(cron, jobs, cron.Status?.LastScheduleTime, ct);
        await CleanUpAsync(cron, jobs, ct);
        if (cron.Spec.Suspend == true)
        {
            return;
        }

        if (Schedule.Parse(cron.Spec.Schedule, cron.Spec.TimeZone, out var fault) is not { } schedule)
        {
            Tell(cron, true, "UnparseableSchedule", $"unparseable schedule: {fault}");
            return;
        }

        var now = Context.Clock.GetUtcNow();
        var since = cron.Status?.LastScheduleTime ?? cron.Metadata.CreationTimestamp ?? now.UtcDateTime;
        var due = schedule.Last(since, now.UtcDateTime, cron.Spec.StartingDeadlineSeconds);
        if (due is { } time)
        {
            await RunAsync(cron, jobs, time, ct);
        }

        if (schedule.Next(now.UtcDateTime) is { } next)
        {
            // A moment more, so that the timer does not fire just before the time.
            Queue.AddAfter(key, next - now.UtcDateTime + TimeSpan.FromMilliseconds(50));
        }
    }

    private async Task RunAsync(V1CronJob cron, List<V1Job> jobs, DateTime time, CancellationToken ct)
    {
        var running = jobs.Where(job => !JobController.IsOver(job)).ToList();
        if (running.Count > 0 && cron.Spec.ConcurrencyPolicy == "Forbid")
        {
            Tell(cron, false, "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid");
            return;
        }

        if (cron.Spec.ConcurrencyPolicy == "Replace")
        {
            foreach (var job in running)
            {
                await DeleteAsync(cron, job, ct);
                jobs.Remove(job);
            }
        }

        // The name follows from the time: the same time never makes two jobs.
        var minutes = new DateTimeOffset(time, TimeSpan.Zero).ToUnixTimeSeconds() / 60;
        var prefix = cron.Metadata.Name.Length > 52 ? cron.Metadata.Name[..52] : cron.Metadata.Name;
        var template = cron.Spec.JobTemplate;
        var wanted = new V1Job
        {
            Metadata = new V1ObjectMeta
            {
                Name = $"{prefix}-{minutes}",
                NamespaceProperty = cron.Metadata.NamespaceProperty,
                Labels = template.Metadata?.Labels,
                Annotations = new Dictionary<string, string>(template.Metadata?.Annotations ?? new Dictionary<string, string>())
                {
                    [ScheduledNote] = time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
                },
                OwnerReferences = [Facts.Reference(cron)],
            },
            Spec = Facts.Copy(template.Spec),
        };
        try
        {
            var created = await Api.CreateAsync(wanted, ct);
            _jobs.Store.Observe(created);
            jobs.Add(created);
            Tell(cron, false, "SuccessfulCreate", $"Created job {created.Metadata.Name}");
        }
        catch (ClusterApiException failure) when (failure.IsAlreadyExists)
        {
        }
        catch (ClusterApiException failure) when (!failure.IsNamespaceTerminating)
        {
            Tell(cron, true, "FailedCreate", $"Error creating job: {failure.Message}");
            throw;
        }

        await WriteStatusAsync(cron, jobs, time, ct);
    }

    private async Task<V1CronJob> WriteStatusAsync(V1CronJob cron, List<V1Job> jobs, DateTime? lastSchedule, CancellationToken ct)
    {
        var running = jobs.Where(job => !JobController.IsOver(job)).ToList();
        foreach (var seen in cron.Status?.Active ?? [])
        {
            if (jobs.Find(job => job.Metadata.Uid == seen.Uid) is { } job && JobController.IsOver(job))
            {
                var condition = job.Status.Conditions.Any(item => item.Type == "Complete") ? "Complete" : "Failed";
                Tell(cron, false, "SawCompletedJob", $"Saw completed job: {job.Metadata.Name}, condition: {condition}");
            }
        }

        var success = jobs.Select(job => job.Status?.CompletionTime).Append(cron.Status?.LastSuccessfulTime).Max();
        var status = new V1CronJobStatus
        {
            LastScheduleTime = lastSchedule,
            LastSuccessfulTime = success,
            Active = running.Count == 0
                ? null
                : [.. running.Select(job => new V1ObjectReference
                {
                    ApiVersion = "batch/v1",
                    Kind = "Job",
                    Name = job.Metadata.Name,
                    NamespaceProperty = job.Metadata.NamespaceProperty,
                    Uid = job.Metadata.Uid,
                    ResourceVersion = cron.Status?.Active?.FirstOrDefault(known => known.Uid == job.Metadata.Uid)?.ResourceVersion ?? job.Metadata.ResourceVersion,
                })],
        };
        if (Facts.Same(cron.Status ?? new V1CronJobStatus(), status))
        {
            return cron;
        }

        var written = await Api.UpdateAsync(cron with { Status = status }, ct, "status");
        written.Metadata.ManagedFields = null;
        _crons.Store.Observe(written);
        return written;
    }

    private async Task CleanUpAsync(V1CronJob cron, List<V1Job> jobs, CancellationToken ct)
    {
        await TrimAsync("Complete", cron.Spec.SuccessfulJobsHistoryLimit ?? 3);
        await TrimAsync("Failed", cron.Spec.FailedJobsHistoryLimit ?? 1);

        async Task TrimAsync(string condition, int limit)
        {
            var ended = jobs.Where(job => job.Status?.Conditions?.Any(item => item.Type == condition && item.Status == "True") == true)
                .OrderBy(job => job.Status.StartTime).ToList();
            foreach (var job in ended.Take(Math.Max(0, ended.Count - limit)))
            {
                await DeleteAsync(cron, job, ct);
                jobs.Remove(job);
            }
        }
    }

    private async Task DeleteAsync(V1CronJob cron, V1Job job, CancellationToken ct)
    {
        _jobs.Store.Doom(job);
        await Api.DeleteAsync(ResourcePath.Of<V1Job>(), job.Metadata, ct, "Background");
        Tell(cron, false, "SuccessfulDelete", $"Deleted job {job.Metadata.Name}");
    }
}
