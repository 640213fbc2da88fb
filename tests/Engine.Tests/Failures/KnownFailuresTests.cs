using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tests.Failures;

/// <summary>The rules against texts with the right class beside them: reconstructed from real reports, see the fixture's source fields.</summary>
public sealed class KnownFailuresTests
{
    public static TheoryData<string, string, string, string, string> Known()
    {
        var rows = new TheoryData<string, string, string, string, string>();
        foreach (var sample in FailureSamples.All)
        {
            rows.Add(sample.Id, sample.Tool, sample.Text, sample.Class, sample.Disposition);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void A_known_failure_is_called_by_its_class_and_disposition(string id, string tool, string text, string @class, string disposition)
    {
        var failure = FailureClassifier.Classify(tool, text);

        Assert.Equal((id, @class, disposition), (id, failure.Class, FailureRules.Name(failure.Disposition)));
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void A_known_failure_is_called_the_same_when_the_tool_is_not_named(string id, string tool, string text, string @class, string disposition)
    {
        var failure = FailureClassifier.Classify("", text);

        Assert.Equal((id, tool, @class, disposition), (id, tool, failure.Class, FailureRules.Name(failure.Disposition)));
    }

    [Fact]
    public void Every_rule_has_a_name_of_its_own_and_a_next_step()
    {
        Assert.Distinct(FailureRules.BuiltIn.Select(rule => rule.Name));
        Assert.All(FailureRules.BuiltIn, rule => Assert.False(string.IsNullOrWhiteSpace(rule.Next), rule.Name));
        Assert.All(
            FailureRules.BuiltIn.Where(rule => rule.Disposition is Disposition.RetryAfterRepair or Disposition.AdoptExisting),
            rule => Assert.False(string.IsNullOrWhiteSpace(rule.Remedy), rule.Name));
    }

    [Fact]
    public void A_users_rule_comes_before_the_built_in_ones()
    {
        var rule = new FailureRule("our-proxy", "aws_transient", Disposition.RetryAfterWait, "", "Wait.") { All = [FailureRule.Pattern("AccessDenied.*proxy-7")] };

        var failure = FailureClassifier.Classify("aws", "An error occurred (AccessDenied) when calling the PutObject operation: proxy-7 says no", [rule]);

        Assert.Equal("our-proxy", failure.Rule);
    }

    [Theory]
    [InlineData("stream error: stream ID 27; INTERNAL_ERROR; received from peer", "retry_after_wait")]
    [InlineData("read tcp 127.0.0.1:51234->127.0.0.1:42321: read: connection reset by peer", "retry_after_wait")]
    [InlineData("an error on the server (\"unknown\") has prevented the request from succeeding (get secrets web-tls)", "retry_after_wait")]
    [InlineData("etcdserver: request timed out", "retry_after_wait")]
    [InlineData("secrets \"web-tls\" is forbidden: User \"arn:aws:iam::123456789012:role/ci\" cannot get resource \"secrets\" in API group \"\" in the namespace \"kube-system\"", "fail_permanent_user")]
    public void What_a_chart_looks_up_fails_as_the_cluster_does_and_not_as_the_chart(string cause, string disposition)
    {
        var text = "Error: INSTALLATION FAILED: template: web/templates/webhook.yaml:1:22: executing \"web/templates/webhook.yaml\" at <include \"web.tls\" .>: "
            + "error calling include: template: web/templates/_names.tpl:36:13: executing \"web.tls\" at <lookup \"v1\" \"Secret\" .Release.Namespace \"web-tls\">: "
            + $"error calling lookup: Get \"https://127.0.0.1:42321/api/v1/namespaces/kube-system/secrets/web-tls\": {cause}";

        var failure = FailureClassifier.Classify("helm", text);

        Assert.NotEqual("config_invalid", failure.Class);
        Assert.NotEqual("unknown", failure.Class);
        Assert.Equal(disposition, FailureRules.Name(failure.Disposition));
    }

    [Fact]
    public void What_terraform_says_on_its_way_through_an_init_is_no_evidence()
    {
        const string Output = """
            Initializing the backend...

            Successfully configured the backend "s3"! Terraform will automatically
            Initializing modules...
            - aws in modules/aws
            Downloading git::https://example.com/vpc.git for cluster...
            Initializing provider plugins...
            Error: Failed to load state: invalid syntax: unexpected end of JSON input
            """;

        var failure = FailureClassifier.Classify("terraform", Output);

        Assert.Equal("Error: Failed to load state: invalid syntax: unexpected end of JSON input", Assert.Single(failure.Evidence));
        Assert.Equal(failure.Evidence[0], failure.Summary);
    }
}
