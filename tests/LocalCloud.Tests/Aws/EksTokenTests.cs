using System.Buffers.Text;
using System.Text;
using Amazon.Runtime;
using CsCheck;
using Mayfly.Aws;
using Microsoft.Extensions.Time.Testing;

namespace Mayfly.LocalCloud.Tests.Aws;

public sealed class EksTokenTests
{
    private static readonly ImmutableCredentials Mine = new("AKIAMINE", "mine", null);
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly AwsSession _session;

    public EksTokenTests() => _session = new AwsSession(new AwsSessionOptions
    {
        Region = "eu-west-1",
        Endpoint = new Uri("http://127.0.0.1:4566"),
        Credentials = new BasicAWSCredentials("AKIAMINE", "mine"),
        Clock = _clock,
    });

    [Fact]
    public async Task A_token_names_who_made_it_and_is_good_for_its_cluster_only()
    {
        var token = (await EksToken.CreateAsync(_session, "pr-1", TestContext.Current.CancellationToken)).Token;

        var claims = Read(token, out _);

        Assert.Equal(("AKIAMINE", "eu-west-1"), (claims!.AccessKey, claims.Region));
        Assert.True(EksTokenReader.IsSignedFor(claims, "pr-1", Mine));
        Assert.False(EksTokenReader.IsSignedFor(claims, "pr-2", Mine));
        Assert.False(EksTokenReader.IsSignedFor(claims, "pr-1", new ImmutableCredentials("AKIAMINE", "theirs", null)));
    }

    [Theory]
    [InlineData(-6, false)]
    [InlineData(0, true)]
    [InlineData(14, true)]
    [InlineData(16, false)]
    public async Task A_token_is_good_for_a_quarter_of_an_hour(int minutes, bool good)
    {
        var token = (await EksToken.CreateAsync(_session, "pr-1", TestContext.Current.CancellationToken)).Token;

        Assert.Equal(good, EksTokenReader.TryRead(token, host => host == "127.0.0.1:4566", _clock.GetUtcNow().AddMinutes(minutes), out _, out _));
    }

    [Fact]
    public async Task A_login_ends_before_the_token_does_and_no_later_than_the_session_that_signed_it()
    {
        var ct = TestContext.Current.CancellationToken;
        var session = new AwsSession(_session.Options with { Credentials = new Session(_clock.GetUtcNow().AddMinutes(3)) });

        Assert.Equal(_clock.GetUtcNow().AddMinutes(14), (await EksToken.CreateAsync(_session, "pr-1", ct)).Until);
        Assert.Equal(_clock.GetUtcNow().AddMinutes(3), (await EksToken.CreateAsync(session, "pr-1", ct)).Until);
    }

    [Fact]
    public async Task A_token_for_another_host_or_action_is_refused()
    {
        var token = (await EksToken.CreateAsync(_session, "pr-1", TestContext.Current.CancellationToken)).Token;
        var url = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.AsSpan("k8s-aws-v1.".Length)));

        Assert.False(EksTokenReader.TryRead(token, host => host == "sts.eu-west-1.amazonaws.com", _clock.GetUtcNow(), out _, out var why));
        Assert.Contains("127.0.0.1:4566", why);
        Assert.Null(Read(Encode(url.Replace("GetCallerIdentity", "AssumeRole")), out _));
        Assert.Null(Read(Encode(url + "&Action=GetCallerIdentity"), out _));
        Assert.Null(Read(Encode(url.Replace("%3Bx-k8s-aws-id", "")), out _));
    }

    [Fact]
    public void Nothing_that_is_no_token_is_read_as_one() =>
        Gen.String.Sample(text => Read(text, out _) is null && Read("k8s-aws-v1." + text, out _) is null && Read(Encode(text), out _) is null);

    private EksTokenClaims? Read(string token, out string? reason)
    {
        EksTokenReader.TryRead(token, host => host == "127.0.0.1:4566", _clock.GetUtcNow(), out var claims, out reason);
        return claims;
    }

    private static string Encode(string url) => "k8s-aws-v1." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(url));

    private sealed class Session(DateTimeOffset end) : AWSCredentials
    {
        public override DateTime? Expiration => end.UtcDateTime;

        public override ImmutableCredentials GetCredentials() => new("ASIAMINE", "mine", "session");
    }
}
