using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests.Matrices;

/// <summary>One environment of a matrix, and what the promises say of it.</summary>
public sealed class MatrixEnvironment(MatrixCloud cloud, int number)
{
    private int _commits;

    /// <summary>The env id.</summary>
    public string Id { get; } = $"pr-{number.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Arguments of <c>up</c>.</summary>
    public string[] Up => ["up", "--local", "--pr", Number, "--branch", "matrix", "--commit", _commits.ToString("x40", CultureInfo.InvariantCulture)];

    /// <summary>Arguments of <c>down</c>.</summary>
    public string[] Down => ["down", "--local", "--pr", Number];

    private string Number => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>From now on another commit is asked for, so that the next run has something to deploy.</summary>
    public void MoveOn() => _commits++;

    /// <summary>Runs a command whole.</summary>
    public Task<MayflyRun> RunAsync(string[] command, CancellationToken ct) => cloud.Mayfly.RunAsync(ct, command);

    /// <summary>Runs a command and kills it, with all that it started, at an event; what the event was, null when it ended before.</summary>
    public async Task<string?> KillAsync(string[] command, int at, CancellationToken ct)
    {
        await using var run = cloud.Mayfly.StartAlone(command);
        var last = await run.WaitForNumberAsync(at, ct);
        run.KillAll();
        await Processes.GoneAsync(run.Id, ct);
        await run.EndAsync(ct);
        return last is { } happened ? Describe(happened) : null;
    }

    /// <summary>Promise 1: the run says so, and the page opens from outside.</summary>
    public async Task ReachableAsync(MayflyRun run, CancellationToken ct)
    {
        Assert.Equal("reachable", run.Ended(0).Result.GetProperty("outcome").GetString());
        using var browser = Browser();
        using var page = await browser.GetAsync(run.Result.GetProperty("url").GetString(), ct);
        Assert.True(page.IsSuccessStatusCode, $"the page answers {(int)page.StatusCode}");
    }

    /// <summary>Promise 4: the same again changes nothing and writes nothing.</summary>
    public async Task NothingForNothingAsync(CancellationToken ct)
    {
        var aws = await cloud.LastAwsRequestAsync(ct);
        var cluster = await cloud.LastClusterRequestAsync(Id, ct);
        var again = (await RunAsync(Up, ct)).Ended(0);
        Assert.False(again.Result.GetProperty("changed").GetBoolean(), $"the second run changed something\n{again.Story}");
        var writes = (await cloud.AwsWritesAsync(aws, ct)).Where(write => CallSite.OfAws(write) is not null && !IsNote(write))
            .Concat((await cloud.ClusterWritesAsync(Id, cluster, ct)).Where(write => CallSite.OfCluster(write, Id) is not null)).ToList();
        Assert.True(writes.Count == 0, $"the second run wrote {string.Join(", ", writes.Select(write => write.GetRawText()))}");
    }

    /// <summary>Promise 2: the run says so, and the APIs know nothing of it any more.</summary>
    public async Task GoneAsync(MayflyRun run, CancellationToken ct)
    {
        Assert.Equal("gone", run.Ended(0).Result.GetProperty("outcome").GetString());
        await cloud.EmptyAsync(ct);
    }

    private static string Describe(JsonElement happened)
    {
        string? Text(string name) => happened.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return string.Join(' ', new[] { Text("stage"), Text("type"), Text("address"), Text("phase"), Text("outcome") }.OfType<string>());
    }

    // The lease and the journal are the run's own notes beside the state.
    private static bool IsNote(JsonElement write) =>
        write.GetProperty("service").GetString() is "s3" && !write.GetProperty("path").GetString()!.Contains(".tfstate", StringComparison.Ordinal);

    private HttpClient Browser()
    {
        var edge = IPEndPoint.Parse(cloud.Cloud.GetProperty("edge").GetString()!);
        var handler = new SocketsHttpHandler
        {
            // As curl's --resolve: the name stays, the address is the edge's.
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(edge, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
            },
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(File.ReadAllText(cloud.Cloud.GetProperty("authority").GetString()!)));
        return new HttpClient(handler);
    }
}
