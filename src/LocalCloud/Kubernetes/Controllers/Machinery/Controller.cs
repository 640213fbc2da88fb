using k8s;
using k8s.Models;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

/// <summary>
/// A loop that makes the cluster agree with one kind of object. It is told only which object to look at, never what changed, so that
/// a missed or doubled change does no harm; what fails is tried again, later each time.
/// </summary>
public abstract class Controller : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _workers;
    private readonly List<Action> _resyncs = [];
    private Task _running = Task.CompletedTask;
    private ITimer? _resync;

    /// <summary>Sets the controller up; it must ask for its informers in its constructor.</summary>
    /// <param name="context">What it shares with the others.</param>
    /// <param name="name">Its name, as it signs events.</param>
    /// <param name="workers">How many objects it works on at the same time.</param>
    protected Controller(ControllerContext context, string name, int workers = 2)
    {
        Context = context;
        Name = name;
        _workers = workers;
        Queue = new WorkQueue(context.Clock);
    }

    /// <summary>Its name, as it signs events.</summary>
    public string Name { get; }

    /// <summary>What it shares with the others.</summary>
    protected ControllerContext Context { get; }

    /// <summary>The API.</summary>
    protected ClusterApi Api => Context.Api;

    /// <summary>What needs work.</summary>
    protected WorkQueue Queue { get; }

    /// <summary>Starts working; call it once the informers are synced.</summary>
    public void Start()
    {
        _running = Task.WhenAll(Enumerable.Range(0, _workers).Select(_ => Task.Run(WorkAsync)));
        _resync = Context.Clock.CreateTimer(_ => _resyncs.ForEach(resync => resync()), null, Context.Options.Resync, Context.Options.Resync);
    }

    /// <summary>Makes the cluster agree with the object of that key, which may be gone.</summary>
    protected abstract Task ReconcileAsync(string key, CancellationToken ct);

    /// <summary>Works on each object of a kind whenever it changes.</summary>
    protected Informer<T> Watch<T>()
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var informer = Context.Informers.For<T>();
        informer.OnChange((old, item) => Queue.Add(ObjectStore<T>.KeyOf((item ?? old)!.Metadata)));
        _resyncs.Add(() => informer.Store.List().ForEach(item => Queue.Add(ObjectStore<T>.KeyOf(item.Metadata))));
        return informer;
    }

    /// <summary>Works on the keys that a change of another kind concerns.</summary>
    protected Informer<T> Watch<T>(Func<T, IEnumerable<string>> concerned)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var informer = Context.Informers.For<T>();
        informer.OnChange((old, item) =>
        {
            foreach (var key in (old is null ? [] : concerned(old)).Concat(item is null ? [] : concerned(item)).Distinct())
            {
                Queue.Add(key);
            }
        });
        return informer;
    }

    /// <summary>Tells an event about an object in this controller's name.</summary>
    protected void Tell(IKubernetesObject<V1ObjectMeta> about, bool warning, string reason, string message) =>
        Context.Events.Tell(about, Name, warning ? "Warning" : "Normal", reason, message);

    private async Task WorkAsync()
    {
        var ct = _stopping.Token;
        while (!ct.IsCancellationRequested)
        {
            string key;
            try
            {
                key = await Queue.TakeAsync(ct);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                await ReconcileAsync(key, ct);
                Queue.Succeeded(key);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (ClusterApiException failure)
            {
                if (!failure.IsConflict && !failure.IsNotFound && !failure.IsNamespaceTerminating)
                {
                    Context.Options.Diagnostics.WriteLine($"{Name} {key}: {(int)failure.Status} {failure.Message}");
                }

                Queue.AddFailed(key);
            }
            catch (Exception failure) when (Persistence.IsPassing(failure))
            {
                Context.Options.Diagnostics.WriteLine($"{Name} {key}: {failure.Message}");
                Queue.AddFailed(key);
            }
            catch (Exception fault)
            {
                // A bug on one object must not end the work on all others.
                Context.Options.Diagnostics.WriteLine($"{Name} {key}: {fault}");
                Queue.AddFailed(key);
            }
            finally
            {
                Queue.Done(key);
            }
        }
    }

    /// <inheritdoc />
    public virtual async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _resync?.Dispose();
        await _running;
        Queue.Dispose();
        _stopping.Dispose();
        GC.SuppressFinalize(this);
    }
}
