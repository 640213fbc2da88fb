using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Mayfly.Aws;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests.Matrices;

/// <summary>A local cloud that cases of a matrix run on, one environment after the other.</summary>
public sealed class MatrixCloud : LocalCloudFixture
{
    private const string Bucket = "jetscale-mayfly-state";
    private readonly HttpClient _control = new();
    private IReadOnlySet<string> _empty = new HashSet<string>();
    private int _number = 100;

    /// <summary>The clients that its proof is asked with.</summary>
    public AwsSession Session { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var own = AwsSession.For(new Uri(Cloud.GetProperty("aws").GetString()!), Cloud.GetProperty("region").GetString()!, "census", "census").Options;
        Session = new AwsSession(own with { Application = "census" });
        _empty = await Census.TakeAsync(Session, Bucket, CancellationToken.None);
    }

    public override async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>A new environment, of a pull request that nobody had before.</summary>
    public MatrixEnvironment Next() => new(this, Interlocked.Increment(ref _number));

    /// <summary>What stands in the account now.</summary>
    public Task<IReadOnlySet<string>> CensusAsync(CancellationToken ct) => Census.TakeAsync(Session, Bucket, ct);

    /// <summary>Fails when anything stands there that did not before the first environment.</summary>
    public async Task EmptyAsync(CancellationToken ct)
    {
        var left = (await Census.TakeAsync(Session, Bucket, ct)).Except(_empty).Order().ToList();
        Assert.True(left.Count == 0, $"left behind: {string.Join(", ", left)}");
    }

    /// <summary>Switches a fault on; gives its id.</summary>
    public async Task<string> AddFaultAsync(object fault, CancellationToken ct)
    {
        using var answer = await _control.PostAsJsonAsync(ControlUrl("/faults"), fault, ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id").GetString()!;
    }

    /// <summary>The ids of faults that wait still.</summary>
    public async Task<IReadOnlySet<string>> WaitingFaultsAsync(CancellationToken ct) =>
        (await _control.GetFromJsonAsync<JsonElement>(ControlUrl("/faults"), ct)).EnumerateArray()
            .Select(fault => fault.GetProperty("id").GetString()!).ToHashSet(StringComparer.Ordinal);

    /// <summary>Switches all faults off.</summary>
    public async Task ClearFaultsAsync(CancellationToken ct) => (await _control.DeleteAsync(ControlUrl("/faults"), ct)).Dispose();

    /// <summary>What was asked of AWS after a request.</summary>
    public Task<IReadOnlyList<JsonElement>> AwsAfterAsync(long since, CancellationToken ct) => AskedAsync($"/requests/aws?since={Text(since)}", ct);

    /// <summary>What was asked of a cluster after a request, of one that has ended too; nothing when there was none.</summary>
    public Task<IReadOnlyList<JsonElement>> ClusterAfterAsync(string cluster, long since, CancellationToken ct) =>
        AskedAsync($"/requests/kubernetes/{cluster}?since={Text(since)}", ct);

    private async Task<IReadOnlyList<JsonElement>> AskedAsync(string path, CancellationToken ct)
    {
        using var answer = await _control.GetAsync(ControlUrl(path), ct);
        return answer.StatusCode == System.Net.HttpStatusCode.NotFound
            ? []
            : [.. (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).EnumerateArray().Select(request => request.Clone())];
    }

    private string ControlUrl(string path) => Cloud.GetProperty("control").GetString()!.TrimEnd('/') + path;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
