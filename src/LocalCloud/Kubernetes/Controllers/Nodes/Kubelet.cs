using System.Collections.Concurrent;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>The kubelets of all nodes of a cluster: runs the pods that are bound to them.</summary>
public sealed class Kubelet : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, PodWorker> _workers = new();
    private readonly Informer<V1Pod> _pods;
    private readonly NodePool _nodes;
    private KubeletServer? _server;
    private bool _closed;

    /// <summary>For the nodes of a pool.</summary>
    public Kubelet(ControllerContext context, NodePool nodes)
    {
        Context = context;
        _nodes = nodes;
        Logs = new PodLogs(context.Clock);
        Pulls = new ImagePulls(context);
        Probes = new Probes(context);
        _pods = context.Informers.For<V1Pod>();
        _pods.Store.AddIndex("node", pod => string.IsNullOrEmpty(pod.Spec.NodeName) ? [] : [pod.Spec.NodeName]);
        nodes.Added += OnNode;
        nodes.Removed += OnNodeGone;
    }

    /// <summary>The logs of what runs here.</summary>
    public PodLogs Logs { get; }

    internal ControllerContext Context { get; }

    internal ImagePulls Pulls { get; }

    internal Probes Probes { get; }

    /// <summary>Begins to run what is bound to the nodes.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        _server = Context.Options.ServeKubelets ? await KubeletServer.StartAsync(Context, Logs, ct) : null;
        _pods.OnChange(OnPod);
    }

    private void OnNode(string node)
    {
        if (_nodes.Nodes.TryGetValue(node, out var range))
        {
            _server?.Add(node, range.Node);
        }

        _pods.Store.List("node", node).ForEach(pod => OnPod(null, pod));
    }

    private void OnPod(V1Pod? old, V1Pod? pod)
    {
        if (pod is null || (old is not null && old.Metadata.Uid != pod.Metadata.Uid))
        {
            if (_workers.TryRemove(old!.Metadata.Uid, out var gone))
            {
                gone.Kill();
            }
        }

        if (pod is null || string.IsNullOrEmpty(pod.Spec.NodeName) || _closed)
        {
            return;
        }

        if (_workers.TryGetValue(pod.Metadata.Uid, out var worker))
        {
            worker.Update(pod);
        }
        else if (_nodes.Nodes.TryGetValue(pod.Spec.NodeName, out var range))
        {
            var addresses = Context.Network.Addresses;
            if (addresses.Take(range) is not { } address)
            {
                Context.Events.Tell(pod, "kubelet", "Warning", "FailedCreatePodSandBox", "Failed to create pod sandbox: no IP addresses available in range", pod.Spec.NodeName);
                return;
            }

            worker = new PodWorker(this, pod, new NodeAddressLease(range.Node, address, () => addresses.Return(address)));
            _workers[pod.Metadata.Uid] = worker;
            worker.Update(pod);
        }
    }

    private void OnNodeGone(string node)
    {
        Pulls.Forget(node);
        _server?.Remove(node);
        foreach (var (uid, worker) in _workers)
        {
            if (worker.Spec.NodeName == node && _workers.TryRemove(uid, out _))
            {
                worker.Kill();
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        var running = _workers.Values.ToList();
        running.ForEach(worker => worker.Kill());
        await Task.WhenAll(running.Select(worker => worker.Finished));
        Probes.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
