using System.Text.Json;
using Mayfly.EndToEnd.Tests.Programs;

namespace Mayfly.EndToEnd.Tests;

/// <summary>
/// An environment's life, told once on one local cloud. Each test looks at one chapter; the chapters run in their order whichever
/// test asks first.
/// </summary>
public sealed class EnvironmentLife : LocalCloudFixture
{
    public const string Commit = "1111111111111111111111111111111111111111";
    public const string NewCommit = "2222222222222222222222222222222222222222";

    private readonly Lazy<Task<Birth>> _born;
    private readonly Lazy<Task<Chapter>> _again;
    private readonly Lazy<Task<Chapter>> _moved;
    private readonly Lazy<Task<MayflyRun>> _neighbour;
    private readonly Lazy<Task<MayflyRun>> _gone;

    public EnvironmentLife()
    {
        _born = new(async () =>
        {
            var run = await UpAsync(42, "feature/login", Commit);
            using var browser = Browser();
            using var page = await browser.GetAsync(new Uri(run.Result.GetProperty("url").GetString()!));
            return new Birth(run, page.IsSuccessStatusCode);
        });
        _again = new(() => ChapterAsync(_born.Value, () => UpAsync(42, "feature/login", Commit)));
        _moved = new(() => ChapterAsync(_again.Value, () => UpAsync(42, "feature/login", NewCommit)));
        _neighbour = new(async () =>
        {
            await _moved.Value;
            return await UpAsync(43, "feature/cart", Commit);
        });
        _gone = new(async () =>
        {
            await _neighbour.Value;
            return await Mayfly.RunAsync(CancellationToken.None, "down", "--local", "--pr", "42");
        });
    }

    /// <summary>The first run, on an empty cloud, and whether its page opened right after it.</summary>
    public Task<Birth> BornAsync() => _born.Value;

    /// <summary>The same run once more, and what was written meanwhile.</summary>
    public Task<Chapter> AgainAsync() => _again.Value;

    /// <summary>A run for a new commit, and what was written meanwhile.</summary>
    public Task<Chapter> MovedAsync() => _moved.Value;

    /// <summary>Another environment beside it.</summary>
    public Task<MayflyRun> NeighbourAsync() => _neighbour.Value;

    /// <summary>The first one's removal, while its neighbour lives.</summary>
    public Task<MayflyRun> GoneAsync() => _gone.Value;

    private async Task<MayflyRun> UpAsync(int number, string branch, string commit) =>
        (await Mayfly.RunAsync(CancellationToken.None, "up", "--local", $"--pr={number}", "--branch", branch, "--commit", commit)).Ended(0);

    private async Task<Chapter> ChapterAsync(Task before, Func<Task<MayflyRun>> run)
    {
        await before;
        var aws = await LastAwsRequestAsync(CancellationToken.None);
        var cluster = await LastClusterRequestAsync("pr-42", CancellationToken.None);
        var ended = await run();
        return new Chapter(ended, await AwsWritesAsync(aws, CancellationToken.None), await ClusterWritesAsync("pr-42", cluster, CancellationToken.None));
    }

