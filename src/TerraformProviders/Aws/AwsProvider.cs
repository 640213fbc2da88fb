using System.Globalization;
using Amazon.Runtime;
using Mayfly.Aws;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws;

/// <summary>The stand-in for hashicorp/aws.</summary>
internal sealed class AwsProvider : Provider
{
    // The real provider's, which takes some minutes to use up; a local cloud that does not answer for half a minute is not there.
    private const int MaxAttempts = 25;
    private const int FewerAttempts = 10;

    // Where the provider block's name of a service is not the SDK's id in lower case without spaces.
    private static readonly Dictionary<string, string> ServiceNames = new()
    {
        ["cloudwatchlogs"] = "logs",
        ["elasticloadbalancingv2"] = "elbv2",
        ["resourcegroupstaggingapi"] = "resourcegroupstaggingapi",
    };

    private static readonly AwsService[] Services =
    [
        AwsService.Acm, AwsService.CloudWatchLogs, AwsService.DynamoDb, AwsService.Ec2, AwsService.Ecr, AwsService.Eks, AwsService.ElastiCache,
        AwsService.ElasticLoadBalancingV2, AwsService.Iam, AwsService.Kms, AwsService.Rds, AwsService.Route53, AwsService.S3, AwsService.SecretsManager,
        AwsService.Sns, AwsService.Sqs, AwsService.Ssm, AwsService.Sts,
    ];

    private AwsCloud? cloud;

    /// <inheritdoc/>
    public override string Name => "aws";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Func<Resource>> Resources => field ??= Types.Resources(() => Cloud);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Func<DataSource>> DataSources => field ??= Types.DataSources(() => Cloud);

    // A type is asked for its rules before the provider is configured, when a root is validated.
    private AwsCloud Cloud => cloud ?? new AwsCloud(new AwsCloudOptions());

    /// <inheritdoc/>
    public override async Task ConfigureAsync(TfObject config, CancellationToken ct)
    {
        TimeSpan? patience = double.TryParse(Environment.GetEnvironmentVariable("MAYFLY_PROVIDER_PATIENCE"), CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds) : null;
        var session = new AwsSessionOptions
        {
            Region = Text(config, "region"),
            Credentials = Keys(config) ?? Profile(config),
            MaxAttempts = (int)(config.Int("max_retries") is { } retries and > 0 ? retries : patience is null ? MaxAttempts : FewerAttempts),
            Application = "APN/1.0 HashiCorp/1.0 Terraform terraform-provider-aws/6.25.0 (mayfly stand-in)",
        };
        var options = new AwsCloudOptions
        {
            Session = session,
            Endpoints = Endpoints(config),
            DefaultTags = config.Block("default_tags")?.Map("tags") ?? new Dictionary<string, string>(),
            IgnoredTags = config.Block("ignore_tags")?.Strings("keys") ?? [],
            IgnoredTagPrefixes = config.Block("ignore_tags")?.Strings("key_prefixes") ?? [],
            Patience = patience,
        };
        cloud = new AwsCloud(options);
        try
        {
            _ = cloud.Region;
            if (config.Block("assume_role") is { } role && Text(role, "role_arn") is { } arn)
            {
                cloud = new AwsCloud(options with { Session = session with { Credentials = await AssumeAsync(cloud, role, arn, ct) } });
            }

            if (config.Bool("skip_requesting_account_id") != true)
            {
                await CheckAccountAsync(config, cloud, ct);
            }
        }
        catch (AwsException error) when (error.Code == AwsErrorCodes.NoRegion)
        {
            throw new ProviderException("Invalid provider configuration", "The provider needs a region: set the argument region or AWS_REGION.", "region");
        }
        catch (AwsException error)
        {
            throw new ProviderException("Retrieving AWS account details: validating provider credentials: "
                + $"retrieving caller identity from STS: {AwsErrors.Text(error)}");
        }
    }

