using System.Threading.Channels;
using k8s;
using k8s.Models;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

/// <summary>
/// Writes events as the components of a real cluster do: the same thing said again raises the count of the event that is there.
/// Telling never waits and never fails; an event that the API refuses, in a namespace that is going, is lost.
/// </summary>
public sealed class EventRecorder : IAsyncDisposable
{
    private const int Remembered = 2048;
    private readonly ClusterApi _api;
    private readonly TimeProvider _clock;
    private readonly Channel<Corev1Event> _told = Channel.CreateBounded<Corev1Event>(
        new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Dictionary<string, Corev1Event> _written = [];
    private readonly Queue<string> _age = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writing;
    private long _last;

    /// <summary>A recorder for one cluster.</summary>
    public EventRecorder(ClusterApi api, TimeProvider clock)
    {
        _api = api;
        _clock = clock;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Tells something about an object.</summary>
    /// <param name="about">The object.</param>
    /// <param name="component">Who tells it.</param>
    /// <param name="type"><c>Normal</c> or <c>Warning</c>.</param>
    /// <param name="reason">One word, <c>FailedScheduling</c>.</param>
    /// <param name="message">A sentence.</param>
    /// <param name="host">The node it happened on.</param>
    /// <param name="fieldPath">The part of the object, <c>spec.containers{web}</c>.</param>
    public void Tell(
        IKubernetesObject<V1ObjectMeta> about, string component, string type, string reason, string message, string? host = null, string? fieldPath = null)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        now = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
        var subject = about.Metadata;
        _told.Writer.TryWrite(new Corev1Event
        {
            Metadata = new V1ObjectMeta
            {
                Name = $"{subject.Name}.{Tick():x16}",
                NamespaceProperty = string.IsNullOrEmpty(subject.NamespaceProperty) ? "default" : subject.NamespaceProperty,
            },
            InvolvedObject = new V1ObjectReference
            {
                ApiVersion = about.ApiVersion,
                Kind = about.Kind,
                Name = subject.Name,
                NamespaceProperty = subject.NamespaceProperty,
                Uid = subject.Uid,
                ResourceVersion = subject.ResourceVersion,
                FieldPath = fieldPath,
            },
            Type = type,
            Reason = reason,
            Message = message.Length > 1024 ? message[..1024] : message,
            Source = new V1EventSource { Component = component, Host = host },
            ReportingComponent = component,
            ReportingInstance = host ?? "",
            FirstTimestamp = now,
            LastTimestamp = now,
            Count = 1,
        });
    }

    private long Tick()
    {
        // Names must differ also when two events fall into one tick of the clock.
        var now = _clock.GetUtcNow().UtcTicks;
        long last, next;
        do
        {
            last = Interlocked.Read(ref _last);
            next = Math.Max(now, last + 1);
        }
        while (Interlocked.CompareExchange(ref _last, next, last) != last);
        return next;
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var told in _told.Reader.ReadAllAsync(_stopping.Token))
            {
                try
                {
                    await Persistence.UntilAnsweredAsync(_clock, () => WriteAsync(told, _stopping.Token), _stopping.Token);
                }
                catch (ClusterApiException)
                {
                    // Refused for good: the namespace is going, or gone.
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<Corev1Event> WriteAsync(Corev1Event told, CancellationToken ct)
    {
        var key = string.Join('\n', told.InvolvedObject.Uid, told.InvolvedObject.FieldPath, told.Source.Component, told.Type, told.Reason, told.Message);
        if (_written.TryGetValue(key, out var known))
        {
            try
            {
                known.Count++;
                known.LastTimestamp = told.LastTimestamp;
                return await _api.PatchAsync<Corev1Event>(
                    known.Metadata,
                    new Dictionary<string, object?> { ["count"] = known.Count, ["lastTimestamp"] = known.LastTimestamp },
                    PatchKind.Merge,
                    ct);
            }
            catch (ClusterApiException failure) when (failure.IsNotFound)
            {
                // Events live for an hour in a cluster; then the story begins anew.
            }
        }

        await _api.CreateAsync(told, ct);
        if (_written.TryAdd(key, told))
        {
            _age.Enqueue(key);
            if (_age.Count > Remembered)
            {
                _written.Remove(_age.Dequeue());
            }
        }
        else
        {
            _written[key] = told;
        }

        return told;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _writing;
        _stopping.Dispose();
    }
}