    /// <summary>A client that finds every host at the local cloud's edge and trusts its authority alone.</summary>
    public HttpClient Browser()
    {
        var edge = Cloud.GetProperty("edge").GetString()!;
        var port = int.Parse(edge[(edge.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        var authority = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(File.ReadAllText(Cloud.GetProperty("authority").GetString()!));
        var handler = new SocketsHttpHandler
        {
            // As curl's --resolve: the name stays, the address is the edge's.
            ConnectCallback = async (_, ct) =>
            {
                var client = new System.Net.Sockets.TcpClient();
                await client.ConnectAsync(System.Net.IPAddress.Loopback, port, ct);
                return client.GetStream();
            },
        };
        handler.SslOptions.CertificateChainPolicy = new System.Security.Cryptography.X509Certificates.X509ChainPolicy
        {
            TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
            RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(authority);
        return new HttpClient(handler);
    }

    /// <summary>A first run, and whether its page opened while it was the only thing that had happened.</summary>
    public sealed record Birth(MayflyRun Run, bool PageOpened);

    /// <summary>A run and what it wrote.</summary>
    public sealed record Chapter(MayflyRun Run, IReadOnlyList<JsonElement> AwsWrites, IReadOnlyList<JsonElement> ClusterWrites);
}

/// <summary>Promises 1, 2 and 4 on the local cloud, with the real terraform and helm.</summary>
public sealed class ConvergeTests(EnvironmentLife life) : IClassFixture<EnvironmentLife>
{
    [Fact]
    public async Task Up_on_an_empty_cloud_ends_with_a_page_that_opens()
    {
        var (run, pageOpened) = await life.BornAsync();

        Assert.Equal("reachable", run.Result.GetProperty("outcome").GetString());
        Assert.True(run.Result.GetProperty("changed").GetBoolean());
        Assert.Equal(EnvironmentLife.Commit, run.Result.GetProperty("commit").GetString());
        Assert.Equal(JsonValueKind.Null, run.Result.GetProperty("failure").ValueKind);
        Assert.EndsWith("-unstable.jetscale.ai", new Uri(run.Result.GetProperty("url").GetString()!).Host);
        Assert.True(pageOpened);
    }

    [Fact]
    public async Task The_same_again_changes_nothing_and_writes_nothing()
    {
        var chapter = await life.AgainAsync();

        Assert.False(chapter.Run.Result.GetProperty("changed").GetBoolean(), chapter.Run.Story);
        Assert.Empty(ByTheRun(chapter.AwsWrites));
        Assert.Empty(chapter.ClusterWrites.Where(IsHelmOrTerraform).Select(write => write.GetRawText()));
        Assert.All(chapter.Run.Result.GetProperty("stages").EnumerateArray(), stage => Assert.Equal("unchanged", stage.GetProperty("outcome").GetString()));
    }

    [Fact]
    public async Task A_new_commit_changes_only_the_release()
    {
        var chapter = await life.MovedAsync();

        Assert.Equal(EnvironmentLife.NewCommit, chapter.Run.Result.GetProperty("commit").GetString());
        Assert.Equal("changed", chapter.Run.OutcomeOf("deploy"));
        Assert.Equal(
            ["deploy"],
            chapter.Run.Result.GetProperty("stages").EnumerateArray()
                .Where(stage => stage.GetProperty("outcome").GetString() == "changed")
                .Select(stage => stage.GetProperty("name").GetString()));
        Assert.Empty(ByTheRun(chapter.AwsWrites));
    }

    [Fact]
    public async Task Two_environments_do_not_see_each_other()
    {
        var first = (await life.BornAsync()).Run.Result.GetProperty("url").GetString();
        var neighbour = await life.NeighbourAsync();
        await life.GoneAsync();

        Assert.NotEqual(first, neighbour.Result.GetProperty("url").GetString());
        using var browser = life.Browser();
        using var page = await browser.GetAsync(neighbour.Result.GetProperty("url").GetString(), TestContext.Current.CancellationToken);
        Assert.True(page.IsSuccessStatusCode, "the neighbour went with it");
    }

    [Fact]
    public async Task Down_leaves_nothing_and_shows_what_it_looked_at()
    {
        var run = await life.GoneAsync();

        run.Ended(0);
        Assert.Equal("gone", run.Result.GetProperty("outcome").GetString());
        var left = await life.Mayfly.RunAsync(TestContext.Current.CancellationToken, "down", "--local", "--pr", "42");
        left.Ended(0);
        Assert.False(left.Result.GetProperty("changed").GetBoolean(), left.Story);
    }

    // The run's lease and journal are its own notes beside the state, written whether or not the environment changes.
    // The load balancer controller registers new pods by itself, as it would for anybody's rollout.
    private static IEnumerable<string> ByTheRun(IReadOnlyList<JsonElement> writes) =>
        writes.Where(write => !IsNote(write) && !IsController(write)).Select(write => write.GetRawText());

    private static bool IsNote(JsonElement write) =>
        write.GetProperty("service").GetString() is "s3" && !write.GetProperty("path").GetString()!.Contains(".tfstate", StringComparison.Ordinal);

    private static bool IsController(JsonElement write) => write.GetProperty("action").GetString() is "RegisterTargets" or "DeregisterTargets";

    private static bool IsHelmOrTerraform(JsonElement write) =>
        write.GetRawText().Contains("Helm/", StringComparison.OrdinalIgnoreCase)
        || write.GetRawText().Contains("terraform", StringComparison.OrdinalIgnoreCase);
}
