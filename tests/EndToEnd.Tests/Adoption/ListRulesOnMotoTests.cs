using System.Text.Json;
using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Engine.Adoption;
using Mayfly.Engine.Tools;

namespace Mayfly.EndToEnd.Tests.Adoption;

/// <summary>Many planned resources of a type: a list says of them what asking one by one says, in a few calls.</summary>
public sealed class ListRulesOnMotoTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private const int Planned = 60, Existing = 55, Slice = 10;
    private const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}""";

    private static readonly Dictionary<string, string> Names = new()
    {
        ["env"] = "pr-42",
        ["account"] = "123456789012",
        ["region"] = "us-east-1",
        ["partition"] = "aws",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("aws_ssm_parameter", """{"name":"/pr-42/NAME"}""", "ssm PutParameter", """{"Name":"/pr-42/NAME","Value":"v","Type":"String"}""")]
    [InlineData("aws_cloudwatch_log_group", """{"name":"/pr-42/NAME"}""", "logs CreateLogGroup", """{"logGroupName":"/pr-42/NAME"}""")]
    [InlineData("aws_sqs_queue", """{"name":"pr-42-NAME"}""", "sqs CreateQueue", """{"QueueName":"pr-42-NAME"}""")]
    [InlineData("aws_sns_topic", """{"name":"pr-42-NAME"}""", "sns CreateTopic", """{"Name":"pr-42-NAME"}""")]
    [InlineData("aws_iam_role", """{"name":"pr-42-NAME"}""", "iam CreateRole", """{"RoleName":"pr-42-NAME","AssumeRolePolicyDocument":"{}","Tags.member.1.Key":"mayfly:environment","Tags.member.1.Value":"OWNER"}""")]
    [InlineData("aws_iam_policy", """{"name":"pr-42-NAME","path":"/"}""", "iam CreatePolicy", """{"PolicyName":"pr-42-NAME","PolicyDocument":"POLICY"}""")]
    [InlineData("aws_secretsmanager_secret", """{"name":"pr-42-ephemeral/NAME"}""", "secretsmanager CreateSecret", """{"Name":"pr-42-ephemeral/NAME","SecretString":"s","Tags":[{"Key":"mayfly:environment","Value":"OWNER"}]}""")]
    [InlineData("aws_ecr_repository", """{"name":"pr-42/NAME"}""", "ecr CreateRepository", """{"repositoryName":"pr-42/NAME"}""")]
    [InlineData("aws_cloudwatch_metric_alarm", """{"alarm_name":"pr-42-NAME"}""", "cloudwatch PutMetricAlarm", """{"AlarmName":"pr-42-NAME","ComparisonOperator":"GreaterThanThreshold","EvaluationPeriods":"1","MetricName":"m","Namespace":"n","Period":"60","Statistic":"Sum","Threshold":"1"}""")]
    public async Task A_list_says_what_asking_one_by_one_says(string type, string planned, string call, string input)
    {
        var aws = new AwsQuestions(moto.Session);
        var (service, operation) = (call.Split(' ')[0], call.Split(' ')[1]);
        for (var i = 0; i < Existing; i++)
        {
            // Some belong to somebody else, where tags can say so.
            var text = input.Replace("NAME", $"n{i:000}").Replace("OWNER", i % 7 == 0 ? "pr-43" : "pr-42").Replace("POLICY", JsonEncodedText.Encode(Policy).ToString());
            try
            {
                await aws.AskAsync(new Question(service, operation, "/", [], [.. JsonNode.Parse(text)!.AsObject()]), Ct);
            }
            catch (AwsException e) when (e.Code.Contains("Exists", StringComparison.Ordinal))
            {
                // A slow moto made it and its answer came too late.
            }
        }

        var asked = 0;
        Task<Reply> AskAsync(Question question, CancellationToken ct)
        {
            Interlocked.Increment(ref asked);
            return aws.AskAsync(question, ct);
        }

        var all = await LookAsync(AskAsync, type, planned, 0, Planned);
        var calls = asked;
        var slices = new List<OrphanFindings>();
        for (var from = 0; from < Planned; from += Slice)
        {
            slices.Add(await LookAsync(aws.AskAsync, type, planned, from, Slice));
        }

        Assert.Empty(all.Doubts.Select(doubt => $"{doubt.Question} {doubt.Cause?.Message}"));
        Assert.Equal(Existing, all.Orphans.Count + all.Strangers.Count);
        Assert.Equal(slices.SelectMany(slice => slice.Orphans), all.Orphans);
        Assert.Equal(slices.SelectMany(slice => slice.Strangers), all.Strangers);
        var bound = type == "aws_iam_policy" ? Planned : 10;
        Assert.True(calls <= bound, $"{calls} calls");
    }

    [Fact]
    public async Task A_list_of_other_peoples_things_is_given_up_when_it_takes_more_calls_than_asking()
    {
        var pages = 0;
        Task<Reply> AskAsync(Question question, CancellationToken ct) => question.Operation == "ListTables"
            ? Task.FromResult(Reply.From(JsonNode.Parse($$"""{"TableNames":["theirs-{{pages++}}"],"LastEvaluatedTableName":"theirs-{{pages}}"}""")))
            : throw new AwsException("ResourceNotFoundException", "none");

        var found = await LookAsync(AskAsync, "aws_dynamodb_table", """{"name":"pr-42-NAME"}""", 0, 30);

        Assert.True(found.IsClean);
        Assert.Equal(30, pages);
    }

    private static Task<OrphanFindings> LookAsync(Func<Question, CancellationToken, Task<Reply>> ask, string type, string planned, int from, int count)
    {
        var changes = Enumerable.Range(from, count).Select(i =>
            $$$$"""{"address":"{{{{type}}}}.x[\"{{{{i:000}}}}\"]","type":"{{{{type}}}}","change":{"actions":["create"],"after":{{{{planned.Replace("NAME", $"n{i:000}")}}}},"after_unknown":{}}}""");
        var plan = Plan.Read("plan", [], System.Text.Encoding.UTF8.GetBytes($$"""{"resource_changes":[{{string.Join(',', changes)}}]}"""));
        return new OrphanSearch(new IdentityRules([]), ask, null, Names).LookAsync(plan, Ct);
    }
}
