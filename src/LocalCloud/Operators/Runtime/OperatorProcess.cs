using Mayfly.LocalCloud.Kubernetes.Controllers;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Images;

namespace Mayfly.LocalCloud.Operators.Runtime;

/// <summary>What an operator's pod runs: controllers that are clients of the API with the pod's own service account.</summary>
internal sealed class OperatorProcess : IAsyncDisposable
{
    private readonly List<Controller> _controllers = [];

    public OperatorProcess(ContainerContext container, string userAgent)
    {
        Container = container;
        Flags = new Flags(container.Arguments);
        Api = new ClusterApi(container.Cluster, userAgent);
        Informers = new Informers(Api, container.Cloud.Clock);
        Events = new EventRecorder(Api, container.Cloud.Clock);
        Context = new ControllerContext(
            Api, Informers, Events, container.Cloud, new ImageCatalog(), container.Network, new ControllerOptions { Diagnostics = TextWriter.Synchronized(container.Log) });
    }

    public ContainerContext Container { get; }

    public Flags Flags { get; }

    public ClusterApi Api { get; }

    public Informers Informers { get; }

    public EventRecorder Events { get; }

    public ControllerContext Context { get; }

    /// <summary>The namespace the pod is in.</summary>
    public string Namespace => Container.Pod.Metadata.NamespaceProperty;

    public T Add<T>(T controller)
        where T : Controller
    {
        _controllers.Add(controller);
        return controller;
    }

    /// <summary>Writes a line to the container's log.</summary>
    public void Log(string message) =>
        Context.Options.Diagnostics.WriteLine($"{Container.Cloud.Clock.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} {message}");

    /// <summary>Starts the controllers once their caches are filled, and waits until the container is stopped.</summary>
    public async Task RunAsync(CancellationToken stopped)
    {
        await Informers.SyncedAsync(stopped);
        _controllers.ForEach(controller => controller.Start());
        await Task.Delay(Timeout.Infinite, stopped);
    }

    /// <summary>Runs a program until it is stopped; being stopped is no failure.</summary>
    public static async Task<int> UntilStoppedAsync(Func<Task> run, CancellationToken stopped)
    {
        try
        {
            await run();
            return 0;
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var controller in _controllers)
        {
            await controller.DisposeAsync();
        }

        await Informers.DisposeAsync();
        await Events.DisposeAsync();
        Api.Dispose();
    }
}
