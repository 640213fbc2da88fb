using System.Text;
using System.Text.Json.Nodes;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Clouds.Cluster;

/// <summary>
/// A kubeconfig for one run, for programs. The token lies in a file of its own that is renewed in the background, because clients
/// read it again every minute: so a run may take longer than its token. Both files are the owner's alone and go when the run ends.
/// </summary>
public sealed class Kubeconfig : IAsyncDisposable
{
    // Within what a token has left when it is handed out, the minute included that a client goes without looking.
    private static readonly TimeSpan RenewEvery = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly string _tokenFile;
    private Task _renewal = Task.CompletedTask;

    private Kubeconfig(string path, string tokenFile) => (Path, _tokenFile) = (path, tokenFile);

    /// <summary>The file for <c>--kubeconfig</c>.</summary>
    public string Path { get; }

    /// <summary>Writes both files.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="directory">A folder of the environment; each run has files of its own there.</param>
    /// <param name="clock">When to renew.</param>
    /// <param name="ct">Cancels the writing.</param>
    public static async Task<Kubeconfig> WriteAsync(Cluster cluster, string directory, TimeProvider clock, CancellationToken ct)
    {
        OwnerOnly.CreateDirectory(directory);
        var name = System.IO.Path.Combine(directory, $"kube-{Guid.CreateVersion7():n}");
        var kubeconfig = new Kubeconfig(name + ".json", name + ".token");
        await kubeconfig.WriteTokenAsync(cluster, ct);
        OwnerOnly.Write(kubeconfig.Path, Encoding.UTF8.GetBytes(Content(cluster, kubeconfig._tokenFile).ToJsonString()));
        kubeconfig._renewal = kubeconfig.RenewAsync(cluster, clock, kubeconfig._stop.Token);
        return kubeconfig;
    }

    /// <summary>Writes the token that is good now.</summary>
    public async Task WriteTokenAsync(Cluster cluster, CancellationToken ct) =>
        OwnerOnly.Write(_tokenFile, Encoding.UTF8.GetBytes(await cluster.Token.GetAsync(ct)));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewal;
        File.Delete(Path);
        File.Delete(_tokenFile);
        _stop.Dispose();
    }

    private async Task RenewAsync(Cluster cluster, TimeProvider clock, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(RenewEvery, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (!ct.IsCancellationRequested)
                {
                    await WriteTokenAsync(cluster, ct);
                }
            }
            catch (Exception e) when (e is OperationCanceledException || OutsideWorld.Classify(e) is not null)
            {
                // The token in place is good for some minutes more; the next round tries again.
            }
        }
    }

    private static JsonObject Content(Cluster cluster, string tokenFile) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Config",
        ["clusters"] = new JsonArray(new JsonObject
        {
            ["name"] = "environment",
            ["cluster"] = new JsonObject
            {
                ["server"] = cluster.Facts.Endpoint,
                ["certificate-authority-data"] = cluster.Facts.AuthorityData,
            },
        }),
        ["users"] = new JsonArray(new JsonObject
        {
            ["name"] = "mayfly",
            ["user"] = new JsonObject { ["tokenFile"] = tokenFile },
        }),
        ["contexts"] = new JsonArray(new JsonObject
        {
            ["name"] = "environment",
            ["context"] = new JsonObject { ["cluster"] = "environment", ["user"] = "mayfly" },
        }),
        ["current-context"] = "environment",
    };
}
