using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>All clusters, and what goes on in the background.</summary>
internal sealed class EksState(EksOptions options) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _background = [];

    public EksOptions Options => options;

    /// <summary>Guards everything below and all documents.</summary>
    public Lock Lock { get; } = new();

    public Dictionary<string, EksCluster> Clusters { get; } = new(StringComparer.Ordinal);

    /// <summary>The cluster; call it under the lock.</summary>
    public EksCluster Get(AwsCall call, string name) =>
        Clusters.TryGetValue(name, out var cluster) && cluster.Region == call.Region
            ? cluster
            : throw EksError.NotFound($"No cluster found for name: {name}.");

    /// <summary>The cluster, which must be ACTIVE; call it under the lock.</summary>
    public EksCluster GetActive(AwsCall call, string name)
    {
        var cluster = Get(call, name);
        return cluster.Status is "ACTIVE" or "UPDATING"
            ? cluster
            : throw EksError.InvalidRequest($"Cluster '{name}' is not in ACTIVE status");
    }

    /// <summary>The ARN of something in a cluster.</summary>
    public string Arn(EksCluster cluster, string kind, params ReadOnlySpan<string> names) =>
        $"arn:aws:eks:{cluster.Region}:{options.Account}:{kind}/{cluster.Name}/{string.Join('/', names)}";

    /// <summary>Goes on without the caller; stopped with the local cloud.</summary>
    public void InBackground(Func<CancellationToken, Task> work)
    {
        var task = Task.Run(() => work(_stop.Token), CancellationToken.None);
        lock (Lock)
        {
            _background.RemoveAll(done => done.IsCompleted);
            _background.Add(task);
        }
    }

    /// <summary>Waits as long as AWS would, or as long as the work takes, whichever is longer.</summary>
    public async Task AtLeastAsync(TimeSpan time, Task work, CancellationToken ct) =>
        await Task.WhenAll(Task.Delay(time, options.Clock, ct), work);

    /// <summary>Notes a finished update, and answers with it.</summary>
    public JsonObject Updated(EksCluster cluster, string type, string status = "Successful")
    {
        var id = Guid.NewGuid().ToString();
        var update = new JsonObject
        {
            ["id"] = id,
            ["status"] = status,
            ["type"] = type,
            ["params"] = new JsonArray(),
            ["createdAt"] = options.Clock.Epoch(),
            ["errors"] = new JsonArray(),
        };
        cluster.Updates[id] = update;
        return new JsonObject { ["update"] = update.DeepClone() };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] running;
        lock (Lock)
        {
            running = [.. _background];
        }

        // They were cancelled; how they end does not matter any more.
        await Task.WhenAll(running).ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
    }
}
