using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using Mayfly.Aws;
using Mayfly.Aws.CertificateManager.Model;
using Mayfly.Aws.EKS.Model;
using Mayfly.Aws.Protocols;
using Mayfly.Aws.Route53.Model;
using Mayfly.LocalCloud.Aws.Faults;
using Mayfly.LocalCloud.Host;
using Microsoft.Extensions.Time.Testing;
using static Mayfly.Aws.Protocols.AwsRequest;

namespace Mayfly.LocalCloud.Tests.Host;

public sealed class HostTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private readonly LocalCloudHost _host = fixture.Host;
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Zones_certificates_and_buckets_are_there_from_the_start()
    {
        var session = _host.Aws.Session;
        using var s3 = session.CreateS3();

        var zones = await session.CreateRoute53().ListHostedZonesAsync(new ListHostedZonesRequest(), _ct);
        var certificates = await session.CreateCertificateManager().ListCertificatesAsync(new ListCertificatesRequest(), _ct);
        var bucket = await s3.GetBucketVersioningAsync("host-state", _ct);

        Assert.Contains(zones.HostedZones, zone => zone.Name == "jetscale.test.");
        Assert.Equal("*.jetscale.test", Assert.Single(certificates.CertificateSummaryList).DomainName);
        Assert.Equal("Enabled", bucket.VersioningConfig.Status);
    }

    [Fact]
    public async Task The_description_on_disk_is_that_of_the_cloud_and_its_control_answers()
    {
        var described = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(fixture.State, "cloud.json"), _ct))!;
        using var http = new HttpClient();

        var status = JsonNode.Parse(await http.GetStringAsync($"{described["control"]}/status", _ct))!;
        using var fromPage = new HttpRequestMessage(HttpMethod.Post, $"{described["control"]}/stop");
        fromPage.Headers.Add("Origin", "https://example.com");
        using var refused = await http.SendAsync(fromPage, _ct);

        Assert.Equal(_host.Description.Aws, (string?)described["environment"]!["AWS_ENDPOINT_URL"]);
        Assert.Equal(Environment.ProcessId, (int)status["pid"]!);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.False(_host.StopRequested.IsCompleted);
    }

    [Fact]
    public async Task A_second_cloud_in_the_same_folder_is_refused()
    {
        var error = await Assert.ThrowsAsync<StateFolderHeldException>(
            () => LocalCloudHost.StartAsync(new LocalCloudOptions { StateDirectory = fixture.State }, _ct));

        Assert.Contains(Environment.ProcessId.ToString(), error.Message);
        Assert.True(File.Exists(Path.Combine(fixture.State, "cloud.json")));
    }

    [Fact]
    public async Task A_cluster_has_its_nodes_and_kubectl_finds_it_in_the_kubeconfig()
    {
        await fixture.MakeClusterAsync("kubectl", "API", _ct);

        var nodes = await Cli.Wrap("kubectl").WithArguments(["--context", "kubectl", "get", "nodes", "-o", "name"])
            .WithEnvironmentVariables(_host.Description.Environment.ToDictionary(pair => pair.Key, pair => (string?)pair.Value))
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(_ct);

        Assert.Equal("", nodes.StandardError);
        Assert.Equal(2, nodes.StandardOutput.Trim().Split('\n').Length);
        Assert.All(nodes.StandardOutput.Trim().Split('\n'), name => Assert.StartsWith("node/ip-10-0-", name));
    }

    [Fact]
    public async Task A_token_opens_its_own_cluster_only_and_only_to_whom_it_knows()
    {
        var first = await fixture.MakeClusterAsync("doors-1", "API", _ct);
        var second = await fixture.MakeClusterAsync("doors-2", "API", _ct);
        var token = (await EksToken.CreateAsync(_host.Aws.Session, "doors-1", _ct)).Token;
        var stranger = (await EksToken.CreateAsync(
            AwsSession.For(_host.Aws.Proxy.Endpoint, "us-east-1", CloudContext.AccessKey, "guessed"), "doors-1", _ct)).Token;

        Assert.Equal(HttpStatusCode.OK, await AskAsync(first, "/api/v1/secrets", token));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(second, "/api/v1/secrets", token));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(first, "/api/v1/secrets", stranger));
    }

    [Fact]
    public async Task A_role_enters_by_its_access_entry_with_the_rights_of_its_policy()
    {
        var cluster = await fixture.MakeClusterAsync("entries", "API", _ct);
        var role = await fixture.MakeRoleAsync("entries-viewer", _ct);
        var token = (await EksToken.CreateAsync(await AssumeAsync(role), "entries", _ct)).Token;
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(cluster, "/api/v1/namespaces/default/pods", token));

        var eks = new AwsRestJsonClient(_host.Aws.Session, AwsService.Eks);
        await eks.CallAsync("CreateAccessEntry", HttpMethod.Post, "/clusters/entries/access-entries", new JsonObject { ["principalArn"] = role }, ct: _ct);
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(cluster, "/api/v1/namespaces/default/pods", token));

        await eks.CallAsync("AssociateAccessPolicy", HttpMethod.Post, PathOf($"/clusters/entries/access-entries/{role}/access-policies"), new JsonObject
        {
            ["policyArn"] = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
            ["accessScope"] = new JsonObject { ["type"] = "namespace", ["namespaces"] = new JsonArray("default") },
        }, ct: _ct);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(cluster, "/api/v1/namespaces/default/pods", token));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(cluster, "/api/v1/namespaces/kube-system/pods", token));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(cluster, "/api/v1/namespaces/default/secrets", token));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task A_clock_that_is_ten_minutes_wrong_is_put_right_by_what_AWS_says_of_it(int minutes)
    {
        var name = minutes > 0 ? "fast" : "slow";
        var cluster = await fixture.MakeClusterAsync(name, "API", _ct);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(minutes));
        var session = new AwsSession(_host.Aws.Session.Options with { Clock = clock });

        // A token of the future is refused; one that is ten minutes old has five left.
        Assert.Equal(
            minutes > 0 ? HttpStatusCode.Unauthorized : HttpStatusCode.OK,
            await AskAsync(cluster, "/api/v1/secrets", (await EksToken.CreateAsync(session, name, _ct)).Token));
        Assert.NotEmpty((await session.CreateRoute53().ListHostedZonesAsync(new ListHostedZonesRequest(), _ct)).HostedZones);
        Assert.Equal(name, (await session.CreateEks().DescribeClusterAsync(new DescribeClusterRequest(name), _ct)).Cluster!.Name);

        var token = (await EksToken.CreateAsync(session, name, _ct)).Token;
        Assert.Equal(HttpStatusCode.OK, await AskAsync(cluster, "/api/v1/secrets", token));
        Assert.True(EksTokenReader.TryRead(token, _ => true, DateTimeOffset.UtcNow, out var claims, out var why), why);
        Assert.InRange(claims!.IssuedAt - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(-2), TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Sessions_and_tokens_end_when_they_are_told_to()
    {
        var cluster = await fixture.MakeClusterAsync("brief", "API", _ct);
        var role = await fixture.MakeRoleAsync("short-lived", _ct);
        var early = await AssumeAsync(role);
        Assert.Null(await RefusalAsync(early, ListBucketsAsync));
        var token = (await EksToken.CreateAsync(_host.Aws.Session, "brief", _ct)).Token;
        Assert.Equal(HttpStatusCode.OK, await AskAsync(cluster, "/api/v1/secrets", token));
        var sessions = _host.Aws.Proxy.Faults.Add(new FaultRule { Kind = FaultKind.Expire, Service = "sts", Latency = TimeSpan.FromSeconds(1) });
        var tokens = _host.Aws.Proxy.Faults.Add(new FaultRule { Kind = FaultKind.Expire, Service = "kubernetes", Latency = TimeSpan.FromSeconds(1) });
        try
        {
            var late = await AssumeAsync(role);
            Assert.Equal("ExpiredToken", await Aws.Wait.UntilAsync(() => RefusalAsync(late, ListBucketsAsync), code => code is not null));
            Assert.Equal("ExpiredToken", await RefusalAsync(early, ListBucketsAsync));
            Assert.Equal("RequestExpired", await RefusalAsync(early, DescribeVpcsAsync));

            Assert.Equal(HttpStatusCode.Unauthorized, await Aws.Wait.UntilAsync(
                () => AskAsync(cluster, "/api/v1/secrets", token), status => status != HttpStatusCode.OK));
            Assert.Equal(HttpStatusCode.OK, await AskAsync(
                cluster, "/api/v1/secrets", (await EksToken.CreateAsync(_host.Aws.Session, "brief", _ct)).Token));
        }
        finally
        {
            _host.Aws.Proxy.Faults.Remove(sessions.Id);
            _host.Aws.Proxy.Faults.Remove(tokens.Id);
        }
    }

    [Fact]
    public async Task The_config_map_lets_roles_in_where_the_cluster_s_mode_has_one()
    {
        var cluster = await fixture.MakeClusterAsync("mapped", "API_AND_CONFIG_MAP", _ct);
        var role = await fixture.MakeRoleAsync("mapped-admin", _ct);
        var token = (await EksToken.CreateAsync(await AssumeAsync(role), "mapped", _ct)).Token;
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(cluster, "/api/v1/secrets", token));

        var map = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "aws-auth" },
            ["data"] = new JsonObject { ["mapRoles"] = $"- rolearn: {role}\n  username: admin:{{{{SessionName}}}}\n  groups: [system:masters]\n" },
        };
        var admin = (await EksToken.CreateAsync(_host.Aws.Session, "mapped", _ct)).Token;
        Assert.Equal(HttpStatusCode.Created, await AskAsync(cluster, "/api/v1/namespaces/kube-system/configmaps", admin, map));

        Assert.Equal(HttpStatusCode.OK, await AskAsync(cluster, "/api/v1/secrets", token));
    }

    [Fact]
    public async Task Deleting_a_cluster_ends_its_API_and_takes_it_out_of_the_kubeconfig()
    {
        var cluster = await fixture.MakeClusterAsync("short", "API", _ct);
        var eks = _host.Aws.Session.CreateEks();
        await eks.DeleteNodegroupAsync(new DeleteNodegroupRequest("short", "default"), _ct);
        await Aws.Wait.UntilAsync(
            () => AwsObservation.LookAsync(() => eks.DescribeNodegroupAsync(new DescribeNodegroupRequest("short", "default"), _ct)),
            seen => seen is AwsObservation<DescribeNodegroupResponse>.NotFound);
        await eks.DeleteClusterAsync(new DeleteClusterRequest("short"), _ct);
        await Aws.Wait.UntilAsync(
            () => AwsObservation.LookAsync(() => eks.DescribeClusterAsync(new DescribeClusterRequest("short"), _ct)),
            seen => seen is AwsObservation<DescribeClusterResponse>.NotFound);

        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(cluster, "/version", "any"));
        Assert.DoesNotContain("\"short\"", await File.ReadAllTextAsync(_host.Description.Environment["KUBECONFIG"], _ct));
    }

    private async Task ListBucketsAsync(AwsSession session)
    {
        using var s3 = session.CreateS3();
        await s3.ListBucketsAsync(_ct);
    }

    private async Task DescribeVpcsAsync(AwsSession session)
    {
        using var ec2 = session.CreateEc2();
        await ec2.DescribeVpcsAsync(_ct);
    }

    private static async Task<string?> RefusalAsync(AwsSession session, Func<AwsSession, Task> ask)
    {
        try
        {
            await ask(session);
            return null;
        }
        catch (Amazon.Runtime.AmazonServiceException refused)
        {
            return refused.ErrorCode;
        }
    }

    private async Task<AwsSession> AssumeAsync(string role)
    {
        using var sts = _host.Aws.Session.CreateSts();
        var keys = (await sts.AssumeRoleAsync(new() { RoleArn = role, RoleSessionName = "tester" }, _ct)).Credentials;
        return new AwsSession(_host.Aws.Session.Options with { Credentials = keys });
    }

    private async Task<HttpStatusCode> AskAsync(Cluster cluster, string path, string token, JsonObject? body = null)
    {
        using var authority = X509Certificate2.CreateFromPem(
            System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(cluster.CertificateAuthority!.Data!)));
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, cluster.Endpoint + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), MediaTypeHeaderValue.Parse("application/json"));
        using var answer = await http.SendAsync(request, _ct);
        return answer.StatusCode;
    }
}
