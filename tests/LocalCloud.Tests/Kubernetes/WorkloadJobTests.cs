using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Tests.Kubernetes;

/// <summary>Jobs and CronJobs on a whole cluster.</summary>
public sealed class WorkloadJobTests(WorkloadCluster cluster) : IClassFixture<WorkloadCluster>
{
    [Fact(Timeout = 90_000)]
    public async Task A_job_completes_once_its_pods_have_succeeded()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Job("completions: 3\n  parallelism: 2"), ct);

        var job = await cluster.UntilAsync<V1Job>(space, "task", item => Has(item, "Complete"), ct);

        Assert.Equal((3, 0), (job.Status.Succeeded ?? 0, job.Status.Active ?? 0));
        Assert.Equal("CompletionsReached", job.Status.Conditions.Single(condition => condition.Type == "SuccessCriteriaMet").Reason);
        Assert.NotNull(job.Status.CompletionTime);
        await cluster.EventAsync(space, "Completed", "Job completed", ct);
        var pods = await cluster.UntilAllAsync<V1Pod>(space, all => all.Count == 3 && all.TrueForAll(pod => pod.Metadata.Finalizers is null or { Count: 0 }), ct);
        Assert.All(pods, pod => Assert.Equal("Succeeded", pod.Status.Phase));
    }

    [Fact(Timeout = 90_000)]
    public async Task A_job_whose_pods_fail_too_often_fails()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Job("backoffLimit: 1", "args: [--exit, '3']"), ct);

        var job = await cluster.UntilAsync<V1Job>(space, "task", item => Has(item, "Failed"), ct);

        Assert.Equal(("BackoffLimitExceeded", "Job has reached the specified backoff limit"),
            job.Status.Conditions.Where(condition => condition.Type == "Failed").Select(condition => (condition.Reason, condition.Message)).Single());
        Assert.Equal(2, job.Status.Failed);
        var pods = await cluster.UntilAllAsync<V1Pod>(space, all => all.Count == 2, ct);
        Assert.All(pods, pod => Assert.Equal(3, pod.Status.ContainerStatuses[0].State.Terminated.ExitCode));
    }

    [Fact(Timeout = 90_000)]
    public async Task A_job_that_takes_too_long_is_stopped()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Job("activeDeadlineSeconds: 1", "args: [--sleep, '600']"), ct);

        var job = await cluster.UntilAsync<V1Job>(space, "task", item => Has(item, "Failed"), ct);

        Assert.Equal("DeadlineExceeded", job.Status.Conditions.Single(condition => condition.Type == "Failed").Reason);
        await cluster.UntilAllAsync<V1Pod>(space, all => !all.Exists(pod => pod.Status?.Phase == "Running"), ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_suspended_job_runs_nothing_until_it_is_resumed_and_leaves_when_its_time_is_over()
    {
        var ct = TestContext.Current.CancellationToken;
        var space = await cluster.NamespaceAsync(ct);
        await cluster.ApplyAsync(space, Job("suspend: true\n  ttlSecondsAfterFinished: 0"), ct);
        var job = await cluster.UntilAsync<V1Job>(space, "task", item => Has(item, "Suspended"), ct);
        Assert.Null(job.Status.StartTime);
        Assert.Empty(cluster.Known<V1Pod>(space));

        await cluster.Api.PatchAsync<V1Job>(job.Metadata, new { spec = new { suspend = false } }, PatchKind.Merge, ct);

        await cluster.EventAsync(space, "Resumed", "Job resumed", ct);
        await cluster.UntilAllAsync<V1Job>(space, all => all.Count == 0, ct);
        await cluster.UntilAllAsync<V1Pod>(space, all => all.Count == 0, ct);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_cron_job_makes_a_job_at_its_time_and_a_suspended_one_makes_none()
    {
        var ct = TestContext.Current.CancellationToken;
        // A clock that stands one second before the full minute.
        var now = TimeProvider.System.GetUtcNow();
        await using var timely = new WorkloadCluster(new ShiftedClock(TimeSpan.FromSeconds(59 - now.Second) - TimeSpan.FromMilliseconds(now.Millisecond)), nodes: 1);
        await timely.InitializeAsync();
        var space = await timely.NamespaceAsync(ct);
        await timely.ApplyAsync(space, Cron("suspended", suspend: true), ct);
        await timely.ApplyAsync(space, Cron("nightly", suspend: false), ct);

        var cron = await timely.UntilAsync<V1CronJob>(space, "nightly", item => item?.Status?.LastSuccessfulTime is not null, ct);

        var job = Assert.Single(await timely.UntilAllAsync<V1Job>(space, all => all.Count > 0, ct));
        Assert.StartsWith("nightly-", job.Metadata.Name);
        Assert.Equal(0, cron.Status.LastScheduleTime!.Value.Second);
        await timely.EventAsync(space, "SawCompletedJob", $"Saw completed job: {job.Metadata.Name}, condition: Complete", ct);
    }

    private static bool Has(V1Job? job, string type) => job?.Status?.Conditions?.Any(condition => condition.Type == type && condition.Status == "True") == true;

    private static string Job(string spec, string container = "") => $$"""
        apiVersion: batch/v1
        kind: Job
        metadata: { name: task }
        spec:
          {{spec}}
          template:
            spec:
              restartPolicy: Never
              containers:
                - name: task
                  image: ghcr.io/jetscale/task:1
                  {{container}}
        """;

    private static string Cron(string name, bool suspend) => $$"""
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: {{name}} }
        spec:
          schedule: "* * * * *"
          suspend: {{(suspend ? "true" : "false")}}
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{ name: task, image: "ghcr.io/jetscale/task:1" }]
        """;

    private sealed class ShiftedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
