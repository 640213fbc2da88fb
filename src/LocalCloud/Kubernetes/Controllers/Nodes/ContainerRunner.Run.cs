using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Images;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>One run of a container, from its start to its end.</summary>
internal sealed partial class ContainerRunner
{
    /// <summary>What a shell says of a process that a signal ended: 128 and the signal's number.</summary>
    private const int Terminated = 143;
    private const int Killed = 137;

    private async Task<(int Code, TimeSpan Lasted, V1ContainerState Ended)> RunOnceAsync(IImage image, ContainerContext container, CancellationToken stop)
    {
        var clock = _pod.Context.Clock;
        var log = new LogBuffer(clock, _pod.Context.Options.LogLimit);
        _pod.Logs.Begin(_pod.Namespace, _pod.Name, _spec.Name, log);
        container = container with { Log = log };
        var id = NewId();
        var startedAt = _pod.Context.Now;
        var begin = clock.GetTimestamp();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_pod.Killed);
        using var probing = CancellationTokenSource.CreateLinkedTokenSource(_pod.Killed, stop);
        var unhealthy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        Tell("Normal", "Created", $"Created container: {_spec.Name}");
        var run = Task.Run(() => ExitCodeAsync(image, container, log, ending.Token), CancellationToken.None);
        Tell("Normal", "Started", $"Started container {_spec.Name}");
        var started = _spec.StartupProbe is null;
        Set(_status with
        {
            State = new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = startedAt } },
            ContainerID = id,
            Image = ImagePulls.FullName(_spec.Image),
            ImageID = ImagePulls.Id(_spec.Image),
            Started = started,
            Ready = started && _spec.ReadinessProbe is null,
        });
        if (started)
        {
            _started.TrySetResult();
        }

        var probes = ProbeAsync(image, container, unhealthy, probing.Token);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stop.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), stopped))
        {
            await Task.WhenAny(run, unhealthy.Task, stopped.Task);
        }

        if (!run.IsCompleted)
        {
            await StopAsync(image, container, run, ending, becauseUnhealthy: unhealthy.Task.IsCompleted);
        }

        await probing.CancelAsync();
        await probes;
        var code = run.IsCompleted ? await run : Killed;
        log.End();
        var ended = new V1ContainerState
        {
            Terminated = new V1ContainerStateTerminated
            {
                ContainerID = id,
                ExitCode = code,
                Reason = code == 0 ? "Completed" : "Error",
                Message = code != 0 && _spec.TerminationMessagePolicy == "FallbackToLogsOnError"
                    ? string.Join('\n', log.Tail(80).Select(line => line.Text))
                    : null,
                StartedAt = startedAt,
                FinishedAt = _pod.Context.Now,
            },
        };
        return (code, clock.GetElapsedTime(begin), ended);
    }

    private async Task StopAsync(IImage image, ContainerContext container, Task<int> run, CancellationTokenSource ending, bool becauseUnhealthy)
    {
        if (!becauseUnhealthy)
        {
            Tell("Normal", "Killing", $"Stopping container {_spec.Name}");
        }

        var grace = _pod.Grace;
        if (_spec.Lifecycle?.PreStop is { } hook)
        {
            await Task.WhenAny(run, PreStopAsync(image, container, hook), Task.Delay(grace, _pod.Context.Clock, _pod.Killed));
        }

        await ending.CancelAsync();

        // The wait is for an image that does not listen; one that does is gone at once.
        await Task.WhenAny(run, Task.Delay(grace, _pod.Context.Clock, _pod.Killed));
        if (!run.IsCompleted)
        {
            // When the whole pod was killed there was no wait yet: a moment for the image to notice.
            await Task.WhenAny(run, Task.Delay(TimeSpan.FromSeconds(2), _pod.Context.Clock, CancellationToken.None));
        }

        if (!run.IsCompleted)
        {
            _pod.Context.Options.Diagnostics.WriteLine($"kubelet: {_pod.Namespace}/{_pod.Name} {_spec.Name} did not stop; it is left behind");
        }
    }

    private async Task PreStopAsync(IImage image, ContainerContext container, V1LifecycleHandler hook)
    {
        if (hook.Sleep is { } sleep)
        {
            await Task.Delay(_pod.Context.Options.Scale(TimeSpan.FromSeconds(sleep.Seconds)), _pod.Context.Clock, _pod.Killed)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else if (hook.Exec is { } exec && await image.ExecAsync(container, [.. exec.Command], _pod.Killed) is not 0 and var code)
        {
            Tell("Warning", "FailedPreStopHook", $"PreStopHook failed: command exited with {code}");
        }
    }

    private static async Task<int> ExitCodeAsync(IImage image, ContainerContext container, LogBuffer log, CancellationToken ending)
    {
        try
        {
            return await image.RunAsync(container, ending);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return Terminated;
        }
        catch (Exception fault)
        {
            // A process that dies of an unhandled fault says so on its standard error, and ends with 134.
            await log.WriteLineAsync($"Unhandled exception. {fault}");
            return 134;
        }
    }

    private async Task ProbeAsync(IImage image, ContainerContext container, TaskCompletionSource unhealthy, CancellationToken ct)
    {
        try
        {
            if (_spec.StartupProbe is { } startup)
            {
                var up = false;
                await _pod.Probes.RunAsync(startup, image, container, eager: true, ok => { up = ok; return false; }, Failed("Startup"), ct);
                if (!up)
                {
                    Tell("Normal", "Killing", $"Container {_spec.Name} failed startup probe, will be restarted");
                    unhealthy.TrySetResult();
                    return;
                }

                Set(_status with { Started = true, Ready = _spec.ReadinessProbe is null });
                _started.TrySetResult();
            }

            await Task.WhenAll(ReadinessAsync(image, container, ct), LivenessAsync(image, container, unhealthy, ct));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private Task ReadinessAsync(IImage image, ContainerContext container, CancellationToken ct) => _spec.ReadinessProbe is not { } readiness
        ? Task.CompletedTask
        : _pod.Probes.RunAsync(
            readiness,
            image,
            container,
            eager: true,
            ok =>
            {
                if (_status.Ready != ok && !ct.IsCancellationRequested)
                {
                    Set(_status with { Ready = ok });
                }

                return true;
            },
            Failed("Readiness"),
            ct);

    private async Task LivenessAsync(IImage image, ContainerContext container, TaskCompletionSource unhealthy, CancellationToken ct)
    {
        if (_spec.LivenessProbe is { } liveness)
        {
            await _pod.Probes.RunAsync(liveness, image, container, eager: true, ok => ok, Failed("Liveness"), ct);
            Tell("Normal", "Killing", $"Container {_spec.Name} failed liveness probe, will be restarted");
            unhealthy.TrySetResult();
        }
    }

    private Action<string> Failed(string kind) => fault => Tell("Warning", "Unhealthy", $"{kind} probe failed: {fault}");
}
