using System.Text.Json.Nodes;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>What the kubelet tells of a pod: one write for all changes that came together, none when there is nothing new.</summary>
internal sealed partial class PodWorker
{
    private readonly Lock _writeGate = new();
    private readonly DateTime _startTime;
    private readonly Dictionary<string, V1PodCondition> _conditions = [];
    private JsonNode? _written;
    private Task _writing = Task.CompletedTask;
    private bool _dirty;

    /// <summary>Something about the pod is new.</summary>
    public void Changed()
    {
        lock (_writeGate)
        {
            _dirty = true;
            if (_writing.IsCompleted)
            {
                _writing = Task.Run(WriteAsync);
            }
        }
    }

    /// <summary>Waits until what is new is told.</summary>
    public Task FlushAsync()
    {
        lock (_writeGate)
        {
            return _writing;
        }
    }

    private async Task WriteAsync()
    {
        for (var failures = 0; !_killed.IsCancellationRequested;)
        {
            V1PodStatus status;
            lock (_writeGate)
            {
                if (!_dirty)
                {
                    return;
                }

                _dirty = false;
                status = Status();
            }

            var json = Facts.Json(status);
            if (JsonNode.DeepEquals(json, _written))
            {
                continue;
            }

            try
            {
                var patch = new { metadata = new { uid = Uid }, status };
                await Context.Api.PatchAsync<V1Pod>(_pod.Metadata, patch, PatchKind.Strategic, _killed.Token, "status");
                _written = json;
                failures = 0;
            }
            catch (ClusterApiException failure) when (failure.IsNotFound || failure.IsConflict)
            {
                return;
            }
            catch (Exception failure) when (failure is ClusterApiException or HttpRequestException or IOException)
            {
                lock (_writeGate)
                {
                    _dirty = true;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5000, 50 * Math.Pow(2, failures++))), Context.Clock, _killed.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private V1PodStatus Status()
    {
        var inits = _inits.ConvertAll(container => container.Status);
        var mains = _mains.ConvertAll(container => container.Status);
        var phase = Phase(inits, mains);
        var ended = phase is "Succeeded" or "Failed";
        var unready = mains.Where(status => !status.Ready).Select(status => status.Name)
            .Concat(_inits.Where(container => container.IsSidecar && !container.Status.Ready).Select(container => container.Status.Name))
            .ToList();
        var sequence = _inits.Where(container => !container.IsSidecar && container.FinalExit != 0).Select(container => container.Status.Name).ToList();
        var containersReady = _initialized && !ended && unready.Count == 0;
        var closed = (Spec.ReadinessGates ?? []).Select(gate => gate.ConditionType).Where(type => Facts.Condition(_pod, type)?.Status != "True").ToList();
        var unreadyReason = ended && phase == "Succeeded" ? "PodCompleted" : ended ? "PodFailed" : "ContainersNotReady";
        var unreadyMessage = ended ? null : $"containers with unready status: [{string.Join(' ', unready)}]";
        Set("PodReadyToStartContainers", !ended, null, null);
        Set("Initialized", _initialized || (ended && phase == "Succeeded"), ended ? "PodCompleted" : "ContainersNotInitialized",
            sequence.Count == 0 ? null : $"containers with incomplete status: [{string.Join(' ', sequence)}]");
        Set("ContainersReady", containersReady, unreadyReason, unreadyMessage);
        Set("Ready", containersReady && closed.Count == 0, containersReady ? "ReadinessGatesNotReady" : unreadyReason,
            containersReady ? string.Join(", ", closed.Select(type => $"corresponding condition of pod readiness gate \"{type}\" does not exist or is not True.")) : unreadyMessage);
        Set("PodScheduled", true, null, null);
        var address = _lease.Pod.ToString();
        return new V1PodStatus
        {
            Phase = phase,
            StartTime = _startTime,
            HostIP = _lease.Node.ToString(),
            HostIPs = [new V1HostIP { Ip = _lease.Node.ToString() }],
            PodIP = address,
            PodIPs = [new V1PodIP { Ip = address }],
            QosClass = Qos(),
            Conditions = [.. _conditions.Values],
            InitContainerStatuses = inits.Count == 0 ? null : inits,
            ContainerStatuses = mains,
        };
    }

    private string Phase(List<V1ContainerStatus> inits, List<V1ContainerStatus> mains)
    {
        if (Facts.IsFinished(_pod))
        {
            return _pod.Status.Phase;
        }

        if (_inits.Exists(container => !container.IsSidecar && container.FinalExit is not null and not 0))
        {
            return "Failed";
        }

        if (_mains.TrueForAll(container => container.FinalExit is not null))
        {
            return _mains.TrueForAll(container => container.FinalExit == 0) ? "Succeeded" : "Failed";
        }

        var begun = _initialized && mains.TrueForAll(status => status.State.Waiting is null || status.LastState?.Terminated is not null || status.RestartCount > 0);
        return begun ? "Running" : "Pending";
    }

    private void Set(string type, bool value, string? reason, string? message)
    {
        var text = value ? "True" : "False";
        var known = _conditions.GetValueOrDefault(type) ?? Facts.Condition(_pod, type);
        _conditions[type] = new V1PodCondition
        {
            Type = type,
            Status = text,
            Reason = value ? (type is "Ready" or "ContainersReady" or "Initialized" ? "" : null) : reason,
            Message = value ? (type is "Ready" or "ContainersReady" or "Initialized" ? "" : null) : message,
            LastTransitionTime = known?.Status == text ? known.LastTransitionTime : Context.Now,
        };
    }

    private string Qos()
    {
        var containers = Spec.Containers.Concat(Spec.InitContainers ?? []).ToList();
        if (containers.TrueForAll(container => (container.Resources?.Requests?.Count ?? 0) + (container.Resources?.Limits?.Count ?? 0) == 0))
        {
            return "BestEffort";
        }

        return containers.TrueForAll(container => new[] { "cpu", "memory" }.All(resource =>
            container.Resources?.Limits is { } limits && limits.TryGetValue(resource, out var limit)
            && (container.Resources.Requests is not { } requests || !requests.TryGetValue(resource, out var request) || request.ToDecimal() == limit.ToDecimal())))
            ? "Guaranteed"
            : "Burstable";
    }
}
