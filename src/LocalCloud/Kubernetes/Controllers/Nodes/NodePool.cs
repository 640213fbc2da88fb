using System.Globalization;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Network;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>What a node can hold.</summary>
/// <param name="Cpu">Processors, <c>2</c>.</param>
/// <param name="Memory">Memory, <c>4Gi</c>.</param>
/// <param name="Pods">How many pods.</param>
public sealed record NodeCapacity(string Cpu = "2", string Memory = "4Gi", int Pods = 58);

/// <summary>The nodes of a cluster, which come and go with the instances of its node groups.</summary>
public sealed class NodePool(ControllerContext context)
{
    private const string NotReady = "node.kubernetes.io/not-ready";
    private readonly Lock _gate = new();
    private readonly Dictionary<string, NodeRange> _ranges = [];

    /// <summary>The nodes that this pool plays, and their addresses.</summary>
    public IReadOnlyDictionary<string, NodeRange> Nodes
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, NodeRange>(_ranges);
            }
        }
    }

    internal event Action<string>? Added;

    internal event Action<string>? Removed;

    /// <summary>Adds a node, ready at once; one that the API knows already is taken over, as after a restart.</summary>
    /// <param name="name">Its name, <c>ip-10-0-1-12.ec2.internal</c>.</param>
    /// <param name="labels">Labels beside those that every node has.</param>
    /// <param name="capacity">What it can hold.</param>
    /// <param name="ct">Cancels the waiting.</param>
    /// <param name="providerId">The instance, <c>aws:///us-east-1a/i-0123</c>.</param>
    /// <param name="taints">Taints of its node group.</param>
    public async Task AddNodeAsync(
        string name,
        IReadOnlyDictionary<string, string> labels,
        NodeCapacity capacity,
        CancellationToken ct,
        string? providerId = null,
        IReadOnlyList<V1Taint>? taints = null)
    {
        NodeRange range;
        lock (_gate)
        {
            if (!_ranges.TryGetValue(name, out range!))
            {
                _ranges[name] = range = context.Network.Addresses.TakeRange();
            }
        }

        var wanted = new V1Node
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                Labels = new Dictionary<string, string>(labels)
                {
                    ["kubernetes.io/hostname"] = name,
                    ["kubernetes.io/os"] = "linux",
                    ["kubernetes.io/arch"] = "amd64",
                },
            },
            Spec = new V1NodeSpec { ProviderID = providerId, PodCIDR = range.Cidr, PodCIDRs = [range.Cidr], Taints = taints is null ? null : [.. taints] },
        };
        var node = await PersistAsync(() => CreateOrFindAsync(wanted, ct), ct);
        await PersistAsync(
            () => context.Api.PatchAsync<V1Node>(
                node.Metadata, new { status = Status(name, range, capacity) }, PatchKind.Strategic, ct, "status"),
            ct);

        // The API taints what is not ready yet; in a real cluster the node controller takes that away.
        if (node.Spec?.Taints?.Any(taint => taint.Key == NotReady) == true)
        {
            var rest = node.Spec.Taints.Where(taint => taint.Key != NotReady).ToList();
            await PersistAsync(() => context.Api.PatchAsync<V1Node>(node.Metadata, new { spec = new { taints = rest } }, PatchKind.Merge, ct), ct);
        }

        context.Events.Tell(node, "node-controller", "Normal", "RegisteredNode", $"Node {name} event: Registered Node {name} in Controller");
        Added?.Invoke(name);
    }

    /// <summary>Removes a node as when its instance is terminated: its pods are gone with it.</summary>
    public async Task RemoveNodeAsync(string name, CancellationToken ct)
    {
        NodeRange? range;
        lock (_gate)
        {
            _ranges.Remove(name, out range);
        }

        Removed?.Invoke(name);
        if (await PersistAsync(() => context.Api.FindAsync<V1Node>(null, name, ct), ct) is { } node)
        {
            await PersistAsync(() => context.Api.DeleteAsync(ResourcePath.Of<V1Node>(), node.Metadata, ct), ct);
        }

        if (range is not null)
        {
            context.Network.Addresses.Return(range);
        }
    }

    private Task<T> PersistAsync<T>(Func<Task<T>> action, CancellationToken ct) => Persistence.UntilAnsweredAsync(context.Clock, action, ct);

    private async Task<V1Node> CreateOrFindAsync(V1Node wanted, CancellationToken ct)
    {
        try
        {
            return await context.Api.CreateAsync(wanted, ct);
        }
        catch (ClusterApiException failure) when (failure.IsAlreadyExists)
        {
            return await context.Api.FindAsync<V1Node>(null, wanted.Metadata.Name, ct)
                ?? throw new InvalidOperationException($"The node {wanted.Metadata.Name} was deleted while it was added.");
        }
    }

    private V1NodeStatus Status(string name, NodeRange range, NodeCapacity capacity)
    {
        var now = context.Now;
        V1NodeCondition Condition(string type, string status, string reason, string message) => new()
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastHeartbeatTime = now,
            LastTransitionTime = now,
        };
        var room = new Dictionary<string, ResourceQuantity>
        {
            ["cpu"] = new(capacity.Cpu),
            ["memory"] = new(capacity.Memory),
            ["pods"] = new(capacity.Pods.ToString(CultureInfo.InvariantCulture)),
            ["ephemeral-storage"] = new("20Gi"),
        };
        return new V1NodeStatus
        {
            Capacity = room,
            Allocatable = room,
            Addresses =
            [
                new V1NodeAddress { Type = "InternalIP", Address = range.Node.ToString() },
                new V1NodeAddress { Type = "Hostname", Address = name },
            ],
            DaemonEndpoints = new V1NodeDaemonEndpoints { KubeletEndpoint = new V1DaemonEndpoint { Port = KubeletServer.Port } },
            NodeInfo = new V1NodeSystemInfo
            {
                Architecture = "amd64",
                OperatingSystem = "linux",
                OsImage = "Mayfly local cloud",
                KernelVersion = Environment.OSVersion.Version.ToString(),
                ContainerRuntimeVersion = "containerd://2.0.0",
                KubeletVersion = "v1.32.0",
                KubeProxyVersion = "v1.32.0",
                MachineID = "",
                SystemUUID = "",
                BootID = "",
            },
            Conditions =
            [
                Condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                Condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                Condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                Condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
            ],
        };
    }
}
