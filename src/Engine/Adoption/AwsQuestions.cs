using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Aws.Protocols;

namespace Mayfly.Engine.Adoption;

/// <summary>Asks any AWS service by names alone: what the identity rules need, in the protocol that each service speaks.</summary>
public sealed class AwsQuestions(AwsSession session)
{
    private static readonly AwsService CloudWatch = new("CloudWatch", "monitoring", "monitoring");

    // Versions and target prefixes are those of AWS's service models.
    private static readonly Dictionary<string, (AwsService Service, string Version)> Query = new()
    {
        ["autoscaling"] = (AwsService.AutoScaling, "2011-01-01"),
        ["cloudwatch"] = (CloudWatch, "2010-08-01"),
        ["ec2"] = (AwsService.Ec2, "2016-11-15"),
        ["elasticache"] = (AwsService.ElastiCache, "2015-02-02"),
        ["elbv2"] = (AwsService.ElasticLoadBalancingV2, "2015-12-01"),
        ["iam"] = (AwsService.Iam, "2010-05-08"),
        ["rds"] = (AwsService.Rds, "2014-10-31"),
        ["sns"] = (AwsService.Sns, "2010-03-31"),
    };

    private static readonly Dictionary<string, (AwsService Service, string Target, string Version)> Json = new()
    {
        ["acm"] = (AwsService.Acm, "CertificateManager", "1.1"),
        ["dynamodb"] = (AwsService.DynamoDb, "DynamoDB_20120810", "1.0"),
        ["ecr"] = (AwsService.Ecr, "AmazonEC2ContainerRegistry_V20150921", "1.1"),
        ["events"] = (AwsService.EventBridge, "AWSEvents", "1.1"),
        ["kms"] = (AwsService.Kms, "TrentService", "1.1"),
        ["logs"] = (AwsService.CloudWatchLogs, "Logs_20140328", "1.1"),
        ["secretsmanager"] = (AwsService.SecretsManager, "secretsmanager", "1.1"),
        ["sqs"] = (AwsService.Sqs, "AmazonSQS", "1.0"),
        ["ssm"] = (AwsService.Ssm, "AmazonSSM", "1.1"),
        ["tagging"] = (AwsService.ResourceGroupsTaggingApi, "ResourceGroupsTaggingAPI_20170126", "1.1"),
    };

    private static readonly Dictionary<string, AwsService> RestXml = new() { ["route53"] = AwsService.Route53, ["s3"] = AwsService.S3 };

    private static readonly Dictionary<string, AwsService> RestJson = new() { ["eks"] = AwsService.Eks };

    /// <summary>Whether a service of this name can be asked.</summary>
    public static bool Knows(string service) =>
        Query.ContainsKey(service) || Json.ContainsKey(service) || RestXml.ContainsKey(service) || RestJson.ContainsKey(service);

    /// <summary>Asks, and gives the answer as a tree.</summary>
    /// <exception cref="AwsException">AWS refused, or did not answer.</exception>
    public async Task<Reply> AskAsync(Question question, CancellationToken ct)
    {
        if (Query.TryGetValue(question.Service, out var query))
        {
            var parameters = new AwsParameters();
            foreach (var (name, value) in question.Input)
            {
                parameters.Add(name, value?.ToString());
            }

            return Reply.From(await new AwsQueryClient(session, query.Service, query.Version).CallAsync(question.Operation, parameters, ct));
        }

        if (Json.TryGetValue(question.Service, out var json))
        {
            var input = new JsonObject(question.Input.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
            return Reply.From(await new AwsJsonClient(session, json.Service, json.Target, json.Version).CallAsync(question.Operation, input, ct));
        }

        if (RestXml.TryGetValue(question.Service, out var xml))
        {
            return Reply.From(await new AwsRestXmlClient(session, xml).CallAsync(question.Operation, HttpMethod.Get, question.Path, null, question.Query, ct));
        }

        return Reply.From(await new AwsRestJsonClient(session, RestJson[question.Service]).CallAsync(question.Operation, HttpMethod.Get, question.Path, null, question.Query, ct));
    }
}

/// <summary>One question to a service; equal questions are asked once.</summary>
/// <param name="Service">Key of the service.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Path">Path, escaped.</param>
/// <param name="Query">Query parameters.</param>
/// <param name="Input">Parameters or body.</param>
public sealed record Question(
    string Service, string Operation, string Path, IReadOnlyList<KeyValuePair<string, string>> Query, IReadOnlyList<KeyValuePair<string, JsonNode?>> Input)
{
    /// <summary>What two equal questions have in common.</summary>
    public string Key => string.Join('\n',
        [Service, Operation, Path, .. Query.Select(pair => $"{pair.Key}={pair.Value}"), .. Input.Select(pair => $"{pair.Key}:{pair.Value?.ToJsonString()}")]);
}
