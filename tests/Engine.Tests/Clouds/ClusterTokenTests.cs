using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Mayfly.Aws;
using Mayfly.Engine.Clouds.Aws;
using Mayfly.Engine.Clouds.Cluster;
using Microsoft.Extensions.Time.Testing;

namespace Mayfly.Engine.Tests.Clouds;

public sealed class ClusterTokenTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Account _account;

    public ClusterTokenTests() => _account = new Account(_clock);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_of_hours_has_a_token_that_is_never_older_than_its_life()
    {
        var token = new ClusterToken(_account, "pr-42", _clock);
        var cluster = new Refusing(valid: TimeSpan.FromMinutes(15), _clock, _account);

        for (var minute = 0; minute < 180; minute++)
        {
            Assert.Equal(HttpStatusCode.OK, await AskAsync(token, cluster));
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.InRange(_account.Made, 180 / 15, 180 / 10);
        Assert.Equal(0, cluster.Refused);
    }

    [Fact]
    public async Task A_token_whose_credentials_ended_before_it_is_replaced_by_a_new_one_and_the_request_goes_through()
    {
        var token = new ClusterToken(_account, "pr-42", _clock);
        var cluster = new Refusing(valid: TimeSpan.FromMinutes(3), _clock, _account);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(token, cluster));
        _clock.Advance(TimeSpan.FromMinutes(4));

        Assert.Equal(HttpStatusCode.OK, await AskAsync(token, cluster));

        Assert.Equal((2, 1), (_account.Made, cluster.Refused));
    }

    [Fact]
    public async Task A_token_whose_credentials_end_soon_is_not_kept_beyond_them()
    {
        var token = new ClusterToken(_account, "pr-42", _clock);
        var cluster = new Refusing(valid: TimeSpan.FromMinutes(5), _clock, _account);
        _account.Life = TimeSpan.FromMinutes(5);

        for (var minute = 0; minute < 60; minute++)
        {
            Assert.Equal(HttpStatusCode.OK, await AskAsync(token, cluster));
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(0, cluster.Refused);
    }

    [Fact]
    public async Task A_cluster_that_refuses_a_fresh_token_too_is_not_asked_for_ever()
    {
        var token = new ClusterToken(_account, "pr-42", _clock);
        var cluster = new Refusing(valid: TimeSpan.FromMinutes(-1), _clock, _account);

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(token, cluster));

        Assert.Equal(2, cluster.Refused);
    }

    private static async Task<HttpStatusCode> AskAsync(ClusterToken token, HttpMessageHandler cluster)
    {
        using var http = new HttpMessageInvoker(new RenewingHandler(token) { InnerHandler = cluster }, disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://cluster/api");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token.GetAsync(Ct));
        using var answer = await http.SendAsync(request, Ct);
        return answer.StatusCode;
    }

    /// <summary>A cluster that takes the newest token for some time after it was first seen.</summary>
    private sealed class Refusing(TimeSpan valid, TimeProvider clock, Account account) : HttpMessageHandler
    {
        private readonly Dictionary<string, DateTimeOffset> _seen = [];

        public int Refused { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var token = request.Headers.Authorization!.Parameter!;
            _seen.TryAdd(token, clock.GetUtcNow());
            var good = token == account.Made.ToString(CultureInfo.InvariantCulture) && clock.GetUtcNow() - _seen[token] <= valid;
            Refused += good ? 0 : 1;
            return Task.FromResult(new HttpResponseMessage(good ? HttpStatusCode.OK : HttpStatusCode.Unauthorized));
        }
    }

    private sealed class Account(TimeProvider clock) : IAwsAccount
    {
        public TimeSpan Life { get; set; } = TimeSpan.FromMinutes(14);

        public int Made { get; private set; }

        public Task<string> AccountIdAsync(CancellationToken ct) => Task.FromResult("123456789012");

        public Task<AwsObservation<ClusterFacts>> ClusterAsync(string name, CancellationToken ct) =>
            Task.FromResult<AwsObservation<ClusterFacts>>(new AwsObservation<ClusterFacts>.NotFound());

        public Task<EksLogin> LoginAsync(string cluster, CancellationToken ct) =>
            Task.FromResult(new EksLogin((++Made).ToString(CultureInfo.InvariantCulture), clock.GetUtcNow() + Life));
    }
}
