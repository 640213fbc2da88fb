using System.Net;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Images;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>The life of one pod on its node: address, volumes, init containers, containers, end.</summary>
internal sealed partial class PodWorker
{
    private readonly Kubelet _kubelet;
    private readonly NodeAddressLease _lease;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _killed = new();
    private readonly CancellationTokenSource _mainEnded = new();
    private readonly TaskCompletionSource _deleted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ContainerRunner> _inits;
    private readonly List<ContainerRunner> _mains;
    private readonly SemaphoreSlim _connecting = new(1);
    private ClusterConnection? _connection;
    private volatile V1Pod _pod;
    private volatile bool _initialized;

    public PodWorker(Kubelet kubelet, V1Pod pod, NodeAddressLease lease)
    {
        _kubelet = kubelet;
        _pod = pod;
        _lease = lease;
        Files = new PodFiles(Context, pod);
        Environment = new PodEnvironment(pod, Files, lease.Pod.ToString());
        _inits = [.. (pod.Spec.InitContainers ?? []).Select(spec => new ContainerRunner(this, spec, true, Before(pod.Status?.InitContainerStatuses, spec)))];
        _mains = [.. pod.Spec.Containers.Select(spec => new ContainerRunner(this, spec, false, Before(pod.Status?.ContainerStatuses, spec)))];
        _startTime = pod.Status?.StartTime ?? Context.Now;
        Finished = RunAsync();

        static V1ContainerStatus? Before(IList<V1ContainerStatus>? statuses, V1Container spec) => statuses?.FirstOrDefault(status => status.Name == spec.Name);
    }

    public ControllerContext Context => _kubelet.Context;

    public V1Pod Current => _pod;

    public V1PodSpec Spec => _pod.Spec;

    public string Namespace => _pod.Metadata.NamespaceProperty;

    public string Name => _pod.Metadata.Name;

    public string Uid => _pod.Metadata.Uid;

    public bool HasInitContainers => Spec.InitContainers is { Count: > 0 };

    public ImagePulls Pulls => _kubelet.Pulls;

    public Probes Probes => _kubelet.Probes;

    public PodLogs Logs => _kubelet.Logs;

    public PodFiles Files { get; }

    public PodEnvironment Environment { get; }

    /// <summary>Nothing may go on any more: the pod is gone from the API, or its node is gone, or the cluster.</summary>
    public CancellationToken Killed => _killed.Token;

    /// <summary>How long a container has between being asked to stop and being made to.</summary>
    public TimeSpan Grace => TimeSpan.FromSeconds(_pod.Metadata.DeletionGracePeriodSeconds ?? Spec.TerminationGracePeriodSeconds ?? 30);

    /// <summary>Done when the pod needs its worker no longer.</summary>
    public Task Finished { get; }

    /// <summary>Takes the pod's newest state.</summary>
    public void Update(V1Pod pod)
    {
        var gates = Spec.ReadinessGates is { Count: > 0 };
        _pod = pod;
        if (pod.Metadata.DeletionTimestamp is not null && !_stopping.IsCancellationRequested)
        {
            _ = _stopping.CancelAsync();
        }
        else if (gates)
        {
            Changed();
        }
    }

    /// <summary>Ends everything at once.</summary>
    public void Kill()
    {
        _deleted.TrySetResult();
        if (!_killed.IsCancellationRequested)
        {
            _ = Task.WhenAll(_killed.CancelAsync(), _stopping.CancelAsync());
        }
    }

    public void Tell(string type, string reason, string message, string? fieldPath = null) =>
        Context.Events.Tell(_pod, "kubelet", type, reason, message, Spec.NodeName, fieldPath);

    /// <summary>A wait of the kubelet, scaled.</summary>
    public Task DelayAsync(TimeSpan wait, CancellationToken stop) => Task.Delay(Context.Options.Scale(wait), Context.Clock, stop);

    /// <summary>All that a container gets, but for its log.</summary>
    public async Task<ContainerContext> ContextOfAsync(V1Container spec, IReadOnlyDictionary<string, string> variables, CancellationToken ct)
    {
        await _connecting.WaitAsync(ct);
        try
        {
            _connection ??= await Files.ConnectAsync(ct);
        }
        finally
        {
            _connecting.Release();
        }

        return new ContainerContext(_pod, spec, variables, Context.Network, _connection, Context.Cloud, TextWriter.Null)
        {
            Arguments = PodEnvironment.Arguments(spec, variables),
            PodAddress = _lease.Pod,
            ReadFileAsync = (path, token) => Files.ReadAsync(spec, path, token),
        };
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            if (!Facts.IsFinished(_pod))
            {
                await LiveAsync(_stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            // A fault of the kubelet itself must be seen, and must not keep the pod from being deleted.
            Context.Options.Diagnostics.WriteLine($"kubelet {Namespace}/{Name}: {fault}");
            Tell("Warning", "FailedSync", $"error syncing pod, skipping: {fault.Message}");
        }

        await EndAsync();
        _lease.Dispose();
    }

    private async Task LiveAsync(CancellationToken stop)
    {
        Changed();
        await MountAsync(stop);
        var sidecars = new List<Task>();
        using var sidecarStop = CancellationTokenSource.CreateLinkedTokenSource(stop, _mainEnded.Token);
        try
        {
            foreach (var init in _inits)
            {
                if (init.IsSidecar)
                {
                    sidecars.Add(Quiet(init.RunAsync(sidecarStop.Token)));
                    await init.Started.WaitAsync(stop);
                    continue;
                }

                await init.RunAsync(stop);
                if (init.FinalExit != 0)
                {
                    // The restart policy is Never: the pod has failed before it began.
                    return;
                }
            }

            _initialized = true;
            Changed();
            await Task.WhenAll(_mains.Select(container => Quiet(container.RunAsync(stop))));
        }
        finally
        {
            await _mainEnded.CancelAsync();
            await Task.WhenAll(sidecars);
        }
    }

    private static async Task Quiet(Task run)
    {
        try
        {
            await run;
        }
        catch (OperationCanceledException)
        {
            // Stopped while it waited for an image, a secret or the end of a back-off.
        }
    }

    private async Task MountAsync(CancellationToken stop)
    {
        for (var tries = 0; await Files.MissingAsync(stop) is { } missing; tries++)
        {
            Tell("Warning", "FailedMount", missing);
            await DelayAsync(TimeSpan.FromSeconds(Math.Min(122, 0.5 * Math.Pow(2, tries))), stop);
        }
    }

    // A pod that has ended stays until somebody deletes it; one that is being deleted goes once its end is told.
    private async Task EndAsync()
    {
        Changed();
        await FlushAsync();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (_stopping.Token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), stopped))
        {
            await stopped.Task;
        }

        for (var tries = 0; !_killed.IsCancellationRequested; tries++)
        {
            try
            {
                await Context.Api.DeleteAsync(ResourcePath.Of<V1Pod>(), _pod.Metadata, _killed.Token, graceSeconds: 0);
                break;
            }
            catch (Exception failure) when (failure is ClusterApiException or HttpRequestException or IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5000, 50 * Math.Pow(2, tries))), Context.Clock, _killed.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await _deleted.Task;
        Logs.Forget(Namespace, Name);
    }
}

/// <summary>A pod's address, its for as long as it lives.</summary>
internal sealed class NodeAddressLease(IPAddress node, IPAddress pod, Action end) : IDisposable
{
    public IPAddress Node { get; } = node;

    public IPAddress Pod { get; } = pod;

    public void Dispose() => end();
}
