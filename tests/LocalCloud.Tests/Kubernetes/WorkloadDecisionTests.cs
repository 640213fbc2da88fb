using System.Net;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;
using Mayfly.LocalCloud.Kubernetes.Controllers.Workloads;
using Mayfly.LocalCloud.Kubernetes.Network;
using Microsoft.Extensions.Time.Testing;

namespace Mayfly.LocalCloud.Tests.Kubernetes;

/// <summary>What the controllers decide and how they word it, without a cluster.</summary>
public sealed class WorkloadDecisionTests
{
    private static readonly ILookup<string, V1Pod> Nothing = Array.Empty<V1Pod>().ToLookup(pod => pod.Spec.NodeName);

    [Fact]
    public void A_cluster_without_nodes_says_so() =>
        Assert.Equal("no nodes available to schedule pods", Placement.Choose(Pod(), [], Nothing).Message);

    [Fact]
    public void What_no_node_has_room_for_is_refused_in_the_schedulers_words()
    {
        var message = Placement.Choose(Pod(cpu: "3"), [Node("a", "2"), Node("b", "2")], Nothing).Message;

        Assert.Equal("0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.", message);
    }

    [Fact]
    public void A_taint_and_a_selector_are_told_apart_from_a_lack_of_room()
    {
        var tainted = Node("a", "2");
        tainted.Spec.Taints = [new V1Taint { Key = "dedicated", Value = "db", Effect = "NoSchedule" }];
        var pod = Pod();
        pod.Spec.NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" };

        Assert.Equal(
            "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint {dedicated: db}. "
            + "preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
            Placement.Choose(pod, [tainted, Node("b", "2")], Nothing).Message);
    }

    [Fact]
    public void Pods_are_spread_and_their_requests_add_up()
    {
        var there = new[] { Pod(cpu: "1500m", node: "a") }.ToLookup(pod => pod.Spec.NodeName);

        Assert.Equal("b", Placement.Choose(Pod(cpu: "100m"), [Node("a", "2"), Node("b", "2")], there).Node?.Metadata.Name);
        Assert.Null(Placement.Choose(Pod(cpu: "600m"), [Node("a", "2")], there).Node);
    }

