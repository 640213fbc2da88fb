using System.Net;
using Mayfly.Aws;
using Mayfly.Engine.Tools;
using Microsoft.Extensions.Time.Testing;

namespace Mayfly.Engine.Tests.Tools;

public sealed class RoleToolsTests : IDisposable
{
    private const string Role = "arn:aws:iam::123456789012:role/mayfly";

    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly GitHub _github = new();
    private readonly HttpClient _http;

    public RoleToolsTests() => _http = new HttpClient(_github);

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Terraform_gets_an_identity_that_stays_fresh_for_as_long_as_it_runs_and_no_keys()
    {
        var inner = new Waiting();
        var running = Tools(inner).RunAsync(
            new ToolCall("terraform", "terraform", []) { Environment = new Dictionary<string, string?> { ["AWS_ACCESS_KEY_ID"] = "old", ["TF_INPUT"] = "0" } }, Ct);
        var call = await inner.Started.Task.WaitAsync(Ct);
        var file = call.Environment["AWS_WEB_IDENTITY_TOKEN_FILE"]!;
        Assert.Equal("token-1", await File.ReadAllTextAsync(file, Ct));
        Assert.Equal((Role, null, null, "0"), (call.Environment["AWS_ROLE_ARN"], call.Environment["AWS_ACCESS_KEY_ID"], call.Environment["AWS_SESSION_TOKEN"], call.Environment["TF_INPUT"]));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));

        // An hour passes, far beyond what one token is good for.
        for (var minute = 0; minute < 60; minute += 2)
        {
            _clock.Advance(TimeSpan.FromMinutes(2));
            await Until(() => File.ReadAllText(file) == $"token-{_github.Asked}" && _github.Asked >= 2 + (minute / 2));
        }

        inner.Finish.SetResult();
        await running;
        Assert.False(File.Exists(file));
        Assert.All(_github.Requests, request => Assert.Equal("https://github.example/token?job=1&audience=sts.amazonaws.com Bearer secret", request));
    }

    [Fact]
    public async Task A_renewal_that_fails_is_tried_again_and_ends_nothing()
    {
        var inner = new Waiting();
        var running = Tools(inner).RunAsync(new ToolCall("terraform", "terraform", []), Ct);
        var file = (await inner.Started.Task.WaitAsync(Ct)).Environment["AWS_WEB_IDENTITY_TOKEN_FILE"]!;

        _github.Refuses = true;
        _clock.Advance(TimeSpan.FromMinutes(2));
        await Until(() => _github.Asked == 2);
        Assert.Equal("token-1", await File.ReadAllTextAsync(file, Ct));
        _github.Refuses = false;
        await Until(() =>
        {
            _clock.Advance(TimeSpan.FromMinutes(2));
            return File.ReadAllText(file) == $"token-{_github.Asked}";
        });

        inner.Finish.SetResult();
        Assert.Equal(0, (await running).ExitCode);
    }

    [Fact]
    public async Task Other_programs_get_none()
    {
        var inner = new Waiting();
        inner.Finish.SetResult();

        await Tools(inner).RunAsync(new ToolCall("helm", "helm", []), Ct);

        Assert.Equal(0, _github.Asked);
    }

    [Fact]
    public async Task A_job_without_the_permission_is_told_which_one_it_needs()
    {
        _github.Refuses = true;

        var refused = await Assert.ThrowsAsync<AwsException>(() => Tools(new Waiting()).RunAsync(new ToolCall("terraform", "terraform", []), Ct));

        Assert.Equal(AwsErrorCodes.NoCredentials, refused.Code);
        Assert.Contains("id-token: write", refused.Message, StringComparison.Ordinal);
    }

    private RoleTools Tools(IToolRunner inner) =>
        new(inner, new GitHubIdentity(_http, new Uri("https://github.example/token?job=1"), "secret"), Role, _folder.Path, _clock);

    private static async Task Until(Func<bool> holds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            await Task.Delay(2, limit.Token);
        }
    }

    private sealed class Waiting : IToolRunner
    {
        public TaskCompletionSource<ToolCall> Started { get; } = new();

        public TaskCompletionSource Finish { get; } = new();

        public async Task<ToolResult> RunAsync(ToolCall call, CancellationToken ct)
        {
            Started.TrySetResult(call);
            await Finish.Task.WaitAsync(ct);
            return new ToolResult(0, ReadOnlyMemory<byte>.Empty, []);
        }
    }

    /// <summary>GitHub's token service: a new token at each request.</summary>
    private sealed class GitHub : HttpMessageHandler
    {
        private readonly Lock _gate = new();
        private readonly List<string> _requests = [];
        private int _asked;

        public bool Refuses { get; set; }

        public int Asked => _asked;

        public IReadOnlyList<string> Requests
        {
            get
            {
                lock (_gate)
                {
                    return [.. _requests];
                }
            }
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                _requests.Add($"{request.RequestUri} {request.Headers.Authorization}");
            }

            var number = Interlocked.Increment(ref _asked);
            return Task.FromResult(Refuses
                ? new HttpResponseMessage(HttpStatusCode.Forbidden)
                : new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent($$"""{"value":"token-{{number}}"}""") });
        }
    }
}
