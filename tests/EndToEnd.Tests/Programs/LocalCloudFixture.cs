using System.Text.Json;

namespace Mayfly.EndToEnd.Tests.Programs;

/// <summary>A local cloud of the test's own, started and stopped by the program itself, with the reference repository on it.</summary>
public class LocalCloudFixture : IAsyncLifetime
{
    private readonly HttpClient _http = new();

    /// <summary>MAYFLY_HOME.</summary>
    public string Home { get; } = Directory.CreateTempSubdirectory("mayfly-home").FullName;

    /// <summary>The repository that the program is called in.</summary>
    public Repository Repository { get; } = Repository.Copy();

    /// <summary>The program.</summary>
    public MayflyProgram Mayfly { get; private set; } = null!;

    /// <summary>What the cloud tells of itself.</summary>
    public JsonElement Cloud { get; private set; }

    public virtual async ValueTask InitializeAsync()
    {
        // The tools are fetched once for all tests, by ./test.
        Directory.CreateSymbolicLink(Path.Combine(Home, "tools"), Path.Combine(UserHome, "tools"));
        Mayfly = new MayflyProgram(Home, Repository.Directory);
        (await Mayfly.RunAsync(CancellationToken.None, "local", "start", "--zone", "jetscale.ai", "--bucket", "jetscale-mayfly-state")).Ended(0);
        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Home, "local", "cloud.json")));
        Cloud = document.RootElement.Clone();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Mayfly.RunAsync(CancellationToken.None, "local", "stop");
        _http.Dispose();
        Repository.Dispose();
        Directory.Delete(Home, recursive: true);
    }

    /// <summary>Asks the local cloud's AWS something by its REST path; the cloud takes any signature.</summary>
    public async Task<JsonElement> AwsAsync(string service, string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Cloud.GetProperty("aws").GetString()!.TrimEnd('/') + path);
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0");
        using var response = await _http.SendAsync(request, ct);
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(ct));
        return document.RootElement.Clone();
    }

    /// <summary>The highest number of a request to AWS so far.</summary>
    public async Task<long> LastAwsRequestAsync(CancellationToken ct) =>
        (await RequestsAsync("aws", 0, writesOnly: false, ct)).Select(NumberOf).DefaultIfEmpty().Max();

    /// <summary>Writes to AWS since a request.</summary>
    public Task<IReadOnlyList<JsonElement>> AwsWritesAsync(long since, CancellationToken ct) => RequestsAsync("aws", since, writesOnly: true, ct);

    /// <summary>The highest number of a request to a cluster so far.</summary>
    public async Task<long> LastClusterRequestAsync(string cluster, CancellationToken ct) =>
        (await RequestsAsync($"kubernetes/{cluster}", 0, writesOnly: false, ct)).Select(NumberOf).DefaultIfEmpty().Max();

    /// <summary>Writes to a cluster's API since a request.</summary>
    public Task<IReadOnlyList<JsonElement>> ClusterWritesAsync(string cluster, long since, CancellationToken ct) =>
        RequestsAsync($"kubernetes/{cluster}", since, writesOnly: true, ct);

    private static string UserHome =>
        Environment.GetEnvironmentVariable("MAYFLY_HOME") is { Length: > 0 } home
            ? home
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".mayfly");

    private static long NumberOf(JsonElement request) => request.GetProperty("number").GetInt64();

    /// <summary>What one API was asked since a request: <c>aws</c>, or <c>kubernetes/CLUSTER</c>.</summary>
    public async Task<IReadOnlyList<JsonElement>> RequestsAsync(string api, long since, bool writesOnly, CancellationToken ct)
    {
        var url = $"{Cloud.GetProperty("control").GetString()!.TrimEnd('/')}/requests/{api}?since={since}{(writesOnly ? "&writes=true" : "")}";
        using var document = JsonDocument.Parse(await _http.GetByteArrayAsync(url, ct));
        return [.. document.RootElement.EnumerateArray().Select(request => request.Clone())];
    }
}