    [Theory]
    [InlineData("0,1,2,5", "0-2,5")]
    [InlineData("3,4", "3,4")]
    [InlineData("7", "7")]
    [InlineData("", "")]
    public void Completed_indexes_are_written_as_ranges(string indexes, string text)
    {
        Assert.Equal(text, Indexes.Format(indexes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)));
        Assert.Equal(indexes, string.Join(',', Indexes.Parse(text)));
    }

    [Fact]
    public void A_schedule_that_was_missed_many_times_is_due_once()
    {
        var schedule = Schedule.Parse("*/5 * * * *", null, out _)!;
        var now = new DateTime(2026, 3, 1, 12, 7, 0, DateTimeKind.Utc);

        Assert.Equal(new DateTime(2026, 3, 1, 12, 5, 0, DateTimeKind.Utc), schedule.Last(now.AddHours(-3), now, null));
        Assert.Null(schedule.Last(now.AddHours(-3), now, startingDeadlineSeconds: 60));
        Assert.Null(Schedule.Parse("every day", null, out var fault));
        Assert.Contains("every day", fault);
    }

    [Fact]
    public async Task A_key_added_while_it_is_worked_on_is_worked_on_again_but_never_twice_at_once()
    {
        var ct = TestContext.Current.CancellationToken;
        using var queue = new WorkQueue(TimeProvider.System);
        queue.Add("a");
        queue.Add("a");
        Assert.Equal("a", await queue.TakeAsync(ct));
        queue.Add("a");
        var second = queue.TakeAsync(ct);
        Assert.False(second.IsCompleted);

        queue.Done("a");

        Assert.Equal("a", await second.WaitAsync(TimeSpan.FromSeconds(10), ct));
    }

    [Fact]
    public async Task A_failed_key_waits_longer_each_time()
    {
        var clock = new FakeTimeProvider();
        using var queue = new WorkQueue(clock);
        var waits = new List<double>();
        for (var failure = 0; failure < 3; failure++)
        {
            var before = clock.GetUtcNow();
            queue.AddFailed("a");
            var taken = queue.TakeAsync(TestContext.Current.CancellationToken);
            while (!taken.IsCompleted)
            {
                clock.Advance(TimeSpan.FromMilliseconds(5));
                await Task.Yield();
            }

            queue.Done(await taken);
            waits.Add((clock.GetUtcNow() - before).TotalMilliseconds);
        }

        Assert.True(waits[0] >= 20 && waits[1] >= 40 && waits[2] >= 80, string.Join(' ', waits));
    }

    [Fact]
    public void A_service_without_ready_pods_is_told_apart_from_one_that_does_not_exist()
    {
        var table = new ServiceTable();
        var backend = new ServiceBackend(IPAddress.Parse("10.0.1.2"), null, Ready: false);
        table.Set(new ServiceEntry("shop", "web", IPAddress.Parse("10.100.0.9"), null, [new ServicePort(80, "http", [(backend, 8080)])]));

        var empty = Assert.Throws<ClusterDialException>(() => table.Resolve("web.shop.svc", 80, null));
        Assert.Equal((DialFailure.NoEndpoints, "no endpoints available for service \"web\""), (empty.Reason, empty.Message));
        Assert.Equal(DialFailure.NoSuchPort, Assert.Throws<ClusterDialException>(() => table.Resolve("web.shop", 81, null)).Reason);
        Assert.Equal(DialFailure.NoSuchHost, Assert.Throws<ClusterDialException>(() => table.Resolve("api.shop.svc.cluster.local", 80, null)).Reason);
        Assert.Null(table.Resolve("example.com", 80, null));

        table.Set(new ServiceEntry("shop", "web", IPAddress.Parse("10.100.0.9"), null, [new ServicePort(80, "http", [(backend with { Ready = true }, 8080)])]));
        Assert.Equal("10.0.1.2:8080", table.Resolve("web", 80, "shop")?.ToString());
        Assert.Equal("10.0.1.2:8080", table.Resolve("WEB.shop.svc.cluster.local.", 80, null)?.ToString());
        table.Set(new ServiceEntry("shop", "db", null, "db.example.com", []));
        Assert.Equal("db.example.com", table.ExternalNameOf("db.shop.svc", null));
        Assert.Equal("10.0.1.2:8080", table.Resolve(IPAddress.Parse("10.100.0.9"), 80)?.ToString());
    }

    [Fact]
    public async Task A_log_keeps_its_newest_lines_and_can_be_followed_to_its_end()
    {
        var log = new LogBuffer(TimeProvider.System, limit: 20);
        await log.WriteAsync("one\ntwo\nthree\nfour\nfi");
        var followed = Task.Run(async () =>
        {
            var lines = new List<string>();
            await foreach (var line in log.ReadAsync(follow: true, tail: 2, TestContext.Current.CancellationToken))
            {
                lines.Add(line.Text);
            }

            return lines;
        }, TestContext.Current.CancellationToken);
        await log.WriteAsync("ve\n");
        log.End();

        Assert.Equal("five", (await followed)[^1]);
        Assert.DoesNotContain("one", log.Tail().Select(line => line.Text));
    }

    [Fact]
    public void A_pod_of_a_job_is_counted_once_however_often_it_is_looked_at()
    {
        var pod = Pod();
        pod.Metadata.Uid = "u1";
        pod.Metadata.Finalizers = ["tracking"];
        pod.Status = new V1PodStatus { Phase = "Succeeded" };
        var job = new V1Job { Spec = new V1JobSpec { Completions = 1 } };
        var first = JobController.Tally.Of(job, [pod], item => item.Metadata.Finalizers?.Count > 0, _ => false);
        job.Status = new V1JobStatus { Succeeded = first.CountedSucceeded, UncountedTerminatedPods = first.Uncounted };

        pod.Metadata.Finalizers = [];
        var second = JobController.Tally.Of(job, [pod], item => item.Metadata.Finalizers?.Count > 0, _ => false);
        job.Status = new V1JobStatus { Succeeded = second.CountedSucceeded, UncountedTerminatedPods = second.Uncounted };
        var third = JobController.Tally.Of(job, [pod], item => item.Metadata.Finalizers?.Count > 0, _ => false);

        Assert.Equal([(1, 0), (1, 1), (1, 1)], new[] { first, second, third }.Select(tally => (tally.Succeeded, tally.CountedSucceeded)));
    }

    private static V1Pod Pod(string? cpu = null, string? node = null) => new()
    {
        Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = "default" },
        Spec = new V1PodSpec
        {
            NodeName = node,
            Containers =
            [
                new V1Container
                {
                    Name = "c",
                    Image = "jetscale/web",
                    Resources = cpu is null ? null : new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu) } },
                },
            ],
        },
    };

    private static V1Node Node(string name, string cpu) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1NodeSpec(),
        Status = new V1NodeStatus { Allocatable = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu), ["memory"] = new("4Gi"), ["pods"] = new("10") } },
    };
}
