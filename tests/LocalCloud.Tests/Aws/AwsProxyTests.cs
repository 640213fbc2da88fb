using System.Text;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.S3;
using Amazon.S3.Model;
using Mayfly.Aws;
using Mayfly.Aws.EKS.Model;
using Mayfly.Aws.IdentityManagement.Model;
using Mayfly.Aws.Route53.Model;
using Mayfly.Aws.SecretsManager.Model;
using Mayfly.LocalCloud.Aws.Faults;

namespace Mayfly.LocalCloud.Tests.Aws;

public sealed class AwsProxyTests(LocalAwsFixture cloud) : IClassFixture<LocalAwsFixture>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    private AwsSession Once => new(cloud.Aws.Session.Options with { MaxAttempts = 1 });

    [Fact]
    public async Task Every_protocol_is_recognized_with_what_it_does()
    {
        var mark = cloud.Aws.Proxy.Log.Last;
        var session = cloud.Aws.Session;
        using var ec2 = session.CreateEc2();
        using var s3 = session.CreateS3();
        using var sts = session.CreateSts();
        await ec2.DescribeVpcsAsync(new DescribeVpcsRequest(), _ct);
        await s3.PutBucketAsync("recognized", _ct);
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "recognized", Key = "a/b", ContentBody = "x" }, _ct);
        await s3.GetBucketVersioningAsync("recognized", _ct);
        await sts.GetCallerIdentityAsync(new(), _ct);
        await session.CreateSecretsManager().ListSecretsAsync(new ListSecretsRequest(), _ct);
        await session.CreateRoute53().CreateHostedZoneAsync(new CreateHostedZoneRequest("recognized.test.", "r"), _ct);
        await session.CreateIam().ListRolesAsync(new ListRolesRequest(), _ct);
        await session.CreateEks().ListClustersAsync(new ListClustersRequest(), _ct);

        var seen = cloud.Aws.Proxy.Log.Since(mark).Select(entry => $"{entry.Service} {entry.Action} {(entry.IsWrite ? "write" : "read")} {entry.Status}");

        Assert.Equal(
        [
            "ec2 DescribeVpcs read 200", "s3 CreateBucket write 200", "s3 PutObject write 200", "s3 GetBucketVersioning read 200",
            "sts GetCallerIdentity read 200", "secretsmanager ListSecrets read 200", "route53 CreateHostedZone write 201",
            "iam ListRoles read 200", "eks ListClusters read 200",
        ], seen);
    }

    [Fact]
    public async Task Objects_of_any_size_and_bytes_pass_unchanged()
    {
        using var s3 = cloud.Aws.Session.CreateS3();
        await s3.PutBucketAsync("bytes", _ct);
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "bytes", Key = "k ö+%2F?", InputStream = new MemoryStream(bytes) }, _ct);

        using var read = await s3.GetObjectAsync("bytes", "k ö+%2F?", _ct);
        using var copy = new MemoryStream();
        await read.ResponseStream.CopyToAsync(copy, _ct);

        Assert.Equal(bytes, copy.ToArray());
    }

    [Fact]
    public async Task A_conditional_write_is_won_by_one_of_two()
    {
        using var s3 = cloud.Aws.Session.CreateS3();
        await s3.PutBucketAsync("leases", _ct);
        async Task<string> Write(string key, string? ifMatch = null)
        {
            try
            {
                return (await s3.PutObjectAsync(new PutObjectRequest
                {
                    BucketName = "leases",
                    Key = key,
                    ContentBody = Guid.NewGuid().ToString(),
                    IfNoneMatch = ifMatch is null ? "*" : null,
                    IfMatch = ifMatch,
                }, _ct)).ETag;
            }
            catch (AmazonS3Exception exception)
            {
                return exception.ErrorCode;
            }
        }

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Write("lease")));
        var won = Assert.Single(results, result => result != "PreconditionFailed");

        Assert.Equal("PreconditionFailed", await Write("lease", "\"other\""));
        Assert.NotEqual("PreconditionFailed", await Write("lease", won));
    }

    [Theory]
    [InlineData("ec2", "RequestLimitExceeded", 503)]
    [InlineData("secretsmanager", "ThrottlingException", 400)]
    [InlineData("eks", "TooManyRequestsException", 429)]
    [InlineData("iam", "Throttling", 400)]
    public async Task Throttling_is_said_in_each_service_s_own_words_and_ends_when_it_is_used_up(string service, string code, int status)
    {
        cloud.Aws.Proxy.Faults.Add(new FaultRule { Kind = FaultKind.Throttle, Service = service, Times = 1 });

        var error = await Assert.ThrowsAsync<AwsException>(() => Ask(service));
        await Ask(service);

        Assert.Equal((code, status), (error.Code, (int)error.Status!));
        Assert.True(error.IsThrottling);
    }

    [Fact]
    public async Task A_client_that_tries_again_outlives_throttling_server_errors_and_cut_connections()
    {
        foreach (var kind in (FaultKind[])[FaultKind.Throttle, FaultKind.ServerError, FaultKind.Reset])
        {
            cloud.Aws.Proxy.Faults.Add(new FaultRule { Kind = kind, Service = "eks", Action = "List*", Times = 1 });
        }

        await cloud.Aws.Session.CreateEks().ListClustersAsync(new ListClustersRequest(), _ct);

        Assert.Empty(cloud.Aws.Proxy.Faults.Rules);
    }

    [Fact]
    public async Task A_denied_action_is_denied_and_others_are_not()
    {
        var rule = cloud.Aws.Proxy.Faults.Add(new FaultRule { Kind = FaultKind.Deny, Service = "iam", Action = "GetRole" });

        var error = await Assert.ThrowsAsync<AwsException>(() => Once.CreateIam().GetRoleAsync(new GetRoleRequest("x"), _ct));
        await Once.CreateIam().ListRolesAsync(new ListRolesRequest(), _ct);
        cloud.Aws.Proxy.Faults.Remove(rule.Id);

        Assert.True(error.IsDenied);
        Assert.Contains("not authorized to perform: iam:GetRole", error.Message);
    }

    [Fact]
    public async Task A_fault_for_one_caller_hits_no_other()
    {
        var rule = cloud.Aws.Proxy.Faults.Add(new FaultRule { Kind = FaultKind.Deny, Service = "iam", UserAgent = "some*", Times = 1 });
        var somebody = new AwsSession(Once.Options with { Application = "somebody" }).CreateIam();

        await Once.CreateIam().ListRolesAsync(new ListRolesRequest(), _ct);
        var error = await Assert.ThrowsAsync<AwsException>(() => somebody.ListRolesAsync(new ListRolesRequest(), _ct));

        Assert.True(error.IsDenied);
        Assert.DoesNotContain(cloud.Aws.Proxy.Faults.Rules, left => left.Id == rule.Id);
    }

    [Theory]
    [InlineData(FaultKind.Deny)]
    [InlineData(FaultKind.ServerError)]
    public async Task A_failure_of_the_sdks_clients_tells_what_was_asked(FaultKind kind)
    {
        cloud.Aws.Proxy.Faults.Add(new FaultRule { Kind = kind, Service = "s3", Action = "ListBuckets", Times = 1 });
        using var s3 = Once.CreateS3();

        var error = AwsException.From(await Assert.ThrowsAnyAsync<Exception>(() => s3.ListBucketsAsync(_ct)))!;

        Assert.Equal(("ListBuckets", kind == FaultKind.Deny), (error.Operation, error.IsDenied));
        Assert.NotNull(error.Service);
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_write_done()
    {
        cloud.Aws.Proxy.Faults.Add(new FaultRule { Kind = FaultKind.LoseAnswer, Service = "secretsmanager", Action = "CreateSecret", Times = 1 });
        var secrets = Once.CreateSecretsManager();

        var error = await Assert.ThrowsAsync<AwsException>(() => secrets.CreateSecretAsync(new CreateSecretRequest { Name = "lost" }, _ct));

        Assert.Equal(AwsErrorCodes.NoAnswer, error.Code);
        Assert.Equal("lost", (await secrets.DescribeSecretAsync(new DescribeSecretRequest("lost"), _ct)).Name);
    }

    [Fact]
    public async Task The_same_seed_fails_the_same_requests()
    {
        async Task<string> Pattern()
        {
            var rule = cloud.Aws.Proxy.Faults.Add(
                new FaultRule { Kind = FaultKind.ServerError, Service = "route53", Probability = 0.5, Seed = 42 });
            var text = new StringBuilder();
            for (var i = 0; i < 12; i++)
            {
                var seen = await AwsObservation.LookAsync(() => Once.CreateRoute53().ListHostedZonesAsync(new ListHostedZonesRequest(), _ct));
                text.Append(seen is AwsObservation<ListHostedZonesResponse>.Present ? '.' : 'x');
            }

            cloud.Aws.Proxy.Faults.Remove(rule.Id);
            return text.ToString();
        }

        var first = await Pattern();

        Assert.Equal(first, await Pattern());
        Assert.Contains('.', first);
        Assert.Contains('x', first);
    }

    private Task Ask(string service) => service switch
    {
        "ec2" => AskEc2(),
        "secretsmanager" => Once.CreateSecretsManager().ListSecretsAsync(new ListSecretsRequest(), _ct),
        "eks" => Once.CreateEks().ListClustersAsync(new ListClustersRequest(), _ct),
        _ => Once.CreateIam().ListRolesAsync(new ListRolesRequest(), _ct),
    };

    private async Task AskEc2()
    {
        using var ec2 = Once.CreateEc2();
        try
        {
            await ec2.DescribeVpcsAsync(new DescribeVpcsRequest(), _ct);
        }
        catch (AmazonEC2Exception exception)
        {
            throw AwsException.From(exception)!;
        }
    }
}
