using System.Net;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Text;
using DnsClient;
using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.Aws.Route53.Model;
using Microsoft.AspNetCore.Http;
using Action = Mayfly.Aws.ElasticLoadBalancingV2.Model.Action;

namespace Mayfly.LocalCloud.Tests.Edge;

public sealed class PublicEdgeTests(EdgeFixture cloud) : IClassFixture<EdgeFixture>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_reaches_the_pod_that_the_rule_for_host_and_path_names()
    {
        var pod = await cloud.StartPodAsync(http => http.Response.WriteAsync(
            $"{http.Request.Host} {http.Request.Path} {http.Request.Headers["X-Forwarded-Proto"]} {http.Request.Headers["X-Forwarded-Port"]}"));
        var (balancer, listener, group) = await cloud.CreateBalancerAsync("rules", ["*.rules.test"], pod);
        await cloud.WriteRecordAsync("rules.test", new ResourceRecordSet
        {
            Name = "*.rules.test.",
            Type = "A",
            AliasTarget = new AliasTarget("Z35SXDOTRQ7X7K", balancer.DNSName!, true),
        });
        await cloud.AddRuleAsync(listener, 1, "app.rules.test", "/api*", Forward(group));
        using var client = cloud.CreateClient();

        Assert.Equal("app.rules.test /api/users https 443", await client.GetStringAsync("https://app.rules.test/api/users", _ct));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("https://app.rules.test/", _ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("https://other.rules.test/api", _ct)).StatusCode);
    }

    [Fact]
    public async Task A_group_without_targets_is_503_and_a_target_that_refuses_502()
    {
        var (_, empty, emptyGroup) = await cloud.CreateBalancerAsync("empty", ["empty.test"]);
        await cloud.AddRuleAsync(empty, 1, "empty.test", "/*", Forward(emptyGroup));
        var (_, dead, deadGroup) = await cloud.CreateBalancerAsync("dead", ["dead.test"], cloud.NewPod());
        await cloud.AddRuleAsync(dead, 1, "dead.test", "/*", Forward(deadGroup));
        using var client = cloud.CreateClient();

        var none = await client.GetAsync("https://empty.test/", _ct);
        var refused = await client.GetAsync("https://dead.test/", _ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, none.StatusCode);
        Assert.Equal("awselb/2.0", none.Headers.Server.ToString());
        Assert.Equal(HttpStatusCode.BadGateway, refused.StatusCode);
        Assert.Contains("502 Bad Gateway", await refused.Content.ReadAsStringAsync(_ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_target_is_504_after_the_load_balancers_idle_timeout()
    {
        var pod = await cloud.StartPodAsync(http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        var (balancer, listener, group) = await cloud.CreateBalancerAsync("slow", ["slow.test"], pod);
        await cloud.AddRuleAsync(listener, 1, "slow.test", "/*", Forward(group));
        await new AmazonElasticLoadBalancingV2Client(cloud.Session).ModifyLoadBalancerAttributesAsync(
            new ModifyLoadBalancerAttributesRequest(balancer.LoadBalancerArn, [new("idle_timeout.timeout_seconds", "1")]), _ct);
        using var client = cloud.CreateClient();

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await client.GetAsync("https://slow.test/", _ct)).StatusCode);
    }

    [Fact]
    public async Task The_certificate_is_that_of_the_name_and_signed_by_the_authority()
    {
        var (_, listener, _) = await cloud.CreateBalancerAsync("names", ["first.names.test", "*.second.names.test"]);
        await cloud.AddRuleAsync(listener, 1, "*.names.test", "/*", new Action { Type = "fixed-response", FixedResponseConfig = new("200", "text/plain", "seen") });
        using var client = cloud.CreateClient();

        Assert.Equal("seen", await client.GetStringAsync("https://first.names.test/", _ct));
        Assert.Equal("seen", await client.GetStringAsync("https://any.second.names.test/", _ct));
        var mismatch = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("https://third.names.test/", _ct));
        Assert.IsType<AuthenticationException>(mismatch.InnerException);
    }

    [Fact]
    public async Task A_plain_listener_redirects_to_where_HTTPS_is_heard()
    {
        var (balancer, _, _) = await cloud.CreateBalancerAsync("plain", ["plain.test"]);
        await new AmazonElasticLoadBalancingV2Client(cloud.Session).CreateListenerAsync(new CreateListenerRequest
        {
            LoadBalancerArn = balancer.LoadBalancerArn,
            Port = 80,
            Protocol = "HTTP",
            DefaultActions = [new Action { Type = "redirect", RedirectConfig = new("HTTP_301", "HTTPS", "443") }],
        }, _ct);
        using var client = cloud.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://plain.test/a/b?c=d");

        var answer = await client.SendAsync(request, _ct);

        Assert.Equal(HttpStatusCode.MovedPermanently, answer.StatusCode);
        Assert.Equal($"https://plain.test:{cloud.Edge.Https.Port}/a/b?c=d", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_WebSocket_goes_through()
    {
        var pod = await cloud.StartPodAsync(async http =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[64];
            var message = await socket.ReceiveAsync(buffer, http.RequestAborted);
            await socket.SendAsync(buffer.AsMemory(0, message.Count), WebSocketMessageType.Text, true, http.RequestAborted);
        });
        var (_, listener, group) = await cloud.CreateBalancerAsync("sockets", ["sockets.test"], pod);
        await cloud.AddRuleAsync(listener, 1, "sockets.test", "/*", Forward(group));
        using var client = cloud.CreateClient();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri("wss://sockets.test/"), client, _ct);

        await socket.SendAsync(Encoding.UTF8.GetBytes("echo"), WebSocketMessageType.Text, true, _ct);
        var answer = new byte[64];
        var received = await socket.ReceiveAsync(answer, _ct);

        Assert.Equal("echo", Encoding.UTF8.GetString(answer, 0, received.Count));
    }

    [Fact]
    public async Task A_deleted_load_balancer_is_heard_no_more()
    {
        var (balancer, listener, _) = await cloud.CreateBalancerAsync("deleted", ["deleted.test"]);
        await cloud.AddRuleAsync(listener, 1, "deleted.test", "/*", new Action { Type = "fixed-response", FixedResponseConfig = new("200", null, null) });
        using var client = cloud.CreateClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("https://deleted.test/", _ct)).StatusCode);

        await new AmazonElasticLoadBalancingV2Client(cloud.Session).DeleteLoadBalancerAsync(new(balancer.LoadBalancerArn), _ct);

        using var fresh = cloud.CreateClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => fresh.GetAsync("https://deleted.test/", _ct));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DNS_answers_over_UDP_and_TCP_what_Route_53_holds(bool tcp)
    {
        var zone = $"{(tcp ? "tcp" : "udp")}.test";
        var (balancer, _, _) = await cloud.CreateBalancerAsync($"dns-{tcp}", [$"*.{zone}"]);
        await cloud.WriteRecordAsync(zone, new ResourceRecordSet
        {
            Name = $"app.{zone}.",
            Type = "A",
            AliasTarget = new AliasTarget("Z35SXDOTRQ7X7K", balancer.DNSName!, true),
        });
        await cloud.WriteRecordAsync(zone, new ResourceRecordSet
        {
            Name = $"cname-app.{zone}.",
            Type = "TXT",
            TTL = 300,
            ResourceRecords = [new("\"heritage=external-dns,external-dns/owner=pr-42\"")],
        });
        var resolver = new LookupClient(new LookupClientOptions(cloud.Dns.Endpoint) { UseCache = false, UseTcpOnly = tcp, ThrowDnsErrors = false });

        var address = await resolver.QueryAsync($"app.{zone}", QueryType.A, cancellationToken: _ct);
        var text = await resolver.QueryAsync($"cname-app.{zone}", QueryType.TXT, cancellationToken: _ct);
        var missing = await resolver.QueryAsync($"nothing.{zone}", QueryType.A, cancellationToken: _ct);
        var outside = await resolver.QueryAsync("example.org", QueryType.A, cancellationToken: _ct);

        Assert.Equal(IPAddress.Loopback, Assert.Single(address.Answers.ARecords()).Address);
        Assert.Equal("heritage=external-dns,external-dns/owner=pr-42", Assert.Single(Assert.Single(text.Answers.TxtRecords()).Text));
        Assert.Equal(DnsHeaderResponseCode.NotExistentDomain, missing.Header.ResponseCode);
        Assert.Single(missing.Authorities.OfType<DnsClient.Protocol.SoaRecord>());
        Assert.Equal(DnsHeaderResponseCode.Refused, outside.Header.ResponseCode);
    }

    private static Action Forward(string group) => new() { Type = "forward", TargetGroupArn = group };
}
