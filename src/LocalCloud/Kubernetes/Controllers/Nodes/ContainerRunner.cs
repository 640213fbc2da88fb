using System.Security.Cryptography;
using System.Text;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Images;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>
/// One container of a pod: pulls its image, makes its environment, runs it, probes it, and runs it again as long as the pod's restart
/// policy wants, later after each crash.
/// </summary>
internal sealed partial class ContainerRunner
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(5);

    // As long as that without a crash, and a crash counts as the first again.
    private static readonly TimeSpan Forgiven = TimeSpan.FromMinutes(10);

    private readonly PodWorker _pod;
    private readonly V1Container _spec;
    private readonly string _policy;
    private readonly string _fieldPath;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile V1ContainerStatus _status;

    public ContainerRunner(PodWorker pod, V1Container spec, bool isInit, V1ContainerStatus? before)
    {
        _pod = pod;
        _spec = spec;
        IsInit = isInit;
        IsSidecar = isInit && spec.RestartPolicy == "Always";
        var policy = pod.Spec.RestartPolicy ?? "Always";
        _policy = IsSidecar ? "Always" : isInit && policy == "Always" ? "OnFailure" : policy;
        _fieldPath = isInit ? $"spec.initContainers{{{spec.Name}}}" : $"spec.containers{{{spec.Name}}}";

        // A kubelet that comes back finds its containers gone: they have ended once more.
        _status = new V1ContainerStatus
        {
            Name = spec.Name,
            Image = spec.Image,
            ImageID = "",
            Ready = false,
            Started = false,
            RestartCount = before?.State?.Running is null ? before?.RestartCount ?? 0 : before.RestartCount + 1,
            State = Waiting(isInit || pod.HasInitContainers ? "PodInitializing" : "ContainerCreating", null),
            LastState = before?.LastState ?? new V1ContainerState(),
        };
    }

    public bool IsInit { get; }

    /// <summary>An init container that goes on beside the others.</summary>
    public bool IsSidecar { get; }

    public V1ContainerStatus Status => _status;

    /// <summary>Done once it runs and its startup probe has succeeded.</summary>
    public Task Started => _started.Task;

    /// <summary>How it ended for good; null as long as it has not.</summary>
    public int? FinalExit { get; private set; }

    /// <summary>Runs it until it has ended for good, or is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var crashes = 0;
        while (true)
        {
            var image = await PulledAsync(stop);
            var container = await ConfiguredAsync(stop);
            var (code, lasted, ended) = await RunOnceAsync(image, container, stop);
            var again = !stop.IsCancellationRequested && (_policy == "Always" || (_policy == "OnFailure" && code != 0));
            if (!again)
            {
                FinalExit = code;
                Set(_status with { State = ended, Ready = IsInit && code == 0, Started = false });
                return;
            }

            Set(_status with { State = ended, LastState = ended, Ready = false, Started = false });
            crashes = lasted >= Forgiven ? 1 : crashes + 1;

            // The first restart is immediate, as in a real cluster; the wait begins with the second.
            if (crashes > 1)
            {
                await BackOffAsync(crashes - 2, ended, stop);
            }

            Set(_status with { RestartCount = _status.RestartCount + 1 });
        }
    }

    private async Task BackOffAsync(int step, V1ContainerState ended, CancellationToken stop)
    {
        var wait = TimeSpan.FromSeconds(Math.Min(LongestBackOff.TotalSeconds, FirstBackOff.TotalSeconds * Math.Pow(2, Math.Min(step, 10))));
        var subject = $"{_pod.Name}_{_pod.Namespace}({_pod.Uid})";
        var text = wait.TotalSeconds < 60 ? $"{wait.TotalSeconds:0}s" : $"{(int)wait.TotalMinutes}m{wait.Seconds}s";
        Set(_status with
        {
            State = Waiting("CrashLoopBackOff", $"back-off {text} restarting failed container={_spec.Name} pod={subject}"),
            LastState = ended,
        });
        Tell("Warning", "BackOff", $"Back-off restarting failed container {_spec.Name} in pod {subject}");
        await _pod.DelayAsync(wait, stop);
    }

    private async Task<IImage> PulledAsync(CancellationToken stop)
    {
        for (var failures = 0; ; failures++)
        {
            if (!_pod.Pulls.IsPresent(_pod.Current, _spec) && ImagePulls.IsValid(_spec.Image))
            {
                Tell("Normal", "Pulling", $"Pulling image \"{_spec.Image}\"");
            }

            var begin = _pod.Context.Clock.GetTimestamp();
            var pull = await _pod.Pulls.PullAsync(
                _pod.Current, _spec, warning => _pod.Tell("Warning", "FailedToRetrieveImagePullSecret", warning), stop);
            if (pull.Image is { } image)
            {
                var took = $"{_pod.Context.Clock.GetElapsedTime(begin).TotalMilliseconds:0}ms";
                Tell("Normal", "Pulled", pull.WasPresent
                    ? $"Container image \"{_spec.Image}\" already present on machine"
                    : $"Successfully pulled image \"{_spec.Image}\" in {took} ({took} including waiting). Image size: 0 bytes.");
                return image;
            }

            Set(_status with { State = Waiting(pull.Reason, pull.Message) });
            if (pull.Reason == "InvalidImageName")
            {
                Tell("Warning", "InspectFailed", pull.Message);
                Tell("Warning", "Failed", "Error: InvalidImageName");
            }
            else
            {
                Tell("Warning", "Failed", pull.Reason == "ErrImageNeverPull" ? $"Error: {pull.Reason}" : $"Failed to pull image \"{_spec.Image}\": {pull.Message}");
                if (pull.Reason == "ErrImagePull")
                {
                    Tell("Warning", "Failed", "Error: ErrImagePull");
                }
            }

            var wait = TimeSpan.FromSeconds(Math.Min(LongestBackOff.TotalSeconds, FirstBackOff.TotalSeconds * Math.Pow(2, Math.Min(failures, 10))));
            if (pull.Reason == "ErrImagePull")
            {
                // A moment with the first reason, then the one that stays, as kubectl shows them in turn.
                await _pod.FlushAsync();
                Tell("Normal", "BackOff", $"Back-off pulling image \"{_spec.Image}\"");
                Tell("Warning", "Failed", "Error: ImagePullBackOff");
                Set(_status with { State = Waiting("ImagePullBackOff", $"Back-off pulling image \"{_spec.Image}\": ErrImagePull: {pull.Message}") });
            }

            await _pod.DelayAsync(wait, stop);
        }
    }

    private async Task<ContainerContext> ConfiguredAsync(CancellationToken stop)
    {
        while (true)
        {
            string reason, message;
            try
            {
                var variables = await _pod.Environment.ResolveAsync(_spec, stop);
                return await _pod.ContextOfAsync(_spec, variables, stop);
            }
            catch (ContainerConfigException missing)
            {
                (reason, message) = ("CreateContainerConfigError", missing.Message);
            }
            catch (ClusterApiException failure)
            {
                (reason, message) = ("CreateContainerError", failure.Message);
            }

            Set(_status with { State = Waiting(reason, message) });
            Tell("Warning", "Failed", $"Error: {message}");

            // A kubelet looks at a pod again after some ten seconds.
            await _pod.DelayAsync(TimeSpan.FromSeconds(10), stop);
        }
    }

    private void Set(V1ContainerStatus status)
    {
        _status = status;
        _pod.Changed();
    }

    private void Tell(string type, string reason, string message) => _pod.Tell(type, reason, message, _fieldPath);

    private static V1ContainerState Waiting(string reason, string? message) => new() { Waiting = new V1ContainerStateWaiting { Reason = reason, Message = message } };

    private static string NewId() => $"containerd://{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Guid.NewGuid().ToString())))}";
}