    /// <inheritdoc/>
    public override void Plan(string type, ResourcePlan plan)
    {
        var planned = plan.Planned;
        if (planned.Names.Contains("region") && plan.Config["region"].IsNull && plan.IsCreate && type != "aws_s3_bucket")
        {
            planned["region"] = Cloud.Region;
        }

        if (planned.Names.Contains("tags_all") && planned.Names.Contains("tags"))
        {
            planned["tags_all"] = AllTags(plan.Config["tags"]);
        }
    }

    private TfValue AllTags(TfValue tags)
    {
        if (!tags.IsKnown)
        {
            return TfValue.Unknown;
        }

        var all = Cloud.Options.DefaultTags.ToDictionary(tag => tag.Key, tag => (TfValue)tag.Value);
        foreach (var (key, value) in tags is TfMap map ? map.Entries : new Dictionary<string, TfValue>())
        {
            all[key] = value;
        }

        return new TfMap(all);
    }

    private static async Task CheckAccountAsync(TfObject config, AwsCloud cloud, CancellationToken ct)
    {
        var (allowed, forbidden) = (config.Strings("allowed_account_ids"), config.Strings("forbidden_account_ids"));
        if (allowed.Count + forbidden.Count > 0 && await cloud.AccountAsync(ct) is var account
            && (forbidden.Contains(account) || (allowed.Count > 0 && !allowed.Contains(account))))
        {
            throw new ProviderException($"AWS account ID not allowed: {account}");
        }
    }

    private static BasicAWSCredentials? Static(TfObject config) =>
        Text(config, "access_key") is { } key && Text(config, "secret_key") is { } secret ? new(key, secret) : null;

    private static AWSCredentials? Keys(TfObject config) => Static(config) is { } keys && Text(config, "token") is { } token
        ? new SessionAWSCredentials(Text(config, "access_key"), Text(config, "secret_key"), token)
        : Static(config);

    private static AWSCredentials? Profile(TfObject config) => Text(config, "profile") is not { } profile ? null
        : new Amazon.Runtime.CredentialManagement.CredentialProfileStoreChain().TryGetAWSCredentials(profile, out var credentials) ? credentials
        : throw new ProviderException("failed to get shared config profile, " + profile);

    private static async Task<AWSCredentials> AssumeAsync(AwsCloud cloud, TfObject role, string arn, CancellationToken ct)
    {
        try
        {
            var input = role.Give(Mapping.Pascal, "external_id", "policy", "session_name=RoleSessionName", "source_identity");
            input["RoleArn"] = arn;
            input["RoleSessionName"] ??= Ids.Unique("aws-go-sdk-");
            input["DurationSeconds"] = GoDuration.TryParse(Text(role, "duration"), out var duration) ? (int)duration.TotalSeconds : null;
            var answer = await cloud.CallAsync(AwsApi.Sts, "AssumeRole", input, ct);
            return new SessionAWSCredentials(
                answer.Must("Credentials.AccessKeyId"), answer.Must("Credentials.SecretAccessKey"), answer.Must("Credentials.SessionToken"));
        }
        catch (AwsException error)
        {
            throw new ProviderException("Cannot assume IAM Role", $"IAM Role ({arn}) cannot be assumed.\n\nError: {AwsErrors.Text(error)}");
        }
    }

    private static Dictionary<string, Uri> Endpoints(TfObject config)
    {
        var result = new Dictionary<string, Uri>();
        foreach (var service in Services)
        {
            var name = service.Id.Replace(" ", "").ToLowerInvariant();
            name = ServiceNames.GetValueOrDefault(name, name);
            if (config.Blocks("endpoints").Select(block => Text(block, name)).FirstOrDefault(text => text is not null) is { } endpoint)
            {
                result[service.Id] = Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)
                    ? uri
                    : throw new ProviderException("Invalid Attribute Value", $"endpoints.{name}: \"{endpoint}\" is no URL.", "endpoints");
            }
        }

        return result;
    }

    private static string? Text(TfObject block, string name) => block.String(name) is { Length: > 0 } text ? text : null;
}
